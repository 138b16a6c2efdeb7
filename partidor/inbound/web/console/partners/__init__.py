"""The table of partners, and the page of one."""
