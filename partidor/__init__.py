"""Partidor distributes a vendor's sales leads across its reseller network: fair, fast, explained, never lost."""

__version__ = "0.1.0"
