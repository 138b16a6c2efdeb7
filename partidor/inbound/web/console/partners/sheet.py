"""The sheet of one partner: everything one may write about it, for a new one and for one that is there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partidor.actions.partners import add_partner, change_partner
from partidor.domain.intake.codes import COUNTRIES, region_code, region_name, region_names
from partidor.domain.intake.entries import Entries, changed, rebased
from partidor.domain.intake.inquiry import no_region
from partidor.domain.intake.partner import KINDS
from partidor.domain.refusal import ChangedMeanwhile, FieldError, WrongContent
from partidor.domain.routing.words.naming import tag_name
from partidor.domain.words import PARTNER_KIND
from partidor.inbound.files.batches import content_id
from partidor.inbound.web.components.doors import ConsoleVisit, console_form
from partidor.inbound.web.components.meanwhile import ChangeSaid, Meanwhile, meanwhile, shown_before
from partidor.inbound.web.components.wording import country_name, language_name
from partidor.inbound.web.console.faults import by_field
from partidor.inbound.web.console.lists import Choice
from partidor.inbound.web.console.partners.words import LIMIT_NAMES, known_tags, own_number, tag_meant
from partidor.inbound.web.console.wording import dimension_label
from partidor.queries.partners.cards import PartnerCard
from partidor.queries.partners.changes import last_change
from partidor.queries.partners.page import WrittenPartner, distributors, written_partner
from partidor.queries.partners.table import tags_in_use

TEXTS = ("external_id", "name", "kind", "email", "phone", "language", *LIMIT_NAMES)
LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "hr", "hu", "it", "ja",
    "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "zh",
)  # fmt: skip
"""What is offered; a partner that speaks another keeps it."""
ADDRESS = ("street", "postal_code", "city", "region", "country")
POINT = ("lat", "lon")
SPARE_TAGS = 3
"""Empty fields for further tags."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands in the fields: texts by name, distributors by id, tags as ``dimension:value``."""

    texts: Mapping[str, str]
    parents: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    added: tuple[str, ...] = field(default=())
    """Further tags as they were typed, by name or as they are written."""

    @classmethod
    def typed(cls, given: QueryDict) -> Sheet:
        """Take over what was posted."""
        texts = {name: given.get(name, "").strip() for name in (*TEXTS, *ADDRESS, *POINT)}
        added = tuple(text for one in given.getlist("add_tag") if (text := one.strip()))
        return cls(
            texts,
            tuple(sorted(given.getlist("parents"))),
            tuple(tag for tag in given.getlist("tags") if tag.strip()),
            added,
        )

    @classmethod
    def of(cls, card: PartnerCard, language: str) -> Sheet:
        """Take over what is known of a partner. A place that was looked up is not shown: it follows the address."""
        texts = {name: getattr(card, name) for name in TEXTS} | {name: getattr(card.address, name) for name in ADDRESS}
        texts |= {"external_id": own_number(card.external_id), "region": region_name(card.address.region, language)}
        if card.location is not None and card.located == "given":
            texts |= {"lat": card.location.lat, "lon": card.location.lon}
        return cls(
            {name: "" if value is None else str(value) for name, value in texts.items()},
            tuple(sorted(str(parent) for parent in card.parents)),
            tuple(f"{dimension}:{value}" for dimension in sorted(card.tags) for value in card.tags[dimension]),
        )

    def entries(self) -> dict[str, object]:
        """Return what the sheet says, entry by entry; the tags of each dimension are one."""
        tags: dict[str, object] = {}
        for tag in (*self.tags, *self.added):
            dimension, _colon, value = (part.strip() for part in tag.partition(":"))
            listed = tags.setdefault(f"tags.{dimension}", [])
            assert isinstance(listed, list)
            if value not in listed:
                listed.append(value)
        return {name: self.texts.get(name, "") for name in (*TEXTS, *ADDRESS, *POINT)} | {
            "parents": list(self.parents), **tags,
        }  # fmt: skip

    @classmethod
    def of_entries(cls, entries: Entries) -> Sheet:
        """Make the sheet that says this."""
        tags = [
            f"{name.removeprefix('tags.')}:{value}"
            for name, values in entries.items()
            if name.startswith("tags.") and isinstance(values, list)
            for value in values
        ]
        parents = entries.get("parents")
        texts = {name: str(entries.get(name, "")) for name in (*TEXTS, *ADDRESS, *POINT)}
        return cls(texts, tuple(parents) if isinstance(parents, list) else (), tuple(tags))


