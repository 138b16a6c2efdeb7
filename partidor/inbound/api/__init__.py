"""The public API: a contract, versioned by folder."""
