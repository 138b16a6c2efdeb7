"""A back-test in words and shapes: which rules, how far, and what moves from whom to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from partidor.domain.routing.words.naming import tag_name
from partidor.inbound.web.components.wording import country_name, number, publisher
from partidor.inbound.web.console.wording import fixed
from partidor.queries.backtests.pages import BacktestLine, BacktestPage
from partidor.queries.backtests.results import Group, PartnerShift

FIRST = 12
"""Partners shown until all are asked for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A back-test in a list."""

    backtest: BacktestLine
    title: str
    by: str
    state: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody, or a group, with the leads before and after as bars of 100, and the difference in words."""

    name: str
    partner: str
    tier: str
    before: str
    after: str
    then: str
    before_width: str
    after_width: str
    change: str
    grows: bool
    shrinks: bool
    peaks: str


@dataclass(frozen=True, slots=True)
class Change:
    """A lead that goes elsewhere: its names, from whom to whom, and why."""

    ref: str
    name: str
    one: str
    other: str
    why: str


def line(backtest: BacktestLine) -> Line:
    """Put a back-test into words."""
    return Line(backtest, _title(backtest), publisher(backtest.by), _state(backtest))


def _title(backtest: BacktestLine) -> str:
    if backtest.rules == "draft":
        return _("The draft against version {number}").format(number=number(backtest.in_force))
    return _("Version {one} against version {other}").format(
        one=number(int(backtest.rules)), other=number(backtest.in_force)
    )


def _state(backtest: BacktestLine) -> str:
    return {
        "waiting": _("waits for its turn"),
        "running": _("{percent} % done").format(percent=backtest.progress),
        "done": _("done"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
    }.get(backtest.state, "")


def outcome(page: BacktestPage, language: str, *, everyone: bool) -> Mapping[str, Any]:
    """Draw what came out."""
    found = page.outcome
    assert found is not None
    before, after = found.fairness["before"], found.fairness["after"]
    shifts = sorted(found.partners, key=lambda one: (-abs(one.after - one.before), -one.before, one.name))
    shown = shifts if everyone else shifts[:FIRST]
    most = max([max(one.before, one.after) for one in shifts], default=1)
    return {
        "share_moved": _share(found.moved, found.leads),
        "share_then": _share(found.unlike_then, found.leads),
        "debts": (fixed(before["max_debt"], 1), fixed(after["max_debt"], 1)),
        "jain": tuple("–" if one["jain"] is None else fixed(one["jain"], 3) for one in (before, after)),
        "partners": [_shift(one, most, page, language) for one in shown],
        "hidden": len(shifts) - len(shown),
        "tiers": _groups(found.groups("tier"), lambda name: tag_name("tier", name, language), _("No tier")),
        "regions": _groups(found.groups("region"), lambda name: _region(name, language), _("No region"))[:FIRST],
        "changes": [
            Change(
                lead.ref if lead else "",
                (lead.company or lead.product or lead.ref) if lead else _("a lead that is no more"),
                _name(one.then if page.which == "unlike_then" else one.before),
                _name(one.after),
                one.said(language, against_then=page.which == "unlike_then"),
            )
            for one, lead in page.leads.items
        ],
        "is_then": page.which == "unlike_then",
    }


def _shift(one: PartnerShift, most: int, page: BacktestPage, language: str) -> Shift:
    peaks = "" if one.peak_before == one.peak_after == 0 else _peaks(one)
    tier = tag_name("tier", one.tier, language) if one.tier else ""
    partner = one.partner if one.partner in page.partners else ""
    return _bars(
        one.name or _("a partner that is no more"), partner, tier, (one.before, one.after, one.then), most, peaks
    )


def _peaks(one: PartnerShift) -> str:
    peaks = f"{number(one.peak_before)} → {number(one.peak_after)}"
    return peaks if one.most is None else _("{peaks}, limit {most}").format(peaks=peaks, most=number(one.most))


def _groups(groups: Sequence[Group], name: Any, nameless: str) -> list[Shift]:
    most = max([max(one.before, one.after) for one in groups], default=1)
    return [
        _bars(name(one.name) if one.name else nameless, "", "", (one.before, one.after, one.then), most, "")
        for one in groups
    ]


def _bars(name: str, partner: str, tier: str, leads: Iterable[int], most: int, peaks: str) -> Shift:
    before, after, then = leads
    change = after - before
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return Shift(
        name=name,
        partner=partner,
        tier=tier,
        before=number(before),
        after=number(after),
        then=number(then),
        before_width=f"{100 * before / max(1, most):.1f}",
        after_width=f"{100 * after / max(1, most):.1f}",
        change=f"{sign}{number(abs(change))}",
        grows=change > 0,
        shrinks=change < 0,
        peaks=peaks,
    )


def _region(code: str, language: str) -> str:
    return country_name(code) if len(code) == 2 else tag_name("region", code, language)


def _name(partner: PartnerShift | None) -> str:
    if partner is None:
        return _("nobody")
    return partner.name or _("a partner that is no more")


def _share(part: int, whole: int) -> str:
    return number(100 * part / whole, 1) if whole else number(0)