def payload(entries: Entries, names: Iterable[str] | None = None) -> dict[str, object]:
    """Return these entries, or all, in the shape of the API: as a patch, in which an empty one removes."""
    written: dict[str, object] = {}
    address: dict[str, object] = {}
    tags: dict[str, object] = {}
    for name in entries if names is None else names:
        value = entries.get(name) or None
        if name in ADDRESS:
            address[name] = value
        elif name.startswith("tags."):
            tags[name.removeprefix("tags.")] = value
        elif name == "parents":
            written[name] = value or []
        elif name in POINT:
            written["location"] = _point(entries)
        else:
            written[name] = value
    if address and "location" not in written:
        # A place that was given stays only while the address does.
        written["location"] = None
    return written | ({"address": address} if address else {}) | ({"tags": tags} if tags else {})


def _point(entries: Entries) -> dict[str, object] | None:
    given = {name: str(entries.get(name, "")).replace(",", ".") or None for name in POINT}
    return dict(given) if any(given.values()) else None


@console_form
def new(visit: ConsoleVisit) -> HttpResponse:
    """Make a new partner. Without a number it is known by what the sheet says, so that sent twice it is made once."""
    visit.viewer.require_vendor("partners:write")
    if visit.request.method != "POST":
        return _show(visit, Sheet({"kind": "reseller"}))
    sheet = _typed(visit)
    try:
        _require_region(sheet)
        written = payload(sheet.entries())
        written["external_id"] = written["external_id"] or content_id(written)
        kept = add_partner(written, by=visit.viewer, at=visit.at)
    except WrongContent as wrong:
        return _show(visit, sheet, wrong=wrong)
    said = _("{partner} is there already.") if kept.repeated else _("{partner} is a partner now.")
    return visit.go("console:partner", visit.slug, kept.partner.pk, said=said.format(partner=kept.partner.name))


