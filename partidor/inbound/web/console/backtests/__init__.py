"""Rules tested on the leads of the past."""
