"""What every page is made of: doors, parts that live, words and shapes, errors."""
