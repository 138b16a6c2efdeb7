"""The auditor: what the rows say, held against the events."""
