"""What the portal answers a person who works for one partner or for several, of one vendor or of several."""
