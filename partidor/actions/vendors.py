"""Found a vendor: its ledger, first rule, first source, administrator and key; give its people first passwords."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password

from partidor.access.network import memberships_of
from partidor.access.viewer import SCOPES, Viewer, system
from partidor.actions.transactions import in_one_transaction
from partidor.domain.languages import first_spoken
from partidor.domain.refusal import NotAllowed, NotFound, Refusal
from partidor.domain.routing.ruleset import DEFAULT_RULES
from partidor.models import ApiKey, LedgerRow, Membership, RulesetVersion, Source, Vendor
from partidor.models.person import set_first_password

FIRST_RULE = {
    "en": ("Every lead", "The rule every vendor starts with"),
    "de": ("Jeder Lead", "Die Regel, mit der jeder anfängt"),
}
"""How the first rule is called, and why it is there; then it is the vendor's own text."""


class VendorExists(Refusal):
    """There is a vendor named {name} already; choose another name."""


@dataclass(frozen=True, slots=True)
class Founded:
    """A new vendor, with the two secrets that are shown once. The password is empty for a known person."""

    vendor: Vendor
    admin: str
    password: str
    api_key: str


@in_one_transaction
def found_vendor(
    *, name: str, admin: str, country: str, time_zone: str, language: str, currency: str, at: datetime
) -> Founded:
    """Found a vendor with one published rule, one source per way in, an administrator, and a key with all scopes."""
    slug = _slug(name)
    if Vendor.named(slug):
        raise VendorExists(name=name)
    vendor = Vendor.found(
        slug=slug, name=name, country=country, time_zone=time_zone, language=language, currency=currency, at=at
    )
    LedgerRow.open(vendor, at)
    actor = system(vendor.pk, "init").actor
    name, note = FIRST_RULE[first_spoken([language])]
    rules = [{**DEFAULT_RULES[0], "name": name}]
    RulesetVersion.draft(vendor, rules, actor, at)
    RulesetVersion.publish(vendor, rules, note, actor, at)
    Source.create_usual(vendor, at)
    membership, _ = Membership.invite(
        vendor.pk,
        email=admin,
        name=_name_of(admin),
        role="administrator",
        partner_id=None,
        language=language,
        at=at,
    )
    password = secrets.token_urlsafe(12)
    fresh = set_first_password(membership.person_id, make_password(password))
    _, key = ApiKey.issue(vendor.pk, name="first key", scopes=list(SCOPES), partner_id=None, expires_at=None, at=at)
    return Founded(vendor, admin, password if fresh else "", key)


@in_one_transaction
def give_first_password(person_id: UUID, password: str, *, by: Viewer) -> bool:
    """Give one of the vendor's people a first password; return whether there was one before, which then stays.

    For the operator's commands alone: nobody at a vendor touches another person's password.
    Raises NotFound, NotAllowed.
    """
    if by.kind != "system":
        raise NotAllowed(needs="the operator of this installation")
    if not memberships_of(by).filter(person_id=person_id).exists():
        raise NotFound(what="person")
    return not set_first_password(person_id, make_password(password))


def _name_of(email: str) -> str:
    """Guess a person's name: eva.muster@acme.example is Eva Muster."""
    return " ".join(part.capitalize() for part in re.split(r"[._+-]+", email.partition("@")[0]) if part) or email


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "vendor"
