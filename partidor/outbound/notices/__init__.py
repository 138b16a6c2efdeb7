"""The words: one file and its templates per message."""
