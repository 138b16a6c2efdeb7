"""The fair share: the report, its page, and the statement of one partner."""
