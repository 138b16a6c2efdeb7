"""Lighthouse on three pages of the demo."""
