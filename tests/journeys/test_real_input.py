"""Real tables all the way: resellers become partners, buyers and customers become leads, and none of them is lost.

A sample of the leads; all of them with PARTIDOR_TEST_FULL=1 (minutes).
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from partidor.access.viewer import Viewer, system
from partidor.actions.places import load_places
from partidor.actions.rules import change_draft, publish_rules
from partidor.actions.vendors import found_vendor
from partidor.domain.intake.mapping import ImportMapping
from partidor.domain.intake.places import PlaceRow, gather
from partidor.inbound.files.batches import Tally, lines_of, refused_beside, take_all
from partidor.inbound.files.leads import leads_taken
from partidor.inbound.files.partners import partners_taken
from partidor.models import Decision, Lead, Offer, Partner, Vendor
from partidor.models.ledger import read_ledger
from partidor.queries.audit.auditor import audit
from partidor.queries.leads.decisions import decisions, explanation
from partidor.queries.leads.replays import replays_of
from tests.adventureworks import MAPPINGS, adventureworks, real_data, write_customers
from tests.world import START

DATA, TABLES = real_data(), adventureworks()
pytestmark = [pytest.mark.real_data, pytest.mark.skipif(TABLES is None, reason="the real data are not here")]
EVERY = 1 if os.environ.get("PARTIDOR_TEST_FULL") else 30


def sampled(source: Path, target: Path) -> set[str]:
    """Copy every thirtieth row, and return the postal codes of those."""
    with source.open(encoding="utf-8", newline="") as opened, target.open("w", encoding="utf-8", newline="") as out:
        reader = csv.DictReader(opened)
        writer = csv.DictWriter(out, list(reader.fieldnames or ()))
        writer.writeheader()
        chosen = [row for number, row in enumerate(reader) if number % EVERY == 0]
        writer.writerows(chosen)
    return {row["PostalCode"] for row in chosen}


def places(codes: set[str]) -> None:
    """Load the places of these codes."""
    assert DATA is not None
    wanted = {code.rjust(5, "0") for code in codes} | {code[:3].upper() for code in codes}
    rows = []
    for country in ("us", "ca", "de"):
        path = DATA / "geonames_postal_dev" / f"zipcodes.{country}.csv"
        with path.open(encoding="utf-8", newline="") as opened:
            rows += [PlaceRow.read(row) for row in csv.DictReader(opened) if row["zipcode"] in wanted]
    load_places(gather(row for row in rows if row is not None))


class Imported:
    """The vendor with its partners, and what became of each file."""

    def __init__(self, folder: Path) -> None:
        assert TABLES is not None
        self.founded = found_vendor(
            name="Adventure Works", admin="boss@adventure.example", country="US", time_zone="America/Los_Angeles",
            language="en", currency="USD", at=START,
        )  # fmt: skip
        self.by: Viewer = system(self.founded.vendor.pk, "import")
        codes = sampled(TABLES / "prospective_buyers.csv", folder / "prospects.csv")
        codes |= sampled(write_customers(TABLES, folder / "all.csv"), folder / "customers.csv")
        places(codes)
        resellers = folder / "resellers.csv"
        resellers.write_bytes((TABLES / "resellers.csv").read_bytes())
        self.partners = self.take(resellers, "adventureworks_resellers.toml", partners_taken(by=self.by), "partners")
        rules = json.loads((MAPPINGS / "adventureworks_rules.json").read_text())["rules"]
        _, compiled = change_draft(rules, if_match=None, by=self.by, at=START)
        self.warnings = compiled.warnings
        publish_rules(by=self.by, at=START)
        self.folder = folder
        self.leads = self.import_leads()

    def import_leads(self) -> dict[str, Tally]:
        return {
            name: self.take(self.folder / f"{name}.csv", f"adventureworks_{name}.toml",
                            leads_taken("import", by=self.by), "leads")
            for name in ("prospects", "customers")
        }  # fmt: skip

    def take(self, path: Path, mapping: str, take: Any, kind: Any) -> Tally:
        chosen = ImportMapping.read((MAPPINGS / mapping).read_text("utf-8"), kind)
        with refused_beside(path) as refused:
            tally = take_all(lines_of(path, chosen), take, refused=refused, told=lambda tally: None)
        print(f"\n{path.name}: {tally}")
        return tally


@pytest.fixture
def imported(db: None, tmp_path: Path) -> Imported:
    return Imported(tmp_path)


class TestRealInput:
    def test_is_taken_routed_and_offered_and_none_of_it_lost(self, imported: Imported) -> None:
        assert (imported.partners.rows, imported.partners.taken, imported.partners.refused) == (581, 581, 0)
        assert imported.warnings == ()
        for name, tally in imported.leads.items():
            assert tally.rows == tally.taken + tally.repeated + tally.refused > 0
            refused = imported.folder / f"{name}.csv.refused.csv"
            lines = refused.read_text(encoding="utf-8-sig").splitlines() if refused.exists() else []
            reasons = [row["reason"] for row in csv.DictReader(lines)]
            assert len(reasons) == tally.refused
            assert all(reasons)

        taken = sum(tally.taken for tally in imported.leads.values())
        states = Counter(Lead.objects.values_list("state", flat=True))
        assert states == {"offered": taken}
        assert Decision.objects.count() == taken
        again = imported.import_leads()
        assert sum(tally.taken for tally in again.values()) == 0
        assert Lead.objects.count() == taken

    def test_is_mended_or_flagged_but_never_damaged(self, imported: Imported) -> None:
        for lead in Lead.objects.filter(country="US"):
            assert re.fullmatch(r"\d{5}(-\d{4})?", lead.postal_code) or "postal_code_unverified" in lead.flags
        assert not Lead.objects.filter(street__contains="Ã").exists()
        assert not Partner.objects.filter(street__contains="Ã").exists()
        readable = Lead.objects.exclude(flags__icontains="phone_unverified").filter(contacts__position=0)
        assert all(re.fullmatch(r"(\+\d+)?", phone) for phone in readable.values_list("contacts__phone", flat=True))
        # One mail domain is shared by nearly all of them, and makes nobody a known customer.
        shared = Lead.objects.filter(contacts__email__endswith="@adventure-works.com")
        assert shared.count() > 300
        assert shared.filter(flags__icontains="duplicate_customer").count() < shared.count() / 20

    def test_goes_where_the_rules_say(self, imported: Imported) -> None:
        near = Offer.objects.filter(decision__rule_position=1)
        assert near.exists()
        assert not near.exclude(distance_km__lte=150).exists()
        for lead_line, tags in near.values_list("lead__product", "partner__tags"):
            assert tags["product_line"] == [lead_line]
        for country, partner_country in Offer.objects.values_list("lead__country", "partner__country"):
            assert country == partner_country
        german = Offer.objects.filter(decision__rule_position=3).values_list("partner__tags", flat=True)
        assert {tags["tier"][0] for tags in german} <= {"silver", "gold"}

    def test_leaves_books_that_balance_and_decisions_that_explain_everyone(self, imported: Imported) -> None:
        vendor = Vendor.objects.get()
        ledger = read_ledger(vendor.pk)
        for account in ("all", "hot", "warm", "cold"):
            assert ledger.sum(account) == 0
        assert ledger.max_debt() < 3 <= ledger.bound
        for record in Decision.objects.values_list("record", flat=True):
            assert record["eligible"] + sum(record["excluded"].values()) == 581
        partners = list(Partner.objects.order_by("pk").values_list("pk", flat=True))
        for lead in Lead.objects.order_by("pk")[:2]:
            assert all(card.equal for card in replays_of(imported.by, lead.pk))
            (card,) = decisions(imported.by, lead.pk)
            assert card.id is not None
            for partner in partners[:: 1 if EVERY == 1 else 20]:
                told = explanation(imported.by, lead.pk, card.id, partner, language="de")
                assert told.reasons
                assert all(reason.text for reason in told.reasons)
                assert told.eligible or told.reasons[0].code not in ("asked", "ranked")
        problems = [each for each in audit(at=START, mail_is_set=True).findings if each.kind != "warning"]
        assert not problems
        connection.check_constraints()
