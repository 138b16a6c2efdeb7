"""Words and shapes that several rooms of the console share: who it was, which version, how much is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partidor.domain.routing.words.naming import dimension_name
from partidor.domain.words import DIMENSION
from partidor.inbound.web.components.wording import locale, number
from partidor.queries.backtests.pages import VersionNamed

_HALF, _MIDDLE = 40, 44
"""The debt bar: its half, and where owed and ahead meet, in a box of 88."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from ``x`` on, ``width`` wide, and what it is called in the styles."""

    x: str
    width: str
    kind: str


def debt_bar(debt: float, largest: float) -> Bar:
    """Draw a debt: to the right what is owed, to the left what is ahead."""
    width = _HALF * min(1, abs(debt) / max(largest, 1))
    return Bar(coordinate(_MIDDLE if debt > 0 else _MIDDLE - width), coordinate(width), "owed" if debt > 0 else "ahead")


def owed(debt: float) -> str:
    """Say a debt in leads: ``1.4 owed``, ``0.4 ahead``, ``even``."""
    if abs(debt) < 0.05:
        return _("even")
    return (_("{leads} owed") if debt > 0 else _("{leads} ahead")).format(leads=number(abs(debt), 1))


def standing(debt: float) -> str:
    """Say in a sentence what a partner is owed, and what follows from it."""
    leads = round(debt, 1)
    count = 1 if abs(leads) == 1 else 2
    if leads > 0:
        sentence = ngettext(
            "It is owed {n} lead: among partners that suit a lead equally well it comes first.",
            "It is owed {n} leads: among partners that suit a lead equally well it comes first.",
            count,
        )
    elif leads < 0:
        sentence = ngettext(
            "It is {n} lead ahead: among partners that suit a lead equally well it lets others go first.",
            "It is {n} leads ahead: among partners that suit a lead equally well it lets others go first.",
            count,
        )
    else:
        sentence = _("It got what it was due.")
    return sentence.format(n=number(abs(leads), 1))


def fixed(value: float, digits: int) -> str:
    """Write a number with just so many decimals, so that a column of them is even."""
    return format_decimal(round(value, digits), format=f"#,##0.{'0' * digits}", locale=locale())


def short_day(at: datetime) -> str:
    """Write a day in short: ``3 Dec``, with the year when it is another one."""
    here = timezone.localtime(at)
    return str(format_skeleton("MMMd" if here.year == timezone.localtime().year else "yMMMd", here, locale=locale()))


def dimension_label(name: str, language: str) -> str:
    """Name a dimension as a label."""
    label = _(DIMENSION[name]) if name in DIMENSION else dimension_name(name, language)
    return label[:1].upper() + label[1:]


def version_said(one: VersionNamed) -> str:
    """Name a version in a select."""
    if one.same:
        return _("The draft, as in force")
    if not one.version:
        return _("The draft as it is now")
    said = _("Version {number}, in force") if one.in_force else _("Version {number}")
    return said.format(number=number(one.version)) + (f": {one.note[:60]}" if one.note else "")


def coordinate(value: float) -> str:
    """Write a coordinate with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0")
