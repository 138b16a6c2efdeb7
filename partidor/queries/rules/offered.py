"""What a rule may ask, of what the vendor really has: fields, dimensions, and the values in use with their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from partidor.access.leads import visible_leads
from partidor.access.network import fields_of, partners_of, sources_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import LEAD_FIELDS
from partidor.domain.routing.editing.questions import PARTNER_ASKS
from partidor.domain.routing.network import Network
from partidor.domain.routing.who import KINDS
from partidor.domain.routing.words import naming
from partidor.domain.routing.words.clauses import capital
from partidor.domain.routing.words.vocabulary import WORDS
from partidor.domain.words import CONTACT_ROLE, SOURCE_KIND, TEMPERATURE
from partidor.models.snapshots import network
from partidor.queries.names import said_in

LOOKED_AT = 1_000
"""Leads whose values are offered."""
MOST_OFFERED = 300
_IN_USE = ("product", "vertical", "country", "region", "city", "language", "campaign", "timeline", "currency")
_FIXED: Mapping[str, Iterable[str]] = {
    "temperature": TEMPERATURE, "source_kind": SOURCE_KIND, "role": CONTACT_ROLE,
    "flags": ("duplicate_customer", "possible_duplicate", "repeated_inquiry", "not_placed", "country_assumed"),
}  # fmt: skip
_SUBJECTS = {"kind": "Kind", "country": "Country", "partner": "Partner", "parent": "Distributor",
             "distance": "Distance", "customer": "Customer"}  # fmt: skip
Codes = dict[str, str]


@dataclass(frozen=True)
class Offered:
    """Subjects by key, with their names, and the values of each by code, with theirs."""

    language: str
    fields: Mapping[str, str]
    dimensions: Mapping[str, str]
    ordered: frozenset[str]
    labels: Mapping[str, str]
    """The labels of custom fields, by key."""
    seen: Mapping[str, Codes] = field(repr=False, default_factory=dict)
    tags: Mapping[str, Codes] = field(repr=False, default_factory=dict)
    partners: Codes = field(repr=False, default_factory=dict)
    """Only read where partners are asked for by name."""

    def subjects(self, side: str) -> Mapping[str, str]:
        """Return what may be asked about a lead (when) or a partner (who)."""
        if side == "when":
            return self.fields
        words = WORDS[naming.spoken(self.language)]
        tags = {f"tag:{key}": capital(name) for key, name in self.dimensions.items()}
        return {**tags, **{key: words[_SUBJECTS[key]] for key in PARTNER_ASKS}}

    def codes(self, side: str, subject: str) -> Codes:
        """Return the values that are offered for a subject."""
        if side == "when":
            return self.seen.get(subject, {})
        if subject.startswith("tag:"):
            return self.tags.get(subject[4:], {})
        if subject == "kind":
            return {kind: capital(naming.kind_name(kind, self.language)) for kind in KINDS}
        if subject == "country":
            return self.tags.get("\0country", {})
        return self.partners if subject in ("partner", "parent") else {}

    def name(self, side: str, subject: str, value: object) -> str:
        """Name a value, as a chip shows it."""
        text = str(value)
        if side == "when":
            return self.seen.get(subject, {}).get(text) or naming.value_name(subject, value, self.language)
        if subject.startswith("tag:"):
            return naming.tag_name(subject[4:], text, self.language)
        if subject == "country":
            return naming.country_name(text, self.language)
        return self.codes(side, subject).get(text) or WORDS[naming.spoken(self.language)]["gone"]


def offered(viewer: Viewer, language: str, *, partners: bool) -> Offered:
    """Gather it: of the last leads, of the sources and custom fields, of the network; ``partners``: their names too."""
    vendor = vendor_of(viewer)
    labels, kinds = {}, {}
    for key, label, kind in fields_of(viewer).values_list("key", "label", "type"):
        labels[key] = said_in(label, language, vendor.language) or naming.readable(key)
        kinds[key] = kind
    seen, custom = _seen(viewer)
    seen["source"].update(sources_of(viewer).values_list("name", flat=True))
    fields = {key: capital(naming.field_name(key, language)) for key in LEAD_FIELDS}
    keys = [*labels, *(key for key in sorted(custom) if key not in labels)][:200]
    fields |= {f"custom.{key}": labels.get(key) or naming.readable(key) for key in keys}
    codes = {name: _named(name, counted, language) for name, counted in seen.items()}
    codes |= {f"custom.{key}": {one: one for one, _ in custom[key].most_common(MOST_OFFERED)} for key in custom}
    for name, values in _FIXED.items():
        codes[name] = {one: capital(naming.value_name(name, one, language)) for one in values}
    tags = _tags(network(vendor), language)
    dimensions = {key: naming.dimension_name(key, language) for key in {*tags, *vendor.dimensions} if key[:1] != "\0"}
    for key, values in vendor.dimensions.items():
        known = tags.setdefault(key, {})
        tags[key] = {value: naming.tag_name(key, value, language) for value in dict.fromkeys([*values, *known])}
    return Offered(
        language,
        fields,
        dict(sorted(dimensions.items(), key=lambda one: (one[0] not in vendor.dimensions, one[1].casefold()))),
        frozenset(vendor.dimensions),
        labels,
        codes,
        tags,
        partner_codes(viewer) if partners else {},
    )


def partner_codes(viewer: Viewer) -> Codes:
    """Name all partners by id; those that share a name with their city, so that each can be told."""
    found = list(partners_of(viewer).filter(archived_at=None).order_by("name").values_list("pk", "name", "city"))
    several = Counter(name.casefold() for _, name, _ in found)
    return {str(pk): f"{name} ({city})" if several[name.casefold()] > 1 and city else name for pk, name, city in found}


def values_seen(viewer: Viewer, fields: Iterable[str]) -> dict[str, list[str]]:
    """List what the last leads say, by field, the most frequent first. Raises NotAllowed."""
    counted, _ = _seen(viewer)
    return {name: [code for code, _ in counted[name].most_common(MOST_OFFERED)] for name in fields}


def _seen(viewer: Viewer) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    counted: dict[str, Counter[str]] = {name: Counter() for name in (*_IN_USE, "source")}
    custom: dict[str, Counter[str]] = {}
    rows = visible_leads(viewer).order_by("-received_at", "-pk").values_list(*_IN_USE, "source__name", "utm", "custom")
    for row in rows[:LOOKED_AT]:
        for name, value in zip((*_IN_USE, "source"), row, strict=False):
            if value:
                counted[name][str(value)] += 1
        for key, value in row[-2].items():
            counted.setdefault(f"utm_{key}", Counter())[str(value)] += 1
        for key, value in row[-1].items():
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                custom.setdefault(key, Counter())[str(value)[:200]] += 1
    return counted, custom


def _named(name: str, counted: Counter[str], language: str) -> Codes:
    return {code: naming.value_name(name, code, language) for code, _ in counted.most_common(MOST_OFFERED)}


def _tags(net: Network, language: str) -> dict[str, Codes]:
    """Return the tags in use per dimension as they are written, most used first; countries by a key of their own."""
    memo = ("offered tags",)
    if memo not in net.memo:
        counted: dict[str, Counter[str]] = {"\0country": Counter()}
        for partner in net.facts:
            if partner.country:
                counted["\0country"][partner.country] += 1
            for dimension, values in partner.tags.items():
                counted.setdefault(dimension, Counter()).update(values)
        net.memo[memo] = counted
    found: Mapping[str, Counter[str]] = net.memo[memo]  # type: ignore[assignment]
    return {
        dimension: {
            code: naming.tag_name(dimension.lstrip("\0"), code, language)
            for code, _ in values.most_common(MOST_OFFERED)
        }
        for dimension, values in found.items()
    }
