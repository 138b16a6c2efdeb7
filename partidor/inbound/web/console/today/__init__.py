"""What needs the channel manager, and the flow of the last days."""
