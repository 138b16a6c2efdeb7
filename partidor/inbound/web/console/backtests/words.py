"""A back-test in words and shapes: which rules, how far, and what moves from whom to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partidor.domain.routing.replays.elsewhere import reason_named
from partidor.domain.routing.words.naming import tag_name
from partidor.inbound.web.components.wording import country_name, number, publisher
from partidor.inbound.web.console.lists import Choice
from partidor.inbound.web.console.wording import fixed
from partidor.queries.backtests import pages as queries
from partidor.queries.backtests.pages import BacktestLine, BacktestPage
from partidor.queries.backtests.results import NONE, Group, Outcome, PartnerShift, Sift

FIRST = 12
"""Partners or regions shown until all are asked for; the others then stand in one line."""


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
    sift: str
    """The words of an address that narrow the list of leads to those that make the change."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A table's lines, and how many more there are behind the last one."""

    shifts: list[Shift]
    hidden: int


@dataclass(frozen=True, slots=True)
class Select:
    """What a list can be narrowed by."""

    name: str
    label: str
    choices: list[Choice]


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


def outcome(page: BacktestPage, language: str, *, sift: Sift, whole: str) -> Mapping[str, Any]:
    """Draw what came out; ``whole`` names the table that is shown in whole."""
    found = page.outcome
    assert found is not None
    before, after = found.fairness["before"], found.fairness["after"]
    shifts = sorted(found.partners, key=lambda one: (-abs(one.after - one.before), -one.before, one.name))
    most = max([max(one.before, one.after) for one in shifts], default=1)
    regions = found.groups("region")
    against_then = page.which == "unlike_then"
    return {
        "share_moved": _share(found.moved, found.leads),
        "share_then": _share(found.unlike_then, found.leads),
        "debts": (fixed(before["max_debt"], 1), fixed(after["max_debt"], 1)),
        "jain": tuple("–" if one["jain"] is None else fixed(one["jain"], 3) for one in (before, after)),
        "partners": _cut([_shift(one, most, page, language) for one in shifts], shifts, whole=whole == "partners"),
        "tiers": _groups(found.groups("tier"), "tier", language),
        "regions": _cut(_groups(regions, "region", language), regions, whole=whole == "regions"),
        "changes": [change(each, language, against_then=against_then) for each in page.leads.items],
        "is_then": against_then,
        "sifts": _sifts(page, found, sift, language),
        "is_sifted": any(sift),
    }


def change(each: queries.Change, language: str, *, against_then: bool) -> Change:
    """Put a lead that goes elsewhere into words."""
    one, lead = each
    from_whom, to_whom = one.sides(against_then=against_then)
    return Change(
        lead.ref if lead else "",
        (lead.company or lead.product or lead.ref) if lead else _("a lead that is no more"),
        _name(from_whom),
        _name(to_whom),
        one.said(language, against_then=against_then),
    )


def _cut(drawn: list[Shift], counted: Sequence[PartnerShift] | Sequence[Group], *, whole: bool) -> Cut:
    """Keep the first lines, and add the others up in one, so that the table always holds every lead."""
    if whole or len(drawn) <= FIRST + 1:
        return Cut(drawn, 0)
    rest = counted[FIRST:]
    before, after, then = (sum(getattr(one, side) for one in rest) for side in ("before", "after", "then"))
    name = ngettext("{number} other", "{number} others", len(rest)).format(number=number(len(rest)))
    others = replace(_bars(name, (before, after, then), 0), before_width="0", after_width="0")
    return Cut([*drawn[:FIRST], others], len(rest))


def _sifts(page: BacktestPage, found: Outcome, sift: Sift, language: str) -> list[Select]:
    """Offer what the list of leads can be narrowed to."""
    regions = sorted((_group_name("region", one.name, language), one.name or NONE) for one in found.groups("region"))
    tiers = [(_group_name("tier", one.name, language), one.name or NONE) for one in found.groups("tier")]
    partners = [(one.name or _("a partner that is no more"), one.partner) for one in found.partners]
    rules = [(name, name) for name in page.rules]
    reasons = [(reason_named(code, language), code) for code in page.reasons]
    offered = (
        ("partner", _("Partner"), partners),
        ("tier", _("Tier"), tiers),
        ("region", _("Region"), regions),
        ("rule", _("Rule"), rules),
        ("reason", _("Reason"), reasons),
    )
    return [
        Select(name, label, [Choice(value, said, value == getattr(sift, name)) for said, value in choices])
        for name, label, choices in offered
    ]


def _shift(one: PartnerShift, most: int, page: BacktestPage, language: str) -> Shift:
    peaks = "" if one.peak_before == one.peak_after == 0 else _peaks(one)
    tier = tag_name("tier", one.tier, language) if one.tier else ""
    partner = one.partner if one.partner in page.partners else ""
    leads = (one.before, one.after, one.then)
    name = one.name or _("a partner that is no more")
    return _bars(name, leads, most, partner=partner, tier=tier, peaks=peaks, sift=urlencode({"partner": one.partner}))


def _peaks(one: PartnerShift) -> str:
    peaks = f"{number(one.peak_before)} → {number(one.peak_after)}"
    return peaks if one.most is None else _("{peaks}, limit {most}").format(peaks=peaks, most=number(one.most))


def _groups(groups: Sequence[Group], by: str, language: str) -> list[Shift]:
    most = max([max(one.before, one.after) for one in groups], default=1)
    return [
        _bars(
            _group_name(by, one.name, language),
            (one.before, one.after, one.then),
            most,
            sift=urlencode({by: one.name or NONE}),
        )
        for one in groups
    ]


def _group_name(by: str, name: str, language: str) -> str:
    if by == "tier":
        return tag_name("tier", name, language) if name else _("No tier")
    if not name:
        return _("No region")
    return country_name(name) if len(name) == 2 else tag_name("region", name, language)


def _bars(
    name: str, leads: Iterable[int], most: int, *, partner: str = "", tier: str = "", peaks: str = "", sift: str = ""
) -> Shift:
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
        sift=sift if change else "",
    )


def _name(partner: PartnerShift | None) -> str:
    if partner is None:
        return _("nobody")
    return partner.name or _("a partner that is no more")


def _share(part: int, whole: int) -> str:
    return number(100 * part / whole, 1) if whole else number(0)
