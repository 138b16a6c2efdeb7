"""A small named cast: Acme, which sells through Alpen, Bergmann and Citroen, and Rival, which must never see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from partidor.access.viewer import PARTNER_SCOPES, SCOPES, Viewer, system, viewer_of_key
from partidor.actions.intake import Received, receive_lead
from partidor.actions.keys import issue_key
from partidor.actions.partners import add_partners
from partidor.actions.rules import change_draft, publish_rules
from partidor.actions.vendors import found_vendor
from partidor.models import Event, Lead, Notice, Offer, Partner, Vendor

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""

ONE_AFTER_ANOTHER = [
    {
        "name": "Nearest first",
        "when": {"all": []},
        "who": {"all": []},
        "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}],
        "plan": [
            {"offer_to": 1, "window": "4h", "remind_after": "2h", "repeat": 2},
            {"offer_to": "all", "window": "8h", "reveal": "teaser"},
        ],
    }
]
ALL_AT_ONCE = [
    {
        "name": "Everyone",
        "when": {"all": []},
        "who": {"all": []},
        "plan": [{"offer_to": "all", "window": "8h", "reveal": "teaser"}],
    }
]
TOWNS = {
    "alpen": ("Alpen Systemhaus", "80331", "München", 48.137, 11.575),
    "bergmann": ("Bergmann IT", "86150", "Augsburg", 48.371, 10.898),
    "citroen": ("Citroën & Söhne", "90402", "Nürnberg", 49.452, 11.077),
}


@dataclass
class World:
    """The cast of one test, and what it does in short words."""

    vendor: Vendor
    manager: Viewer
    partners: dict[str, Partner] = field(default_factory=dict)
    number: int = 0

    @classmethod
    def found(cls, name: str = "Acme", *, rules: object = None, partners: dict[str, Any] | None = None) -> World:
        """Found a vendor with its partners, and its rules if they are not the usual one."""
        founded = found_vendor(
            name=name,
            admin=f"chief@{name.lower()}.example",
            country="DE",
            time_zone="Europe/Berlin",
            language="de",
            currency="EUR",
            at=START,
        )
        world = cls(founded.vendor, viewer_of_key(founded.api_key, at=START))
        world.join({
            key: {"name": title, "address": {"country": "DE", "postal_code": code, "city": city},
                  "location": {"lat": lat, "lon": lon}}
            for key, (title, code, city, lat, lon) in (TOWNS if partners is None else partners).items()
        })  # fmt: skip
        world.rules(ONE_AFTER_ANOTHER if rules is None else rules)
        return world

    def partner(self, key: str, **payload: Any) -> Partner:
        """Add a partner and call it by a key."""
        self.join({key: payload})
        return self.partners[key]

    def join(self, payloads: dict[str, dict[str, Any]]) -> None:
        """Add partners and call each by its key."""
        usual = {key: {"name": key.title(), "kind": "reseller", "external_id": key, "email": f"{key}@example.org"}
                 for key in payloads}  # fmt: skip
        added = add_partners([{**usual[key], **payloads[key]} for key in payloads], by=self.manager, at=START)
        self.partners |= {key: kept.partner for key, kept in zip(payloads, added, strict=True)}  # type: ignore[union-attr]

    def rules(self, rules: object) -> None:
        """Publish rules."""
        change_draft(rules, if_match=None, by=self.manager, at=START)
        publish_rules(by=self.manager, at=START)

    def inquiry(self, **more: Any) -> dict[str, Any]:
        """Write an inquiry like no other, from the middle of Munich."""
        self.number += 1
        nr = self.number
        return {
            "source": "api",
            "external_id": f"web-{nr}",
            "company": f"Werkstatt {nr} GmbH",
            "contact": {"first_name": "Eva", "last_name": f"Muster{nr}", "email": f"eva@werkstatt{nr}.example"},
            "address": {"country": "DE", "postal_code": "80331", "city": "München"},
            "location": {"lat": 48.137, "lon": 11.575},
            "inquiry": f"We need an ERP for {nr + 10} people.",
            **more,
        }

    def receive(self, *, at: datetime = START, **more: Any) -> Received:
        """Receive a new inquiry."""
        return receive_lead(self.inquiry(**more), by=self.manager, at=at)

    def key_of(self, partner: str | None = None, scopes: tuple[str, ...] | None = None) -> str:
        """Issue a key of the vendor or of a partner; return its secret."""
        partner_id = self.partners[partner].pk if partner else None
        wanted = scopes or (PARTNER_SCOPES if partner else SCOPES)
        return issue_key(name="test", scopes=wanted, partner_id=partner_id, expires_at=None, by=self.manager, at=START)[
            1
        ]

    def seen_by(self, partner: str, scopes: tuple[str, ...] = PARTNER_SCOPES) -> Viewer:
        """Act as one of the partners."""
        return Viewer(self.vendor.pk, "key", partner, frozenset(scopes), self.partners[partner].pk, self.vendor)

    @property
    def clock(self) -> Viewer:
        """Act as Partidor itself."""
        return system(self.vendor.pk)

    def offers(self, lead: Lead | UUID) -> list[tuple[str, str]]:
        """Tell who was offered a lead and what became of it, in order."""
        names = {partner.pk: key for key, partner in self.partners.items()}
        rows = Offer.objects.filter(lead=lead).order_by("run", "round", "place")
        return [(names[offer.partner_id], offer.state) for offer in rows]

    def open_offer(self, lead: Lead | UUID, partner: str) -> Offer:
        """Return the offer that waits for a partner's answer."""
        return Offer.objects.get(lead=lead, partner=self.partners[partner], state="open")

    def events(self, lead: Lead | UUID) -> list[str]:
        """Tell what happened to a lead, in order."""
        return list(Event.objects.filter(lead=lead).order_by("lead_seq").values_list("type", flat=True))

    def notices(self, kind: str) -> int:
        """Count the notices of a kind."""
        return Notice.objects.filter(vendor=self.vendor, kind=kind).count()

    def again(self, lead: Lead) -> Lead:
        """Read a lead anew."""
        return Lead.objects.select_related("source").get(pk=lead.pk)


def hours(number: float) -> timedelta:
    """Return a length of time."""
    return timedelta(hours=number)
