"""What the pages and mails are made of before they are served: built once, from packages and our own sources."""
