"""People: invite them to a role at the vendor or at a partner, take it away and give it back; their language."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from partidor.access.network import membership_for, memberships_of, partner_for
from partidor.access.viewer import Viewer, vendor_of
from partidor.actions.accounts import invitation_path
from partidor.actions.events import Told, telling
from partidor.actions.transactions import in_one_transaction
from partidor.domain.languages import SPOKEN
from partidor.domain.refusal import FieldError, NotAllowed, Refusal, WrongContent
from partidor.models import Membership, Notice
from partidor.models.person import PARTNER_ROLES, VENDOR_ROLES, choose_language_of
from partidor.models.vendor import lock_vendor


class NotYourself(Refusal):
    """You cannot take your own role away; another administrator can."""


class LastAdministrator(Refusal):
    """This is the last administrator; make somebody else one first."""


class RoleHeld(FieldError):
    """Somebody who is to get a role has another one there."""

    __slots__ = ("role",)

    def __init__(self, role: str) -> None:
        """Name the role that is held."""
        super().__init__("role", f"is {role} here already; take that role away first")
        self.role = role


class Invited(NamedTuple):
    """A role, whether it was in force already, and whether an invitation goes out by mail."""

    membership: Membership
    repeated: bool
    mailed: bool


@in_one_transaction
def invite_person(*, email: str, name: str, role: str, partner_id: UUID | None, by: Viewer, at: datetime) -> Invited:
    """Give a person a role. Who has it but has not come yet is invited once more, at most once a day.

    For the vendor's administrators, and for a partner's manager, who invites to that partner. Nobody's role is
    changed by this, and only an administrator gives one back that was taken away.

    The person gets offers by mail at once, before the first sign-in. Nothing tells whether the address was
    known before. Raises WrongContent, NotFound (partner), NotAllowed.
    """
    if partner_id is None or by.partner_id is None or not by.may_steer(partner_id):
        by.require_vendor("admin")
    roles = VENDOR_ROLES if partner_id is None else PARTNER_ROLES
    errors = []
    if partner_id is not None and partner_for(by, partner_id).archived_at is not None:
        errors.append(FieldError("partner", "is archived; choose a partner in use"))
    try:
        email = validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        errors.append(FieldError("email", f"is no e-mail address ({error}); write for example eva@muster.example"))
    if not name.strip() or len(name) > 300 or "\0" in name:
        errors.append(FieldError("name", "must have 1 to 300 characters"))
    if role not in roles:
        whose = "a partner" if partner_id else "the vendor"
        errors.append(FieldError("role", f"at {whose} it must be one of {', '.join(roles)}"))
    if errors:
        raise WrongContent(errors)

    lock_vendor(by.vendor_id)
    membership, made = Membership.invite(
        by.vendor_id,
        email=email,
        name=name.strip(),
        role=role,
        partner_id=partner_id,
        language=vendor_of(by).language,
        at=at,
    )
    repeated = not made and membership.active
    if repeated and membership.role != role:
        raise WrongContent([RoleHeld(membership.role)])
    if not membership.active:
        if by.partner_id is not None:
            raise WrongContent([FieldError("role", "was taken away by the vendor; ask there")])
        membership.switch(True, role)

    about = f"{membership.pk}:{at:%Y-%m-%d}"
    mailed = membership.seen_at is None and not Notice.is_put(by.vendor_id, f"person.invited:{about}")
    with telling(by, at) as told:
        if not repeated:
            _tell_given(told, membership)
        if mailed:
            key = invitation_path(membership.pk)
            told.notice("person.invited", about, partner_id=partner_id, person_id=membership.person_id, key=key)
    return Invited(membership, repeated, mailed)


@in_one_transaction
def deactivate_membership(membership_id: UUID, *, by: Viewer, at: datetime) -> tuple[Membership, bool]:
    """Take a role away from the person's next request on; return it, and whether it was taken away already.

    Raises NotYourself, LastAdministrator, NotFound, NotAllowed.
    """
    by.require_vendor("admin")
    lock_vendor(by.vendor_id)  # of two administrators who take away each other's role at once, one stays
    membership = membership_for(by, membership_id)
    if not membership.active:
        return membership, True
    if by.kind == "person" and by.id == str(membership.person_id) and membership.partner_id is None:
        raise NotYourself
    others = memberships_of(by).filter(role="administrator", active=True, person__is_active=True)
    if membership.role == "administrator" and not others.exclude(pk=membership.pk).exists():
        raise LastAdministrator

    membership.switch(False)
    with telling(by, at) as told:
        partner, person = membership.partner_id, membership.person_id
        told.vendor_event(
            "person.role_taken", person=str(person), role=membership.role, partner=str(partner) if partner else None
        )
    return membership, False


@in_one_transaction
def reactivate_membership(membership_id: UUID, *, by: Viewer, at: datetime) -> tuple[Membership, bool]:
    """Give a role back; return it, and whether it was in force already. Raises NotFound, NotAllowed."""
    by.require_vendor("admin")
    lock_vendor(by.vendor_id)
    membership = membership_for(by, membership_id)
    if membership.active:
        return membership, True

    membership.switch(True)
    with telling(by, at) as told:
        _tell_given(told, membership)
    return membership, False


def _tell_given(told: Told, membership: Membership) -> None:
    partner, person = membership.partner_id, membership.person_id
    told.vendor_event(
        "person.role_given", person=str(person), role=membership.role, partner=str(partner) if partner else None
    )


@in_one_transaction
def choose_language(language: str, *, by: Viewer) -> bool:
    """Let a signed-in person choose the language of pages and mails; return whether it was chosen before.

    Raises WrongContent, NotAllowed (a key is no person).
    """
    if by.kind != "person":
        raise NotAllowed(needs="a person who has signed in")
    if language not in SPOKEN:
        raise WrongContent([FieldError("language", f"must be one of {', '.join(SPOKEN)}")])
    return not choose_language_of(UUID(by.id), language)
