"""Five hundred partners accept one pooled offer over HTTP at the same moment: one gets it, all are answered."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from uuid import UUID

from bench import _network
from bench._figures import Figures, Run, percentile, repeated
from bench._load import Request, post_all
from bench._stage import apart, databases, stage

RIVALS = 500
QUICK_RIVALS = 40
EVERYONE = [{"offer_to": "all", "window": "8h", "reveal": "teaser"}]
WARM_UP = 40
NOWHERE = "/api/v1/offers/00000000-0000-7000-8000-000000000000/accept"
"""No such offer: what the web does first and once is done before the rivals come."""
DATABASES = {"postgresql": "PostgreSQL", "sqlite": "embedded SQLite"}


def run(*, quick: bool = False) -> list[Figures]:
    """Measure both databases."""
    rivals = QUICK_RIVALS if quick else RIVALS
    return [on(database, rivals, quick=quick) for database in databases(quick=quick)]


def on(database: str, rivals: int, *, quick: bool = False) -> Figures:
    """Measure one database."""
    runs = repeated(lambda: _measured(database, rivals), quick=quick)
    return Figures(
        title=f"{rivals} simultaneous accepts of one pooled offer, {DATABASES[database]}",
        must=f"one winner, {rivals - 1} told that it is taken, none failed",
        reached=all(each["won"] == 1 and each["already taken"] == rivals - 1 and not each["failed"] for each in runs),
        runs=runs,
        meaning="Every partner has a key and a connection of its own; all connect first, and then send at once.",
    )


def _measured(database: str, rivals: int) -> Run:
    with stage(database) as here:
        vendor = here.run(_network.found, partners=rivals, rules=1, plan=EVERYONE)
        requests = here.run(offer_to_all, vendor.key, vendor.partners)
        with here.served() as port:
            apart(post_all, port, [replace(one, path=NOWHERE) for one in requests[:WARM_UP]], clients=4)
            load = apart(post_all, port, requests, clients=rivals)
        taken = sum(b'"already-taken"' in body for body in load.bodies)
        failed = [body for body in load.bodies if b'"already-taken"' not in body]
        if failed:
            print(f"failed: {failed[0]!r}", file=sys.stderr)
        here.run(check, rivals)
        return {
            "won": float(load.count(200)),
            "already taken": float(taken),
            "failed": float(len(failed)),
            "all answered after, s": load.all_seconds,
            "p50, ms": percentile(load.seconds, 50),
            "p99, ms": percentile(load.seconds, 99),
        }


def offer_to_all(key: str, partners: tuple[str, ...]) -> list[Request]:
    """Receive one lead, which everyone is offered; return each partner's acceptance, under a key of its own."""
    from partidor.access.viewer import PARTNER_SCOPES, viewer_of_key
    from partidor.actions.intake import receive_lead
    from partidor.actions.keys import issue_key

    by = viewer_of_key(key, at=_network.START)
    keys = {
        partner: issue_key(
            name="bench", scopes=PARTNER_SCOPES, partner_id=UUID(partner), expires_at=None, by=by, at=_network.START
        )[1]
        for partner in partners
    }
    received = receive_lead(json.loads(json.dumps(next(_network.inquiries(0, 1)))), by=by, at=_network.START)
    return [Request(f"/api/v1/offers/{offer.pk}/accept", keys[str(offer.partner_id)]) for offer in received.offers]


def check(rivals: int) -> None:
    """Make sure that the lead has one owner, and everyone else's offer is superseded."""
    from partidor.models import Lead, Offer

    lead = Lead.objects.get()
    states = list(Offer.objects.values_list("state", flat=True))
    found = (lead.state, states.count("accepted"), states.count("superseded"))
    if found != ("accepted", 1, rivals - 1) or lead.partner_id is None:
        raise AssertionError(f"the lead has not one owner: {found}")


if __name__ == "__main__":
    for figures in run(quick="--quick" in sys.argv):
        print(figures.page())
