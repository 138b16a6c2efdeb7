"""What is due, and which action does it."""