@console_form
def edit(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Change what is known of a partner: only what was changed in the form is written."""
    visit.viewer.require_vendor("partners:write")
    found = written_partner(visit.viewer, partner_id, at=visit.at)
    now = Sheet.of(found.card, visit.language)
    if visit.request.method != "POST":
        return _show(visit, now, found)
    sheet = _typed(visit)
    shown, entries = shown_before(visit.request.POST) or now.entries(), sheet.entries()
    patch = payload(entries, changed(shown, entries))
    try:
        revision = visit.request.POST.get("revision", "")
        _require_region(sheet)
        kept = change_partner(partner_id, patch, if_match=revision, by=visit.viewer, at=visit.at)
    except WrongContent as wrong:
        return _show(visit, sheet, found, wrong=wrong)
    except ChangedMeanwhile:
        lines = _changes_said(visit, shown, now.entries())
        last = meanwhile(last_change(visit.viewer, "partner.changed", partner_id), lines)
        return _show(visit, Sheet.of_entries(rebased(shown, entries, now.entries())), found, last=last)
    said = _("Nothing had to be changed.") if kept.repeated else _("Saved.")
    return visit.go("console:partner", visit.slug, partner_id, said=said)


def _typed(visit: ConsoleVisit) -> Sheet:
    """Read the sheet, with tags that were typed by name as they are written."""
    sheet = Sheet.typed(visit.request.POST)
    if not sheet.added:
        return sheet
    known = tags_in_use(visit.viewer)
    added = tuple(tag_meant(one, known, visit.language) for one in sheet.added)
    return Sheet(sheet.texts, sheet.parents, sheet.tags, added)


def _require_region(sheet: Sheet) -> None:
    """Refuse a region that is not known. From a file it comes in without; here somebody is there to mend it."""
    region, country = sheet.texts["region"], sheet.texts["country"]
    if region and country in ("", *COUNTRIES) and region_code(region, country) is None:
        raise WrongContent([FieldError("address.region", no_region(region, country))])


def _show(
    visit: ConsoleVisit, sheet: Sheet, found: WrittenPartner | None = None, wrong: WrongContent | None = None,
    last: Meanwhile | None = None,
) -> HttpResponse:  # fmt: skip
    faults = by_field(wrong) if wrong else {}
    names = (*TEXTS, *ADDRESS, "parents", "location")
    named = {name: faults.pop(name, faults.pop(f"address.{name}", [])) for name in names}
    named["location"] += [line for name in POINT for line in faults.pop(f"location.{name}", [])]
    card = found.card if found else None
    # After a wrong entry the form still stands on what it was filled in from.
    stands = not wrong or "shown" not in visit.request.POST
    shown = json.dumps(Sheet.of(card, visit.language).entries()) if card and stands else visit.request.POST.get("shown")
    revision = found.revision if found and stands else visit.request.POST.get("revision", "")
    context = {
        "room": "partners",
        "partner": card,
        "sheet": sheet,
        "shown": shown or "",
        "revision": revision,
        "meanwhile": last,
        "wrong": {name: lines for name, lines in named.items() if lines},
        "wrong_tags": [line for lines in faults.values() for line in lines],
        "kinds": _choices({kind: _(PARTNER_KIND[kind]) for kind in KINDS}, sheet.texts.get("kind", "")),
        "countries": _choices({code: country_name(code) for code in COUNTRIES}, sheet.texts.get("country", "")),
        "languages": _choices({tag: language_name(tag) for tag in LANGUAGES}, sheet.texts.get("language", "")),
        "regions": region_names(sheet.texts.get("country", ""), visit.language),
        "tags": [(tag, _tag_said(tag, visit.language)) for tag in (*sheet.tags, *(sheet.added if not wrong else ()))],
        "added": [*(sheet.added if wrong else ()), *[""] * SPARE_TAGS],
        "known_tags": known_tags(tags_in_use(visit.viewer), visit.language),
        "distributors": [
            Choice(str(one.id), one.name, str(one.id) in sheet.parents)
            for one in distributors(visit.viewer)
            if card is None or one.id != card.id
        ],
    }
    return visit.show("console/partners/sheet.html", context, status=412 if last else 422 if wrong else 200)


def _tag_said(tag: str, language: str) -> str:
    dimension, _colon, value = tag.partition(":")
    return f"{dimension_label(dimension, language)}: {tag_name(dimension, value, language)}"


def _changes_said(visit: ConsoleVisit, before: Entries, after: Entries) -> list[ChangeSaid]:
    """Say what is different between two sheets."""
    names = {str(one.id): one.name for one in distributors(visit.viewer)}
    labels = {
        "external_id": _("Your number"), "name": _("Name"), "kind": _("Kind"), "email": _("E-mail"),
        "phone": _("Phone"), "language": pgettext("language", "Mails in"), "street": _("Street"),
        "postal_code": _("Postal code"), "city": _("Town"), "region": _("State or region"), "country": _("Country"),
        "lat": _("Latitude"), "lon": _("Longitude"), "parents": _("Its distributors"),
    } | {name: _(label) for name, label in LIMIT_NAMES.items()}  # fmt: skip

    def text(name: str, value: object) -> str:
        if name.startswith("tags."):
            dimension = name.removeprefix("tags.")
            return ", ".join(tag_name(dimension, one, visit.language) for one in _listed(value))
        if name == "parents":
            return ", ".join(names.get(one, one) for one in _listed(value))
        said = str(value or "")
        if name == "country" and said:
            return country_name(said)
        if name == "language" and said:
            return language_name(said)
        return _(PARTNER_KIND.get(said, said)) if name == "kind" else said

    return [
        ChangeSaid(
            labels.get(name) or dimension_label(name.removeprefix("tags."), visit.language),
            text(name, before.get(name)),
            text(name, after.get(name)),
        )
        for name in changed(before, after)
    ]


def _listed(value: object) -> list[str]:
    return value if isinstance(value, list) else []


def _choices(labels: Mapping[str, str], chosen: str) -> list[Choice]:
    known: Iterable[str] = labels if not chosen or chosen in labels else (*labels, chosen)
    words: Sequence[tuple[str, str]] = sorted(((labels.get(one, one), one) for one in known), key=lambda pair: pair[0])
    return [Choice(value, label, value == chosen) for label, value in words]


urlpatterns = [
    path("partners/new", new, name="partner-new"),
    path("partners/<uuid:partner_id>/edit", edit, name="partner-edit"),
]
