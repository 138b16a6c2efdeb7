"""Partners: as cards for the API, as a table, on a map, and the page of one."""
