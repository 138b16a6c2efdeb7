"""The figures that routing goes by, measured anew: how often partners win, and how much they have sold."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from partidor.access.due import vendors_in_use
from partidor.actions.transactions import in_one_transaction
from partidor.domain.routing.suitability import Measured, places, rates, same
from partidor.models.partner import keep_measured, measured_now
from partidor.models.results import results_of
from partidor.models.vendor import lock_vendor, next_network_version

MEMORY = timedelta(days=730)
"""What is older tells little of how a partner works today."""


def measure_networks(*, at: datetime) -> int:
    """Measure the network of every vendor; return how many partners have got new figures."""
    return sum(measure_network(vendor_id, at=at) for vendor_id in vendors_in_use())


@in_one_transaction
def measure_network(vendor_id: UUID, *, at: datetime) -> int:
    """Measure the partners of one vendor anew, and open a version of the network for those whose figures moved.

    A figure that moved by no more than a hundredth stays as it is. Returns how many partners have got new ones.
    """
    vendor = lock_vendor(vendor_id)
    before = measured_now(vendor_id)
    results = results_of(vendor, since=at - MEMORY)
    partners = {str(partner_id): partner_id for partner_id in before}

    wins, conversions = rates(results.decided, partners), rates(results.ended, partners)
    by_sales = places(results.sales, partners)
    now = {pk: Measured(wins[key], conversions[key], by_sales[key]) for key, pk in partners.items()}
    moved = {pk: measured for pk, measured in now.items() if not same(before[pk], measured)}
    if moved:
        keep_measured(vendor_id, next_network_version(vendor_id), moved)
    return len(moved)
