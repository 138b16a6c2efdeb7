"""A decision in words and shapes: the sentence that tells why, and the rows of the ranking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from partidor.domain.routing.words.missed import Missed
from partidor.domain.routing.words.naming import dimension_name
from partidor.domain.words import ENDED_BY, OFFER_STATE, TEMPERATURE
from partidor.inbound.web.components.wording import number
from partidor.inbound.web.console.leads.story import strong
from partidor.inbound.web.console.wording import fixed
from partidor.queries.leads.decisions import PassedOver
from partidor.queries.leads.page.dossier import PartnerMark
from partidor.queries.leads.page.why import Band, CandidateRow, Criterion, DecisionLine, Result, Why

SERIES = 4
"""Parts of a score with a colour of their own; further ones are told as one."""
_WIDTH = 88
_LEADS = 2.0
"""How many leads of debt fill half the width, at least."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a score: its colour, and where it lies on a track of 100."""

    series: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Debt:
    """A debt as a bar to the left (ahead) or right (owed) of the middle, with the word."""

    kind: str
    x: str
    width: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ranking as it is drawn."""

    place: int
    partner: PartnerMark
    points: str
    bars: tuple[Bar, ...]
    parts: str
    debt: Debt
    debt_here: str
    """What it was owed of the lead's temperature, where that decided; else empty."""
    result: str
    chosen: bool
    strong: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A band of the ranking: its heading, empty where none is needed, and its rows."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the legend."""

    series: str
    name: str


_TRIGGER = {
    "lead": gettext_noop("when it came in"),
    "release": gettext_noop("when review released it"),
    "reroute": gettext_noop("when it was routed again"),
    "decline": gettext_noop("after a no"),
    "expiry": gettext_noop("when time was up"),
    "archived": gettext_noop("when a partner was archived"),
    "hand_back": gettext_noop("when it was given back"),
}
_CRITERION = {
    "distance": gettext_noop("Near"),
    "win_rate": gettext_noop("Wins"),
    "conversion": gettext_noop("Orders"),
    "load": gettext_noop("Free"),
    "open_now": gettext_noop("Open"),
    "language": gettext_noop("Language"),
    "past_sales": gettext_noop("Sales"),
}
_WORDS = (
    gettext_noop("Two"), gettext_noop("Three"), gettext_noop("Four"), gettext_noop("Five"), gettext_noop("Six"),
    gettext_noop("Seven"), gettext_noop("Eight"), gettext_noop("Nine"), gettext_noop("Ten"), gettext_noop("Eleven"),
    gettext_noop("Twelve"),
)  # fmt: skip


def trigger_said(line: DecisionLine) -> str:
    """Say what a decision was made upon."""
    return _(_TRIGGER[line.trigger]) if line.trigger in _TRIGGER else ""


def title_of(why: Why) -> str:
    """Ask the question that a decision answers."""
    if not why.asked:
        return _("Why nobody")
    if len(why.asked) == 1:
        return _("Why {partner}").format(partner=why.asked[0].name)
    return _("Why these {n} partners").format(n=number(len(why.asked)))


def sentence_of(why: Why, rules: str) -> SafeString:
    """Say why: the rule, how many could take the lead, and who was asked. ``rules`` is the address of its rules."""
    return format_html_join(" ", "{}", ((part,) for part in _sentences(why, rules)))


def _sentences(why: Why, rules: str) -> Iterator[SafeString]:
    yield from (_passed(one, rules) for one in why.passed_over)
    if why.rule is None:
        if why.reason == "no_rule":
            yield format_html(_("No rule holds for this lead, so {nobody} could be asked."), nobody=strong(_("nobody")))
        else:
            yield format_html(_("So there was {nobody} left to ask."), nobody=strong(_("nobody")))
        return
    yield _rule(why, rules)
    if why.reason == "nobody_left":
        return
    yield _count(why)
    if why.eligible > 1 or why.via == "known_customer":
        yield _choice(why)


def closest_of(why: Why, rules: str) -> list[tuple[SafeString, str]]:
    """Say of each rule that came closest which it is and how many conditions failed, and which ones they are."""
    return [(_missed(one, rules), "; ".join(one.failed)) for one in why.closest]


def _missed(one: Missed, rules: str) -> SafeString:
    form = (
        _("{rule}: its only condition is not met")
        if one.conditions == 1
        else ngettext(
            "{rule}: {n} of {all} conditions is not met",
            "{rule}: {n} of {all} conditions are not met",
            len(one.failed),
        )
    )
    known = _linked(one.position, one.name, rules)
    return format_html(form, rule=known, n=number(len(one.failed)), all=number(one.conditions))


