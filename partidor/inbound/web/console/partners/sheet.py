"""The sheet of one partner: everything one may write about it, for a new one and for one that is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from django.http import HttpResponse, QueryDict
from django.urls import path
from django.utils.translation import gettext as _

from partidor.actions.partners import add_partner, change_partner
from partidor.domain.intake.codes import COUNTRIES
from partidor.domain.intake.partner import KINDS
from partidor.domain.refusal import WrongContent
from partidor.domain.words import PARTNER_KIND
from partidor.inbound.web.components.doors import ConsoleVisit, console_form
from partidor.inbound.web.components.wording import country_name, language_name
from partidor.inbound.web.console.faults import by_field
from partidor.inbound.web.console.lists import Choice
from partidor.queries.partners.cards import PartnerCard
from partidor.queries.partners.page import distributors, written_partner

TEXTS = ("external_id", "name", "kind", "email", "phone", "language", "time_zone", "weight", "max_open_leads",
         "monthly_cap")  # fmt: skip
LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "ja",
    "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "zh",
)  # fmt: skip
"""What is offered; a partner that speaks another keeps it."""
ADDRESS = ("street", "postal_code", "city", "region", "country")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the fields, as it was typed."""

    texts: Mapping[str, str]
    parents: frozenset[str] = frozenset()
    tags: str = ""

    @classmethod
    def typed(cls, given: QueryDict) -> Sheet:
        """Take over what was posted."""
        texts = {name: given.get(name, "").strip() for name in (*TEXTS, *ADDRESS)}
        return cls(texts, frozenset(given.getlist("parents")), given.get("tags", ""))

    @classmethod
    def of(cls, card: PartnerCard) -> Sheet:
        """Take over what is known of a partner."""
        address = {name: getattr(card.address, name) for name in ADDRESS}
        texts = {name: getattr(card, name) for name in TEXTS} | address
        return cls(
            {name: "" if value is None else str(value) for name, value in texts.items()},
            frozenset(str(parent) for parent in card.parents),
            "\n".join(f"{dimension}: {value}" for dimension in sorted(card.tags) for value in card.tags[dimension]),
        )

    def payload(self) -> dict[str, object]:
        """Return the sheet in the shape of the API."""
        texts: dict[str, object] = {name: self.texts.get(name, "") for name in TEXTS}
        return texts | {
            "kind": self.texts.get("kind") or "reseller",
            "address": {name: self.texts.get(name, "") for name in ADDRESS},
            "parents": sorted(self.parents),
            "tags": self._tags(),
        }

    def patch(self, card: PartnerCard) -> dict[str, object]:
        """Return what differs from a partner as it stands, as a patch: an empty field removes."""
        before = Sheet.of(card)
        wanted = self.payload()
        patch: dict[str, object] = {
            name: wanted[name] or None for name in TEXTS if self.texts[name] != before.texts[name]
        }
        moved = {
            name: self.texts[name] or None for name in ADDRESS if self.texts[name] != before.texts[name]
        }  # fmt: skip
        if moved:
            # What was placed by hand stays only while the address does.
            patch |= {"address": moved, "location": None}
        if self.parents != before.parents:
            patch["parents"] = sorted(self.parents)
        tags = self._tags()
        if tags != {dimension: list(values) for dimension, values in card.tags.items()}:
            patch["tags"] = {**dict.fromkeys(card.tags, None), **tags}
        return patch

    def _tags(self) -> dict[str, list[str]]:
        tags: dict[str, list[str]] = {}
        for line in self.tags.splitlines():
            dimension, _colon, value = line.partition(":")
            if line.strip():
                tags.setdefault(dimension.strip(), []).append(value.strip())
        return tags


@console_form
def new(visit: ConsoleVisit) -> HttpResponse:
    """Make a new partner."""
    visit.viewer.require_vendor("partners:write")
    if visit.request.method != "POST":
        return _show(visit, Sheet({"kind": "reseller"}))
    sheet = Sheet.typed(visit.request.POST)
    try:
        kept = add_partner(sheet.payload(), by=visit.viewer, at=visit.at)
    except WrongContent as wrong:
        return _show(visit, sheet, wrong=wrong)
    said = _("A partner with this number is there already.") if kept.repeated else _("{partner} is a partner now.")
    return visit.go("console:partner", visit.slug, kept.partner.pk, said=said.format(partner=kept.partner.name))


@console_form
def edit(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Change what is known of a partner."""
    visit.viewer.require_vendor("partners:write")
    card = written_partner(visit.viewer, partner_id, at=visit.at)
    if visit.request.method != "POST":
        return _show(visit, Sheet.of(card), card)
    sheet = Sheet.typed(visit.request.POST)
    try:
        kept = change_partner(partner_id, sheet.patch(card), by=visit.viewer, at=visit.at)
    except WrongContent as wrong:
        return _show(visit, sheet, card, wrong=wrong)
    said = _("Nothing had to be changed.") if kept.repeated else _("Saved.")
    return visit.go("console:partner", visit.slug, partner_id, said=said)


def _show(
    visit: ConsoleVisit, sheet: Sheet, card: PartnerCard | None = None, wrong: WrongContent | None = None
) -> HttpResponse:
    faults = by_field(wrong) if wrong else {}
    named = {name: faults.pop(name, faults.pop(f"address.{name}", [])) for name in (*TEXTS, *ADDRESS, "parents")}
    context = {
        "room": "partners",
        "partner": card,
        "sheet": sheet,
        "wrong": {name: lines for name, lines in named.items() if lines},
        "wrong_tags": [line for lines in faults.values() for line in lines],
        "kinds": _choices({kind: _(PARTNER_KIND[kind]) for kind in KINDS}, sheet.texts.get("kind", "")),
        "countries": _choices({code: country_name(code) for code in COUNTRIES}, sheet.texts.get("country", "")),
        "languages": _choices({tag: language_name(tag) for tag in LANGUAGES}, sheet.texts.get("language", "")),
        "zones": sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        "distributors": [
            Choice(str(one.id), one.name, str(one.id) in sheet.parents)
            for one in distributors(visit.viewer)
            if card is None or one.id != card.id
        ],
    }
    return visit.show("console/partners/sheet.html", context, status=422 if wrong else 200)


def _choices(labels: Mapping[str, str], chosen: str) -> list[Choice]:
    known: Iterable[str] = labels if not chosen or chosen in labels else (*labels, chosen)
    words: Sequence[tuple[str, str]] = sorted(((labels.get(one, one), one) for one in known), key=lambda pair: pair[0])
    return [Choice(value, label, value == chosen) for label, value in words]


urlpatterns = [
    path("partners/new", new, name="partner-new"),
    path("partners/<uuid:partner_id>/edit", edit, name="partner-edit"),
]
