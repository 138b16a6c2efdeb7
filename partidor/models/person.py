"""A person is a login and belongs to no vendor; a membership is its role at a vendor or partner."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from partidor.models.ids import uuid7
from partidor.models.rows import VendorRow

VENDOR_ROLES = ("administrator", "channel_manager", "partner_account_manager", "marketing", "management", "agency")
PARTNER_ROLES = ("partner_manager", "partner_sales")


class Person(AbstractBaseUser):
    """A login: the e-mail address is its name, casefolded."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=300)
    language = models.CharField(max_length=20, default="", blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = BaseUserManager["Person"]()

    class Meta:
        db_table = "person"

    def __str__(self) -> str:
        return self.name


def set_first_password(person_id: UUID, hashed: str) -> bool:
    """Give a person without a password a first one; False if there is one, which nobody else may change."""
    return bool(Person.objects.filter(pk=person_id, password="").update(password=hashed))


def choose_language_of(person_id: UUID, language: str) -> bool:
    """Note the language that a person has chosen; False if it was chosen before."""
    return bool(Person.objects.filter(pk=person_id).exclude(language=language).update(language=language))


class Membership(VendorRow):
    """What a person is at a vendor (no partner) or at one of its partners."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    partner = models.ForeignKey(
        "partidor.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=30)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "membership"
        indexes = (models.Index(fields=["vendor", "partner", "active"], name="membership_of_partner"),)
        constraints = (
            models.UniqueConstraint(
                fields=["vendor", "person"], condition=Q(partner=None), name="membership_once_at_vendor"
            ),
            models.UniqueConstraint(
                fields=["vendor", "person", "partner"],
                condition=~Q(partner=None),
                name="membership_once_at_partner",
            ),
            models.CheckConstraint(
                condition=Q(partner=None, role__in=VENDOR_ROLES) | Q(partner__isnull=False, role__in=PARTNER_ROLES),
                name="membership_role_fits",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role}"

    @property
    def seen_at(self) -> datetime | None:
        """Return when the person last signed in since the role was given; what was before concerns nobody here."""
        last = self.person.last_login
        return last if last and last >= self.created_at else None

    @property
    def shown_name(self) -> str:
        """Return the person's name, and its address until it has come: an invitation tells nobody who is known."""
        return self.person.name if self.seen_at else self.person.email

    @classmethod
    def invite(
        cls, vendor_id: UUID, *, email: str, name: str, role: str, partner_id: UUID | None, language: str, at: datetime
    ) -> tuple[Membership, bool]:
        """Give the person (made if unknown) a role; return the membership and whether it is new, else as it was."""
        person, _ = Person.objects.get_or_create(
            email=email.casefold(), defaults={"name": name, "created_at": at, "language": language}
        )
        membership, made = cls.objects.get_or_create(
            vendor_id=vendor_id,
            person=person,
            partner_id=partner_id,
            defaults={"role": role, "created_at": at},
        )
        return membership, made

    def switch(self, active: bool, role: str = "") -> None:
        """Put the role in or out of force; in another role, if one is named."""
        self.active, self.role = active, role or self.role
        Membership.objects.filter(pk=self.pk).update(active=self.active, role=self.role)
