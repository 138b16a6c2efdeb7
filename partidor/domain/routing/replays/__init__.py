"""Leads of the past through rules again: one decision, a rehearsal, a back-test."""
