"""Money: integer minor units and an ISO 4217 code. Nothing is converted."""

from __future__ import annotations

from decimal import Decimal

from partidor.domain.intake.codes import CURRENCIES


def money_text(minor: int, currency: str) -> str:
    """Write an amount of minor units as a decimal text: 4800000 EUR is "48000.00", 500 JPY is "500"."""
    return f"{Decimal(minor).scaleb(-CURRENCIES.get(currency, 2)):f}"


def money_value(minor: int, currency: str) -> float:
    """Return an amount of minor units in whole currency units, for comparing in rules."""
    return float(minor / 10 ** CURRENCIES.get(currency, 2))
