"""Files that people bring: tables of partners and leads."""
