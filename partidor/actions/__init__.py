"""WHAT CAN HAPPEN. A verb is one transaction: load, check, decide, write, tell."""
