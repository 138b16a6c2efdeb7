"""The console's page of one lead: where it stands, why it went there and why not elsewhere, what happens next."""
