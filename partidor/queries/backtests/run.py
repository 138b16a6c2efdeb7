"""Back-tests: leads of a period read in the order they came and sent through two rulesets; and what came out, as shown.

Nothing is locked and no transaction is open: each chunk of leads is a few statements of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from partidor.access.leads import contacts_of, first_decisions_of, visible_leads
from partidor.access.network import partners_of, ruleset_for, rulesets_of, sources_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import LeadFacts
from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import Network, unpack
from partidor.domain.routing.replays.backtest import Backtest, Moved, Past, Tally
from partidor.domain.routing.ruleset import Ruleset, compile_ruleset
from partidor.models import Contact, Lead, Vendor
from partidor.models.past import LeanLead, columns_for, needs_contacts
from partidor.models.ruleset import DRAFT
from partidor.models.snapshots import partners_at, snapshot

AT_ONCE = 1_000
"""Leads that are in memory at a time."""
_MASKS = ("paused", "no_hours", "feedback_due")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a back-test is to do, pinned: the rules (written out if they are a draft or a file), period, versions."""

    name: str
    """``draft``, a version's number, or ``file``."""
    since: datetime
    until: datetime
    in_force: int
    network: int
    rules: list[dict[str, Any]] | None = None

    def record(self) -> dict[str, Any]:
        """Write it as JSON."""
        times = {"from": self.since.isoformat(), "to": self.until.isoformat()}
        return {"rules_of": self.name, "in_force": self.in_force, "network": self.network, "rules": self.rules} | times

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Comparison:
        """Read what ``record`` wrote."""
        return cls(
            record["rules_of"],
            datetime.fromisoformat(record["from"]),
            datetime.fromisoformat(record["to"]),
            record["in_force"],
            record["network"],
            record["rules"],
        )


def comparison_of(
    viewer: Viewer,
    version: int,
    since: datetime | None,
    until: datetime | None,
    *,
    at: datetime,
    rules: list[dict[str, Any]] | None = None,
) -> Comparison:
    """Pin what is to be tested: a version (0: the draft as it is now), or ``rules`` from elsewhere, over a period.

    Without ``since`` from the first lead on; without ``until`` up to the end of this hour, so that who asks twice asks
    for the same.
    Raises NotFound, NotAllowed, WrongContent, RulesRefused.
    """
    viewer.require_vendor("rules:read", "rules:write")
    vendor = vendor_of(viewer)
    until = until or at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    first = visible_leads(viewer).order_by("received_at").values_list("received_at", flat=True).first()
    since = min(first or until, until) if since is None else since
    if since > until:
        raise WrongContent([FieldError("from", "must not lie after to")])
    if not vendor.ruleset_version:
        raise WrongContent([FieldError("rules", "nothing is published yet, so there is nothing to compare with")])
    if rules is None:
        row = ruleset_for(viewer, version)
        rules = list(row.rules) if version == DRAFT else None
        name = str(version or "draft")
    else:
        name = "file"
    if rules is not None:
        compile_ruleset(rules)
    return Comparison(name, since, until, vendor.ruleset_version, vendor.network_version, rules)


def run_backtest(viewer: Viewer, comparison: Comparison) -> Iterator[float | dict[str, Any]]:
    """Run a back-test: yield the share done after every step, and last what came out (``Outcome.of`` reads it).

    Raises NotFound, NotAllowed.
    """
    viewer.require_vendor("rules:read", "rules:write")
    vendor = vendor_of(viewer)
    before = snapshot(vendor, comparison.in_force, comparison.network)
    tested = compile_ruleset(comparison.rules) if comparison.rules is not None else None
    after = Snapshot(tested, before.network) if tested else snapshot(vendor, int(comparison.name), comparison.network)
    test = Backtest(before, after)
    past = _PastLeads(viewer, vendor, before.network, before.ruleset.fields | after.ruleset.fields, comparison)
    total = max(1, past.leads.count())
    yield 0.0
    for chunk in past.chunks():
        for one in chunk:
            test.add(one)
        yield min(1.0, test.leads / total)
    yield _outcome(viewer, test, before, after.ruleset)


