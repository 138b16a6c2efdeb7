"""The partner's pocket: inbox, leads, figures, me; over all vendors one works for."""
