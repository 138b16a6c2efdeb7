"""The door: sign-in, invitations, what to do when locked out."""
