"""API keys: shown once, stored as a hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.db import models

from partidor.models.rows import VendorRow

PREFIX = "ptd_"


class ApiKey(VendorRow):
    """A key of a vendor, or of one of its partners. 192 random bits need no slow hash."""

    partner = models.ForeignKey("partidor.Partner", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=300)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
        indexes = (models.Index(fields=["vendor", "created_at"], name="api_key_of_vendor"),)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(
        cls,
        vendor_id: UUID,
        *,
        name: str,
        scopes: list[str],
        partner_id: UUID | None,
        expires_at: datetime | None,
        at: datetime,
    ) -> tuple[ApiKey, str]:
        """Create a key; return it with the secret, which is nowhere kept."""
        secret = PREFIX + secrets.token_urlsafe(24)
        key = cls.objects.create(
            vendor_id=vendor_id,
            partner_id=partner_id,
            name=name,
            digest=digest(secret),
            hint=secret[:8],
            scopes=sorted(scopes),
            created_at=at,
            expires_at=expires_at,
        )
        return key, secret

    @staticmethod
    def revoke_of(partner_id: UUID, at: datetime) -> None:
        """Revoke every key of a partner."""
        ApiKey.objects.filter(partner_id=partner_id, revoked_at=None).update(revoked_at=at)

    def revoke(self, at: datetime) -> None:
        """Revoke the key, once."""
        ApiKey.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=at)
        self.revoked_at = self.revoked_at or at


def digest(secret: str) -> str:
    """Hash a secret for look-up."""
    return hashlib.sha256(secret.encode()).hexdigest()
