"""Partners in words and shapes: tags by name, debts and loads as small bars, dates of a pause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from partidor.domain.intake.partner_change import PartnerChange
from partidor.domain.routing.words.naming import tag_name
from partidor.domain.words import DIMENSION
from partidor.inbound.web.components.wording import number, zone_name
from partidor.inbound.web.console.wording import Bar, coordinate, debt_bar, dimension_label, owed, short_day
from partidor.queries.partners.changes import Standing
from partidor.queries.partners.page import Answers
from partidor.queries.partners.table import Choices, PartnerLine, Tag

MOST_TAGS = 3
LIMIT_NAMES: Mapping[str, str] = {
    "weight": gettext_noop("Weight"),
    "max_open_leads": gettext_noop("Open leads at most"),
    "monthly_cap": gettext_noop("A month at most"),
    "weekly_pace": gettext_noop("In seven days at most"),
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension of tags with its values, by name."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A partner in the table, ready to be shown."""

    line: PartnerLine
    tier: str
    tags: tuple[str, ...]
    more: int
    debt: Bar
    owed: str
    load: str
    """How wide the load is, of 100."""
    until: str
    """The day until which it is paused."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole: its name, how many, its place and width of 100, and its colour."""

    name: str
    count: int
    bar: Bar


def rows(lines: Iterable[PartnerLine], largest: float, language: str) -> list[Row]:
    """Make the lines of a page ready; the largest debt among them fills its bar."""
    return [_row(line, largest, language) for line in lines]


def _row(line: PartnerLine, largest: float, language: str) -> Row:
    tags = tuple(tag_name(tag.dimension, tag.value, language) for tag in line.tags)
    shown = tags if len(tags) <= MOST_TAGS + 1 else tags[:MOST_TAGS]
    return Row(
        line=line,
        tier=tag_name("tier", line.tier, language) if line.tier else "",
        tags=shown,
        more=len(tags) - len(shown),
        debt=debt_bar(line.debt, largest),
        owed=owed(line.debt),
        load=coordinate(min(100, 100 * line.load / line.most) if line.most else 0 if line.most is None else 100),
        until=short_day(line.paused_until) if line.paused_until else "",
    )


def known_tags(choices: Choices, language: str) -> list[tuple[str, str]]:
    """List the tags that partners have: as they are written, and in words."""
    return [
        (f"{dimension}:{value}", f"{dimension_label(dimension, language)}: {tag_name(dimension, value, language)}")
        for dimension, values in choices.tags.items()
        for value in values
    ]


def tag_meant(text: str, choices: Choices, language: str) -> str:
    """Return the tag that was typed as ``dimension:value``: so, in words with its dimension, or its name alone.

    A value that no partner bears is taken as it was typed, below its dimension; so is a name that two dimensions share.
    """
    typed = " ".join(text.split()).casefold()
    by_name: dict[str, set[str]] = {}
    for written, said in known_tags(choices, language):
        if typed in (written.casefold(), said.casefold()):
            return written
        by_name.setdefault(said.partition(": ")[2].casefold(), set()).add(written)
        by_name.setdefault(written.partition(":")[2].casefold(), set()).add(written)
    if len(meant := by_name.get(typed, set())) == 1:
        return meant.pop()
    named, colon, value = text.partition(":")
    labels = {dimension_label(one, language).casefold(): one for one in (*DIMENSION, *choices.tags)}
    dimension = labels.get(" ".join(named.split()).casefold(), named)
    return f"{dimension}{colon}{value}"


_INVENTED = re.compile(r"row-[0-9a-f]{8,}")


def own_number(external_id: str) -> str:
    """Return the number of a partner unless an import invented it, which tells nobody anything."""
    return "" if _INVENTED.fullmatch(external_id) else external_id


def change_said(change: PartnerChange, until: datetime | None, language: str) -> str:
    """Say what a change of several would do."""
    if change.verb in LIMIT_NAMES:
        return f"{_(LIMIT_NAMES[change.verb])}: {limit_said(change.number)}"
    if change.verb in ("pause", "resume"):
        if change.verb == "resume":
            return _("Resume")
        return _("Pause until {day}").format(day=short_day(until)) if until else _("Pause until somebody resumes")
    tag = f"{dimension_label(change.dimension, language)}: {tag_name(change.dimension, change.value, language)}"
    return (_("Add the tag {tag}") if change.verb == "add_tag" else _("Take the tag {tag} away")).format(tag=tag)


def changes_said(change: PartnerChange, counts: Counter[Standing]) -> list[tuple[str, str, int]]:
    """Say how many stand how, and how they would: each as it is, as it would be, how many. The most come first."""

    def said(value: Standing) -> str:
        if change.verb in LIMIT_NAMES:
            return limit_said(value)
        if change.verb in ("pause", "resume"):
            return _("paused") if value else _("takes offers")
        return _("has the tag") if value else _("has not the tag")

    after = change.number if change.verb in LIMIT_NAMES else change.verb in ("add_tag", "pause")
    return [(said(value), said(after), count) for value, count in counts.most_common()]


def limit_said(limit: int | None) -> str:
    """Say a limit."""
    return _("no limit") if limit is None else number(limit)


def time_zone_name(zone: str) -> str:
    """Name a time zone as people do: ``Central European Time``."""
    return zone_name(zone) if zone else ""


def dimensions(tags: Sequence[Tag], language: str) -> list[Dimension]:
    """Gather tags by dimension, in words."""
    found: dict[str, list[str]] = {}
    for tag in tags:
        found.setdefault(tag.dimension, []).append(tag_name(tag.dimension, tag.value, language))
    return [Dimension(dimension_label(name, language), tuple(values)) for name, values in found.items()]


def parts(answers: Answers) -> list[Part]:
    """Part what became of the offers, as a bar of 100."""
    counted = (
        (_("Accepted"), answers.accepted, "s1"),
        (_("Declined"), answers.declined, "s2"),
        (_("Let lapse"), answers.lapsed, "s4"),
        (_("Others were quicker"), answers.taken, "s5"),
        (_("Waiting"), answers.waiting, "s3"),
    )
    total = sum(count for _name, count, _kind in counted) or 1
    shown, x = [], 0.0
    for name, count, kind in counted:
        if count:
            width = 100 * count / total
            shown.append(Part(name, count, Bar(coordinate(x), coordinate(max(0.5, width - 0.5)), kind)))
            x += width
    return shown


def accepted_share(answers: Answers) -> str:
    """Say how many of a hundred offers with an answer of its own were accepted; empty when there was none."""
    own = answers.accepted + answers.declined + answers.lapsed
    return _("{share} %").format(share=number(100 * answers.accepted / own)) if own else ""


def in_short(known: int, paused: int, full: int) -> str:
    """Say how many partners there are, and how many of them are out."""
    told = [ngettext("{count} in use", "{count} in use", known).format(count=number(known))]
    told += [ngettext("{count} paused", "{count} paused", paused).format(count=number(paused))] if paused else []
    told += [ngettext("{count} full", "{count} full", full).format(count=number(full))] if full else []
    return ", ".join(told)
