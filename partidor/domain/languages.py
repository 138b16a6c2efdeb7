"""The languages that Partidor speaks."""

from __future__ import annotations

from collections.abc import Iterable

SPOKEN = ("en", "de")


def first_spoken(wishes: Iterable[str]) -> str:
    """Return the first wished language that Partidor speaks, whatever its country (``de-AT`` is ``de``); else en."""
    for wish in wishes:
        tongue = wish.replace("_", "-").partition("-")[0].lower()
        if tongue in SPOKEN:
            return tongue
    return SPOKEN[0]
