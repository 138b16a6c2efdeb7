"""Working hours, people, keys and mails of the vendor."""
