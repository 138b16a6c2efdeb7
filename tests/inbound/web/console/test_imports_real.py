"""Real files through the screen, dirt and all: 58 Spanish partners, and the 44 leads of Odoo's demo."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from partidor.models import Lead, Partner
from tests.adventureworks import real_data
from tests.inbound.web.console.importing import act, bring
from tests.inbound.web.people import SignIn
from tests.inbound.web.reading import words_of
from tests.world import World

DATA = real_data()
COUNTRIES = {"us": "United States", "uk": "United Kingdom", "fr": "France", "be": "Belgium"}
COLUMNS = {
    "name": "Opportunity", "contact_name": "Contact Name", "partner_name": "Company Name", "email_from": "Email",
    "function": "Job Position", "phone": "Phone", "street": "Street", "city": "City", "zip": "Zip",
    "country_id": "Country", "expected_revenue": "Expected Revenue",
}  # fmt: skip
OF_CUSTOMER = {"name": "partner_name", "email": "email_from"}


def records(path: Path, model: str) -> dict[str, dict[str, str]]:
    """Read the records of a model from Odoo's XML by their ids, the first of each; countries by name or code."""
    found: dict[str, dict[str, str]] = {}
    for record in ET.parse(path).getroot().iter("record"):
        if record.get("model") == model and record.get("id") not in found:
            fields = found[record.get("id") or ""] = {}
            for field in record.findall("field"):
                ref = field.get("ref", "").removeprefix("base.")
                text = COUNTRIES.get(ref, ref.upper()) if field.get("name") == "country_id" else ref
                fields[field.get("name") or ""] = text or (field.text or "").strip() or field.get("eval", "").strip("'")
    return found


def odoo_leads(folder: Path) -> str:
    """Write Odoo's demo leads as its export does: where a lead itself says nothing, its customer's record does."""
    customers = records(folder / "base_res_partner_demo.xml", "res.partner")
    text = io.StringIO()
    writer = csv.DictWriter(text, ["External ID", *COLUMNS.values()])
    writer.writeheader()
    for key, lead in records(folder / "crm_lead_demo.xml", "crm.lead").items():
        customer = customers.get(lead.get("partner_id", ""), {})
        known = {OF_CUSTOMER.get(name, name): value for name, value in customer.items()} | lead
        writer.writerow({"External ID": key, **{title: known.get(name, "") for name, title in COLUMNS.items()}})
    return text.getvalue()


@pytest.mark.real_data
@pytest.mark.skipif(DATA is None, reason="the real data are not here")
class TestRealFiles:
    def test_58_spanish_partners_dirt_and_all(self, world: World, sign_in: SignIn) -> None:
        assert DATA is not None
        client = sign_in("administrator")
        at = bring(client, "partners", (DATA / "odoo_partner_directory_es/partners_redacted.csv").read_bytes())[
            "Location"
        ]
        done = words_of(act(client, at, "run"))
        assert "Rows 58 Taken 58 There already 0 Refused 0" in done
        taken = list(
            Partner.objects.filter(vendor=world.vendor).exclude(pk__in=[p.pk for p in world.partners.values()])
        )
        flags = Counter(flag for partner in taken for flag in partner.flags)
        print("\nSpanish partners:", len(taken), dict(flags), Counter(t for p in taken for t in p.tags["tier"]))
        assert {partner.country for partner in taken} == {"ES"}
        assert all(partner.tags["tier"][0] in ("Gold", "Silver", "Ready", "Learning") for partner in taken)
        assert flags["phone_unverified"] <= 6
        assert "There already 58" in words_of(act(client, at, "run"))

    def test_44_odoo_leads(self, world: World, sign_in: SignIn) -> None:
        """One of them names nobody: it is refused with the reason, and taken when the screen says what to call it."""
        assert DATA is not None
        client = sign_in("administrator")
        at = bring(client, "leads", odoo_leads(DATA / "odoo_crm_demo"))["Location"]
        assert "Rows 44 Taken 43 There already 0 Refused 1" in words_of(act(client, at, "run"))
        (refused,) = csv.DictReader(io.StringIO(client.get(f"{at}/refused.csv").content.decode("utf-8-sig")))
        assert refused["reason"] == "Company: is missing; a lead needs a company or a contact.last_name"
        assert "Rows 44 Taken 1 There already 43 Refused 0" in words_of(
            act(client, at, "run", constant__company="Unknown")
        )
        leads = list(Lead.objects.filter(vendor=world.vendor))
        print("\nOdoo leads:", len(leads), Counter(flag for lead in leads for flag in lead.flags),
              Counter(lead.state for lead in leads))  # fmt: skip
        assert len(leads) == 44
        assert all(lead.state in ("offered", "unassigned") for lead in leads)
