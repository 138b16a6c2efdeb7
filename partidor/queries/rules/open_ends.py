"""The leads and partners behind the numbers of the rules' editor: what the draft leaves open, and what a rule takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from partidor.access.network import partners_of, ruleset_for
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.refusal import NotFound
from partidor.domain.routing.network import bits
from partidor.domain.routing.replays.rehearsal import unreached
from partidor.domain.routing.ruleset import Rule
from partidor.models.ruleset import DRAFT
from partidor.models.snapshots import draft_ruleset, network
from partidor.queries.numbered import Numbered, numbered_of
from partidor.queries.rules.draft import published_ruleset
from partidor.queries.rules.last_leads import LastLeads

NO_RULE, NO_PARTNER, UNREACHED, TAKEN = "no-rule", "no-partner", "unreached", "taken"


@dataclass(frozen=True, slots=True)
class OpenLead:
    """One of the last leads. ``rule``: the first that holds for it, as place and name; 0 where none does."""

    ref: str
    company: str
    city: str
    received_at: datetime
    rule: int
    rule_name: str


@dataclass(frozen=True, slots=True)
class OpenPartner:
    """A partner that no rule reaches."""

    ref: str
    name: str
    kind: str
    country: str
    city: str


@dataclass(frozen=True, slots=True)
class OpenEnds:
    """One list: of leads or of partners; of how many it is a part, and the rule that it is about (of ``taken``)."""

    revision: int
    leads: Numbered[OpenLead] | None
    partners: Numbered[OpenPartner] | None
    counted: int
    rule: Rule | None = None


def open_ends(viewer: Viewer, what: str, *, rule: int, page: int) -> OpenEnds:
    """List what is behind a number of the editor; ``rule`` (from 1) is asked for by ``taken`` alone.

    no-rule: leads for which no rule of the draft holds; no-partner: leads for which some rule holds and none has a
    partner; taken: leads that a rule takes; unreached: partners that no rule reaches. Raises NotAllowed, NotFound.
    """
    viewer.require_vendor("rules:write")
    row, net = ruleset_for(viewer, DRAFT), network(vendor_of(viewer))
    compiled = draft_ruleset(row)
    last = LastLeads.held_against(viewer, compiled, published_ruleset(viewer), net)
    if what == UNREACHED:
        ids = [net.ids[at] for at in bits(unreached(last.draft))]
        return OpenEnds(row.revision, None, _partners(viewer, ids, page), net.size)
    chosen = compiled.rules[rule - 1] if what == TAKEN and 0 < rule <= len(compiled.rules) else None
    if what not in (NO_RULE, NO_PARTNER) and chosen is None:
        raise NotFound(what="list")
    found = []
    for lead, taker, first in zip(last.leads, last.now.takers, last.now.firsts, strict=True):
        is_here = {NO_RULE: first is None, NO_PARTNER: first is not None and taker is None, TAKEN: taker == rule}[what]
        if is_here:
            name = compiled.rules[first - 1].name if first else ""
            found.append(OpenLead(lead.ref, lead.company, lead.city, lead.received_at, first or 0, name))
    return OpenEnds(row.revision, numbered_of(found, page), None, len(last.leads), chosen)


def _partners(viewer: Viewer, ids: list[str], page: int) -> Numbered[OpenPartner]:
    rows = partners_of(viewer).filter(pk__in=ids).order_by("name", "pk")
    found = [OpenPartner(str(pk), *rest) for pk, *rest in rows.values_list("pk", "name", "kind", "country", "city")]
    return numbered_of(found, page)
