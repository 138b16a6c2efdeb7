"""What the console shows of the network: partners, rules, people, keys, and kept mails."""
