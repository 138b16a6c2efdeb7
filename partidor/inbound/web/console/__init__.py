"""The channel manager's bridge: Today, leads, rules, partners, settings of one vendor."""
