"""The way in: invitations that lead to a first password, and the mails by which people sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.core import signing

from partidor.access.roles import Role, role_invited, roles_at
from partidor.actions.events import telling
from partidor.actions.transactions import in_one_transaction
from partidor.domain.refusal import Refusal
from partidor.models.ids import uuid7
from partidor.models.person import set_first_password

INVITED_FOR = timedelta(days=14)
_SALT = "partidor.invitation"


class InvitationOver(Refusal):
    """This invitation is no longer valid; ask whoever invited you for a new one."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited to what. ``begun`` tells that the person has a password already and may just sign in."""

    role: Role
    person_id: UUID
    name: str
    email: str
    begun: bool


def invitation_path(membership_id: UUID) -> str:
    """Return where an invitation leads: a signed key that opens one thing only, choosing a first password, once."""
    return f"/accounts/invitation/{signing.dumps(str(membership_id), salt=_SALT)}/"


def open_invitation(key: str) -> Invitation:
    """Return what an invitation invites to. Raises InvitationOver: forged, too old, or its role was taken back."""
    try:
        membership_id = UUID(signing.loads(key, salt=_SALT, max_age=INVITED_FOR))
    except (signing.BadSignature, ValueError) as error:
        raise InvitationOver from error
    if (invited := role_invited(membership_id)) is None:
        raise InvitationOver
    role, person = invited
    return Invitation(role, person.pk, person.name, person.email, bool(person.password))


def choose_first_password(key: str, password: str) -> Invitation:
    """Give the invited person a password, if it has none yet; of two at once one wins. Raises InvitationOver."""
    return _write_first_password(key, make_password(password))  # slow by intent, so no transaction waits for it


@in_one_transaction
def _write_first_password(key: str, hashed: str) -> Invitation:
    invitation = open_invitation(key)
    if not set_first_password(invitation.person_id, hashed):
        raise InvitationOver
    return invitation


@in_one_transaction
def tell_person(email: str, kind: str, *, key: str, at: datetime) -> None:
    """Put a mail with a key to the door into the outbox, if the address is a person's with a role; else do nothing.

    Nothing tells the caller which of the two it was.
    """
    roles = roles_at(email)
    if not roles:
        return
    role, person_id = roles[0]
    with telling(role.viewer, at) as told:
        told.notice(kind, uuid7(), partner_id=role.viewer.partner_id, person_id=person_id, key=key)
