"""Changing rules step by step, and what two versions differ in."""
