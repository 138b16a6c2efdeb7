"""The fairness report."""
