"""API keys: issue, revoke."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from partidor.access.network import key_for, partner_for
from partidor.access.viewer import PARTNER_SCOPES, SCOPES, Viewer
from partidor.actions.transactions import in_one_transaction
from partidor.domain.refusal import FieldError, WrongContent
from partidor.models import ApiKey


@in_one_transaction
def issue_key(
    *, name: str, scopes: Sequence[str], partner_id: UUID | None, expires_at: datetime | None, by: Viewer, at: datetime
) -> tuple[ApiKey, str]:
    """Issue a key of the vendor, or of one of its partners; return it with the secret that is shown once.

    Raises WrongContent, NotFound (partner), NotAllowed.
    """
    by.require_vendor("admin")
    allowed = SCOPES if partner_id is None else PARTNER_SCOPES
    errors = []
    if partner_id is not None and partner_for(by, partner_id).archived_at is not None:
        errors.append(FieldError("partner", "is archived; choose a partner in use"))
    if not name.strip():
        errors.append(FieldError("name", "say what the key is for"))
    if not scopes or not set(scopes) <= set(allowed):
        whose = "a partner's key" if partner_id else "a key"
        errors.append(FieldError("scopes", f"{whose} needs at least one of: {', '.join(allowed)}; no others"))
    if expires_at is not None and expires_at <= at:
        errors.append(FieldError("expires_at", "must lie in the future"))
    if errors:
        raise WrongContent(errors)
    return ApiKey.issue(
        by.vendor_id,
        name=name.strip(),
        scopes=list(dict.fromkeys(scopes)),
        partner_id=partner_id,
        expires_at=expires_at,
        at=at,
    )


@in_one_transaction
def revoke_key(key_id: UUID, *, by: Viewer, at: datetime) -> ApiKey:
    """Revoke a key for good; doing it twice changes nothing. Raises NotFound, NotAllowed."""
    by.require_vendor("admin")
    key = key_for(by, key_id)
    key.revoke(at)
    return key
