"""Leads, their offers and decisions: as cards for the API, as a table, and the page of one."""
