"""What a vendor has set up: sources, keys, people, mails, working hours."""
