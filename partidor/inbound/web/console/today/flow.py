"""The picture of where leads went, in words: what its places are called, and where they lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from partidor.inbound.web.components.wording import number, source_name
from partidor.inbound.web.console.today.attention import fit
from partidor.queries.today.flow import Flow, Place

LONGEST = 40
"""Letters of a label; the whole name stands in the tip."""
CODES: Mapping[str, str] = {
    "by_hand": gettext_noop("By hand"),
    "not_routed": gettext_noop("Not routed"),
    "no_rule": gettext_noop("No rule placed it"),
    "competition": gettext_noop("In competition"),
    "nobody": gettext_noop("With nobody"),
    "no_partner": gettext_noop("No partner"),
    "worked": gettext_noop("Being worked"),
    "won": gettext_noop("Won"),
    "lost": gettext_noop("Lost"),
    "waiting": gettext_noop("Waiting for an answer"),
    "review": gettext_noop("In review"),
    "aside": gettext_noop("Rejected or withdrawn"),
    "unassigned": gettext_noop("Unassigned"),
}
TONES: Mapping[str, str] = {
    "won": "won",
    "no_partner": "lost",
    "unassigned": "lost",
    "others": "quiet",
    "nobody": "quiet",
    "lost": "quiet",
    "aside": "quiet",
}


@dataclass(frozen=True, slots=True)
class Label:
    """A place with its words: where its bar and label stand, the full name, where it leads, its share in percent."""

    left: float
    top: float
    height: float
    x: float
    y: float
    count: int
    text: str
    name: str
    url: str
    tone: str
    share: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A band with its words."""

    path: str
    source: str
    target: str
    count: int
    tone: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The picture, ready to be shown."""

    total: int
    width: float
    height: float
    columns: tuple[tuple[str, tuple[Label, ...]], ...]
    ribbons: tuple[Ribbon, ...]
    summary: str


def shown(flow: Flow, vendor: str, days: int) -> Shown:
    """Put the picture of a period into words."""
    heads = (_("Sources"), _("Rules"), _("Partners"), _("Outcome"))
    labels = [tuple(_label(place, flow.total, vendor, days) for place in places) for places in flow.columns]
    return Shown(
        flow.total,
        flow.width,
        flow.height,
        tuple(zip(heads, labels, strict=True)),
        tuple(
            Ribbon(
                band.stream.path,
                _name(band.source),
                _name(band.target),
                band.stream.count,
                _tone(band.source, band.target),
            )
            for band in flow.bands
        ),
        ", ".join(f"{label.name} {number(label.count)}" for label in labels[-1]),
    )


def _tone(source: Place, target: Place) -> str:
    """Say how a band is coloured: by what it leads to."""
    if "no_partner" in (source.code, target.code):
        return "lost"
    return "won" if target.code == "won" else ""


def _label(place: Place, total: int, vendor: str, days: int) -> Label:
    name = _name(place)
    filters = {**place.filters, "days": days}
    node = place.node
    return Label(
        node.x,
        round(node.y, 1),
        round(node.height, 1),
        round(node.x + 16, 1),
        round(node.middle + 4, 1),
        node.count,
        fit(name, LONGEST),
        name,
        reverse("console:leads", args=[vendor], query=filters) if place.filters else "",
        TONES.get(place.code, ""),
        round(100 * node.count / total, 1),
    )


def _name(place: Place) -> str:
    if place.code == "others":
        return ngettext("{count} other", "{count} others", place.number).format(count=number(place.number))
    if place.code:
        return _(CODES[place.code])
    if "source" in place.filters:
        return source_name(place.name)
    return f"{place.number} {place.name}" if place.number else place.name
