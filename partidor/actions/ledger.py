"""How the ledgers stood, week by week: what the trends of the fairness report are drawn from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from partidor.access.due import vendors_in_use
from partidor.access.viewer import system, vendor_of
from partidor.actions.transactions import in_one_transaction
from partidor.models.ledger import keep_week


def keep_weeks(*, at: datetime) -> int:
    """Keep every vendor's ledger for the week that runs; return how many."""
    vendors = vendors_in_use()
    for vendor_id in vendors:
        keep_ledger_of(vendor_id, at=at)
    return len(vendors)


@in_one_transaction
def keep_ledger_of(vendor_id: UUID, *, at: datetime) -> None:
    """Keep one vendor's ledger for the week that runs, in place of how it stood earlier in it."""
    keep_week(vendor_of(system(vendor_id)), at=at)
