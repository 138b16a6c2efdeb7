"""The end customer behind one or several leads, and the keys by which it is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet, Value

from partidor.models.inserting import insert
from partidor.models.rows import VendorRow

MOST_AROUND = 1000


class Customer(VendorRow):
    """A company or person. It holds no personal values: those live in its leads."""

    kind = models.CharField(max_length=10)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "customer"

    def __str__(self) -> str:
        return str(self.pk)

    @staticmethod
    def hold(customers: Iterable[UUID]) -> None:
        """Let one transaction at a time go on with these customers, which need not have any open lead to lock.

        Leads are locked before. Whoever only refers to a customer, as a new lead does, does not wait.
        """
        rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=list(customers)).order_by("pk")
        list(rows.values_list("pk"))

    @staticmethod
    def keep(customers: list[Customer], keys: list[CustomerKey], links: list[CustomerKeyLink]) -> None:
        """Keep new customers, their new keys, and links of known keys to further customers."""
        insert(customers, keys)
        insert(links, ignore_conflicts=True)


class CustomerKey(VendorRow):
    """One key (e-mail, name and postal code, …) and the customer that first had it. The value is hashed."""

    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=32)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="keys")
    name_digest = models.CharField(max_length=32, default="")
    """The name that first came with the key: a domain or phone that many names share says nothing."""

    class Meta:
        db_table = "customer_key"
        indexes = (models.Index(fields=["vendor", "name_digest"], name="customer_key_by_name"),)
        constraints = (models.UniqueConstraint(fields=["vendor", "kind", "value"], name="customer_key_once"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"

    @staticmethod
    def around(
        vendor_id: UUID, customers: Collection[UUID], *more: QuerySet[Any, Any]
    ) -> list[tuple[UUID, str, UUID, str]]:
        """Return who shares a key or a name with some customers: (key, kind, customer, name), at most a thousand.

        Where only the name is shared, the kind is ``name``. ``more`` are rows alike, to be read in the same statement.
        """
        keys, links = CustomerKey.objects.order_by(), CustomerKeyLink.objects.order_by()
        own, of_key, of_link = list(customers), ("pk", "kind"), ("key_id", "key__kind")
        who = ("customer_id", "name_digest")
        nameless = ["", digest(vendor_id, "")]
        parts: list[QuerySet[Any, Any]] = [keys.filter(customer_id__in=own).values_list(*of_key, *who)]
        parts += [keys.filter(links__customer_id__in=own).values_list(*of_key, *who)]
        parts += [links.filter(key__customer_id__in=own).values_list(*of_link, *who)]
        parts += [links.filter(key__links__customer_id__in=own).values_list(*of_link, *who)]
        for named in (keys, links):
            names = named.filter(customer_id__in=own).exclude(name_digest__in=nameless).values("name_digest")
            alike = keys.filter(vendor_id=vendor_id, name_digest__in=names).annotate(how=Value("name"))
            parts.append(alike.values_list("pk", "how", *who))
        return list(parts[0].union(*parts[1:], *more).order_by("kind")[:MOST_AROUND])

    @staticmethod
    def find(vendor_id: UUID, values: Iterable[str]) -> dict[str, CustomerKey]:
        """Return the known ones of some hashed values (which carry their kind)."""
        return {key.value: key for key in CustomerKey.objects.filter(vendor_id=vendor_id, value__in=values)}


class CustomerKeyLink(VendorRow):
    """A further customer that came with the same key. Nothing is ever merged destructively."""

    key = models.ForeignKey(CustomerKey, on_delete=models.PROTECT, related_name="links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="key_links")
    name_digest = models.CharField(max_length=32, default="")

    class Meta:
        db_table = "customer_key_link"
        constraints = (models.UniqueConstraint(fields=["key", "customer"], name="customer_key_link_once"),)

    def __str__(self) -> str:
        return f"{self.key_id} also of {self.customer_id}"

    @staticmethod
    def names_of(keys: Iterable[CustomerKey]) -> dict[UUID, set[str]]:
        """Tell which names (hashed) share each key."""
        names = {key.pk: {key.name_digest} for key in keys}
        if names:
            for key_id, name in CustomerKeyLink.objects.filter(key_id__in=names).values_list("key_id", "name_digest"):
                names[key_id].add(name)
        return names


def digest(vendor_id: UUID, value: str) -> str:
    """Hash a key's value for one vendor (blake2b, 128 bits), so that no personal value is kept in a key."""
    return hashlib.blake2b(value.encode(), digest_size=16, key=vendor_id.bytes).hexdigest()
