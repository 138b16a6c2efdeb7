"""The table of leads, and the page of one."""
