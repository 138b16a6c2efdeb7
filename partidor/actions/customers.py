"""Know an end customer again by its keys. Nothing is merged destructively: a second customer is linked to a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.domain.intake.inquiry import Inquiry
from partidor.domain.intake.sameness import DECIDING, MOST_NAMES, customer_keys, customer_name
from partidor.models import Customer, CustomerKey, CustomerKeyLink
from partidor.models.customer import digest


@dataclass(frozen=True, slots=True)
class Recognised:
    """The customer behind an inquiry, whether it is new, and what its keys say."""

    customer_id: UUID
    new: bool
    flags: tuple[str, ...]


def recognise(vendor_id: UUID, inquiries: Sequence[Inquiry], *, at: datetime) -> list[Recognised]:
    """Find or make the customer of each inquiry, in order; a handful of statements for all.

    Two that arrive at once for the same new customer meet at the unique key: the later one's transaction is
    run again and finds the first.
    """
    keys = [[(key.kind, digest(vendor_id, f"{key.kind}:{key.value}")) for key in customer_keys(i)] for i in inquiries]
    names = [digest(vendor_id, customer_name(inquiry)) for inquiry in inquiries]
    known = CustomerKey.find(vendor_id, {value for each in keys for _, value in each})
    sharing = CustomerKeyLink.names_of([key for key in known.values() if key.kind not in DECIDING])
    customers: list[Customer] = []
    fresh: list[CustomerKey] = []
    links: dict[tuple[UUID, UUID], CustomerKeyLink] = {}
    answers: list[Recognised] = []
    for inquiry, mine, name in zip(inquiries, keys, names, strict=True):
        deciding = next((known[value] for kind, value in mine if kind in DECIDING and value in known), None)
        if deciding is None:
            customer = Customer(vendor_id=vendor_id, kind="company" if inquiry.company else "person", created_at=at)
            customers.append(customer)
            customer_id = customer.pk
        else:
            customer_id = deciding.customer_id
        flags = set() if deciding is None else {"duplicate_customer"}
        for kind, value in mine:
            if value not in known:
                known[value] = CustomerKey(
                    vendor_id=vendor_id, kind=kind, value=value, customer_id=customer_id, name_digest=name
                )
                fresh.append(known[value])
                continue
            key = known[value]
            if key.customer_id == customer_id:
                continue
            shared = sharing.setdefault(key.pk, {key.name_digest})
            if kind not in DECIDING and deciding is None and 1 <= len(shared) <= MOST_NAMES:
                flags.add("possible_duplicate")
            if len(shared) <= MOST_NAMES:
                # a link more would only say again that too many share this key
                shared.add(name)
                links[key.pk, customer_id] = CustomerKeyLink(
                    vendor_id=vendor_id, key=key, customer_id=customer_id, name_digest=name
                )
        answers.append(Recognised(customer_id, deciding is None, tuple(sorted(flags))))
    Customer.keep(customers, fresh, list(links.values()))
    return answers