class _PastLeads:
    """The leads of a period that went through the rules, oldest first, with what is known of the moment they came."""

    def __init__(
        self, viewer: Viewer, vendor: Vendor, network: Network, fields: Collection[str], comparison: Comparison
    ) -> None:
        self.viewer, self.vendor, self.network, self.fields = viewer, vendor, network, fields
        period = visible_leads(viewer).filter(received_at__gte=comparison.since, received_at__lt=comparison.until)
        self.leads: QuerySet[Lead] = period.filter(test=False, run__gt=0).order_by("received_at", "pk")
        self.zone = ZoneInfo(vendor.time_zone)
        self.sources = {row.pk: row for row in sources_of(viewer, archived=True)}
        trees = rulesets_of(viewer).exclude(version=DRAFT).values_list("version", "rules")
        self.names = {version: [str(rule["name"]) for rule in rules] for version, rules in trees.iterator()}
        self.network_version = comparison.network
        self.masks: dict[tuple[int, str], int] = {}

    def chunks(self) -> Iterator[list[Past]]:
        columns = columns_for(self.fields)
        rest = self.leads.values(*columns)
        last: dict[str, Any] | None = None
        while True:
            later = rest
            if last is not None:
                at, pk = last["received_at"], last["pk"]
                later = rest.filter(Q(received_at__gt=at) | Q(received_at=at, pk__gt=pk), received_at__gte=at)
            rows = list(later[:AT_ONCE])
            if not rows:
                return
            yield list(self._pasts(rows))
            last = rows[-1]

    def _pasts(self, rows: Sequence[dict[str, Any]]) -> Iterator[Past]:
        ids = [row["pk"] for row in rows]
        contacts: dict[UUID, Contact] = {}
        if needs_contacts(self.fields):
            contacts = {each.lead_id: each for each in contacts_of(ids).filter(position=0)}
        decided = first_decisions_of(ids).annotate(text=Cast("record", TextField()))
        known = {
            lead: (ruleset, network, position, text)
            for lead, ruleset, network, position, text in decided.values_list(
                "lead_id", "ruleset_version", "network_version", "rule_position", "text"
            )
        }
        for row in rows:
            lead = LeanLead(row, self.sources.get(row["source_id"]))
            yield self._past(lead, contacts.get(lead.pk), known.get(lead.pk))

    def _past(self, lead: LeanLead, contact: Contact | None, decided: tuple[int, int, int | None, str] | None) -> Past:
        here = lead.received_at.astimezone(self.zone)
        values = lead.values(contact)
        point = None if lead.lat is None or lead.lon is None else (lead.lat, lead.lon)
        accepted = lead.accepted_at is not None
        if decided is None:
            facts = LeadFacts(values, point)
            return Past(str(lead.pk), lead.received_at, (here.year, here.month), facts,
                        accepted=accepted, until=lead.closed_at)  # fmt: skip
        ruleset, network, position, text = decided
        record = orjson.loads(text)
        inputs, live = record["inputs"], record["live"]
        names = self.names.get(ruleset, [])
        return Past(
            id=str(lead.pk),
            at=lead.received_at,
            month=(here.year, here.month),
            lead=LeadFacts(values, point, frozenset(inputs["customer_of"]), tuple(inputs["running_with"])),
            gone=frozenset(inputs["gone"]),
            accepted=accepted,
            until=lead.closed_at,
            happened=record["chosen"][0] if record["chosen"] else None,
            rule=names[position - 1] if position and position <= len(names) else "",
            **{name: self._mask(network, live[name]) for name in _MASKS},
        )

    def _mask(self, version: int, packed: str | list[int]) -> int:
        """Say in the pinned network what a decision kept in the bits of its own."""
        if not packed:
            return 0
        if version == self.network_version:
            return unpack(packed)
        key = (version, str(packed))
        if key not in self.masks:
            if len(self.masks) > 2_000:
                self.masks.clear()
            there, mask = partners_at(self.vendor.pk, version), unpack(packed)
            self.masks[key] = self.network.mask(one for at, one in enumerate(there) if mask >> at & 1)
        return self.masks[key]


def _outcome(viewer: Viewer, test: Backtest, before: Snapshot, after: Ruleset) -> dict[str, Any]:
    """Write what came out compactly: partners and rules once, each lead a short row that points at them."""
    today, tested = test.before, test.after
    rows = [*test.moved, *test.unlike_then]
    met = {one for row in rows for one in (row.before, row.after, row.happened) if one}
    met |= {*today.leads, *tested.leads, *test.then}
    known = {str(pk): (name, region) for pk, name, region in partners_of(viewer).values_list("pk", "name", "region")}
    partners = sorted(met, key=lambda one: (known.get(one, ("",))[0], one))
    at = {one: place for place, one in enumerate(partners)}
    then = list(dict.fromkeys(row.rule_then for row in rows))
    place_of = {name: place for place, name in enumerate(then)}

    def short(row: Moved) -> list[Any]:
        who = [None if one is None else at[one] for one in (row.before, row.after, row.happened)]
        return [row.lead, *who, row.rule_before, row.rule_after, place_of[row.rule_then], row.why.code, row.why.cents]

    def numbers(one: str) -> tuple[int, ...]:
        leads = (today.leads[one], tested.leads[one], test.then[one])
        return *leads, today.peaks.get(one, 0), tested.peaks.get(one, 0)

    return {
        "leads": test.leads,
        "same": test.same,
        "as_then": test.as_then,
        "unmatched": {"before": today.unmatched, "after": tested.unmatched, "then": test.unmatched_then},
        "fairness": {"before": _health(today), "after": _health(tested)},
        "rules": {"before": _names(before.ruleset), "after": _names(after), "then": then},
        "partners": [[one, *_about(one, known, before.network), *numbers(one)] for one in partners],
        "moved": [short(row) for row in test.moved],
        "unlike_then": [short(row) for row in test.unlike_then],
    }


def _health(tally: Tally) -> dict[str, float | None]:
    return {"max_debt": tally.fairness.max_debt, "bound": tally.fairness.bound, "jain": tally.fairness.jain}


def _names(rules: Ruleset) -> list[str]:
    return [rule.name for rule in rules.rules]


def _about(one: str, known: Mapping[str, tuple[str, str]], network: Network) -> tuple[str, str, str, int | None]:
    """Return a partner's name, tier, region and limit of open leads; what routing knows of it as it was pinned."""
    name, region = known.get(one, ("", ""))
    at = network.index.get(one)
    if at is None:
        return name, "", region, None
    facts = network.facts[at]
    return name, (facts.tags.get("tier") or ("",))[0], region or facts.country, facts.max_open_leads
