"""WHO MAY SEE AND DO WHAT. The only way to a row."""
