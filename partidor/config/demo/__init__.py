"""A small invented vendor whose leads move by themselves: every name, company and inquiry is made up."""
