"""Leads and partners from files, with a mapping and a preview."""