def _passed(one: PassedOver, rules: str) -> SafeString:
    form = (
        _("{rule} holds, but no partner meets its terms.")
        if one.why == "no_match"
        else _("{rule} holds, but all partners who meet its terms were unavailable.")
    )
    return format_html(form, rule=_linked(one.rule, one.name, rules))


def _linked(position: int, name: str, rules: str) -> SafeString:
    said = format_html(_("Rule {n} “{name}”"), n=position, name=name)
    return format_html('<a class="p-link" href="{}?rule={}#rule">{}</a>', rules, position, said)


def _rule(why: Why, rules: str) -> SafeString:
    assert why.rule is not None
    rule = _linked(why.rule.position, why.rule.name, rules)
    if why.line.trigger in ("decline", "expiry", "archived"):
        if why.reason == "nobody_left":
            over = {
                "decline": _("The answer was no, and the plan of {rule} {over}."),
                "expiry": _("Time was up, and the plan of {rule} {over}."),
                "archived": _("The partner asked was archived, and the plan of {rule} {over}."),
            }[why.line.trigger]
            return format_html(over, rule=rule, over=strong(_("has run out")))
        upon = {
            "decline": _("The answer was no, so {rule} goes on with its plan."),
            "expiry": _("Time was up, so {rule} goes on with its plan."),
            "archived": _("The partner asked was archived, so {rule} goes on with its plan."),
        }[why.line.trigger]
        return format_html(upon, rule=rule)
    held = format_html_join("", "{}", ((strong(part.text) if part.strong else part.text,) for part in why.held))
    if why.passed_over:
        fits = _("{rule} is the next that fits: {conditions}.") if held else _("{rule} is next, and takes every lead.")
    else:
        fits = _("{rule} is the first that fits: {conditions}.") if held else _("{rule} takes every lead.")
    return format_html(fits, rule=rule, conditions=held)


def _count(why: Why) -> SafeString:
    everybody, able = number(why.network), number(why.eligible)
    if why.eligible == why.network:
        form = ngettext("{all} could take it.", "{all} could take it.", why.network)
        said = strong(_("All {n} partners").format(n=everybody) if why.network > 1 else _("The only partner"))
        return format_html(form, all=said)
    if why.eligible == 1:
        who = why.asked[0].name if why.asked else ""
        said = strong(_("only {partner} could take it").format(partner=who))
        return format_html(_("Of {all} partners, {some}."), all=everybody, some=said)
    said = strong(_("{n} could take it").format(n=able))
    return format_html(_("Of {all} partners, {some}."), all=everybody, some=said)


def _choice(why: Why) -> SafeString:
    if why.via == "known_customer":
        known = strong(_("{partner} already works with this customer").format(partner=why.asked[0].name))
        return format_html(_("{known}, so it is asked first and alone."), known=known)
    if why.plan_step is not None and why.plan_step.offer_to is None:
        best = why.plan_step.best_after is not None and len(why.asked) > 1
        wins = _("the best of those interested has it") if best else _("the first to accept has it")
        return format_html(_("All of them are asked at once, and {first}."), first=strong(wins))
    if len(why.asked) == 1:
        return _one(why)
    asked = strong(_("the {n} best suited are asked in competition").format(n=number(len(why.asked))))
    if not why.drawn:
        return format_html(_("Of these, {asked}."), asked=asked)
    form = _("Of these, {asked}; where several are equally suitable, the fair share decides.")
    return format_html(form, asked=asked)


def _one(why: Why) -> SafeString:
    partner = why.asked[0].name
    if not why.drawn:
        rows = why.rows
        if len(rows) < 2 or not why.order:
            return format_html("{}.", strong(_("{partner} suits it best").format(partner=partner)))
        ahead = number(rows[0].score - rows[1].score, 1)
        best = strong(_("{partner} suits it best").format(partner=partner))
        return format_html(_("{best}, {points} points ahead of the next."), best=best, points=ahead)
    debts = [row.debt for row in why.rows if any(row in band.rows for band in why.bands if band.kind == "equal")]
    most = strong(_("{partner} is owed the most").format(partner=partner))
    owed = strong(_("{partner} is next by the fair share").format(partner=partner))
    most_owed = len(debts) > 1 and debts[0] > max(debts[1:])
    here = [row.debt_here for row in why.rows if row.debt_here is not None]
    if not most_owed and len(here) > 1 and here[0] > max(here[1:]):
        kind = _(TEMPERATURE[why.temperature]).lower()
        owed = strong(_("{partner} is owed the most {kind} leads").format(partner=partner, kind=kind))
    if why.equal == why.eligible and not why.order:
        return format_html(_("All are equally suitable; among them, {who}."), who=most if most_owed else owed)
    count = _(_WORDS[why.equal - 2]) if why.equal - 2 < len(_WORDS) else number(why.equal)
    form = _("{n} are equally suitable, within {points} points of the best; among those, {who}.")
    return format_html(form, n=count, points=number(why.equal_within, 2), who=most if most_owed else owed)


