"""The draft of the rules as its editor shows it."""
