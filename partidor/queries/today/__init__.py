"""What the channel manager's bridge shows: what needs attention, the figures, where leads went, and all of them."""
