"""WHAT WE DECIDE. Plain Python: no Django, no clock, no I/O, no randomness."""