def legend_of(why: Why, language: str) -> list[Key]:
    """Name the parts of a score beside their colours."""
    keys = [Key(f"s{at}", criterion_name(one, language)) for at, one in enumerate(why.order[:SERIES], 1)]
    if len(why.order) > SERIES + 1:
        return [*keys, Key("s5", _("others"))]
    return [*keys, *(Key("s5", criterion_name(one, language)) for one in why.order[SERIES:])]


def criterion_name(one: Criterion, language: str) -> str:
    """Name a criterion in a word."""
    if one.label.startswith("tag:"):
        name = dimension_name(one.label[4:], language)
        return name[:1].upper() + name[1:]
    return _(_CRITERION[one.label]) if one.label in _CRITERION else one.label


def rows_of(why: Why, language: str) -> list[Rows]:
    """Draw the ranking, band by band."""
    reach = max([_LEADS, *(abs(row.debt) for row in why.rows)])
    whole = all(row.score == int(row.score) for row in why.rows)
    return [
        Rows(_heading(band, why), tuple(_row(row, why, reach, whole, language) for row in band.rows))
        for band in why.bands
    ]


def _heading(band: Band, why: Why) -> str:
    most, least = number(band.most, 1), number(band.least, 1)
    if band.kind == "equal":
        if not why.order:
            return _("Equally suitable: the fair share decides")
        if most == least:
            return _("Equally suitable: {most} points, the fair share decides").format(most=most)
        return _("Equally suitable: {most} to {least} points, the fair share decides").format(most=most, least=least)
    return {
        "better": _("Better suited: asked in any case"),
        "less": _("Less suitable"),
        "known": _("Already works with this customer"),
        "all": _("All are asked, in competition"),
    }.get(band.kind, "")


def _row(row: CandidateRow, why: Why, reach: float, whole: bool, language: str) -> Row:
    named = [(criterion_name(one, language), row.parts.get(one.label, 0.0)) for one in why.order]
    return Row(
        place=row.place,
        partner=row.partner,
        points=number(row.score) if whole else fixed(row.score, 1),
        bars=tuple(_bars(why.order, row, why.most)),
        parts=", ".join(f"{name} {number(points, 1)}" for name, points in named),
        debt=_debt(row.debt, reach),
        debt_here="" if row.debt_here is None else _here(why.temperature, row.debt_here),
        result=result_said(row.result),
        chosen=row.asked,
        strong=row.result.state in ("open", "interested", "accepted", "by_hand") and not row.result.round,
    )


def _bars(order: Sequence[Criterion], row: CandidateRow, most: float) -> Iterator[Bar]:
    x = 0.0
    for at, one in enumerate(order, 1):
        width = 100 * row.parts.get(one.label, 0.0) / most if most else 0
        if width > 0:
            yield Bar(f"s{min(at, SERIES + 1)}", f"{x:.1f}", f"{max(0.4, width - 0.6):.1f}")
        x += width


def _debt(debt: float, reach: float) -> Debt:
    half = _WIDTH / 2
    width = half * abs(debt) / reach
    if round(debt, 2) == 0:
        return Debt("even", f"{half:.1f}", "0", _("even"))
    if debt > 0:
        return Debt("owed", f"{half:.1f}", f"{width:.1f}", _("{leads} owed").format(leads=fixed(debt, 2)))
    return Debt("ahead", f"{half - width:.1f}", f"{width:.1f}", _("{leads} ahead").format(leads=fixed(-debt, 2)))


def _here(temperature: str, debt: float) -> str:
    """Say what a partner was owed of one temperature: ``hot: 0.40 owed``."""
    return f"{_(TEMPERATURE[temperature]).lower()}: {_debt(debt, 1).words}"


def result_said(result: Result) -> str:
    """Say what became of a candidate."""
    if result.state == "next":
        return _("Next in line")
    if result.state == "round":
        return _("Round {n}").format(n=result.round)
    if not result.state:
        return ""
    if result.state == "open":
        said = _("Asked first") if result.first else _("Asked")
    elif result.ended_by and result.ended_by != "closed":
        said = _(ENDED_BY[result.ended_by]) if result.ended_by in ENDED_BY else ""
    else:
        short = {
            "by_hand": _("Given by hand"),
            "superseded": _("Was slower"),
            "outranked": _("Interested, not chosen"),
            "withdrawn": _("Withdrawn"),
        }
        said = short.get(result.state) or _(OFFER_STATE.get(result.state, ""))
    return _("{what}, round {n}").format(what=said, n=result.round) if result.round else said
