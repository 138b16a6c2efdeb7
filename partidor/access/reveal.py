"""What a partner is shown of a lead: all of it, or the teaser. Decided here and nowhere else."""

from __future__ import annotations

from typing import Literal

from partidor.access.viewer import Viewer
from partidor.models import Offer

Reveal = Literal["full", "teaser"]


def reveal_to(viewer: Viewer, offer: Offer) -> Reveal:
    """Say how much of its lead an offer shows the viewer.

    The vendor sees everything. A partner sees the lead in full while it has it (accepted and not ended, or closed in
    its hands: won or lost), and while the offer is open if the round reveals it; else an offer shows the teaser only.
    """
    if viewer.partner_id is None:
        return "full"
    if viewer.partner_id != offer.partner_id:
        return "teaser"
    if offer.state == "accepted":
        return "full" if offer.ended_at is None or offer.ended_by == "closed" else "teaser"
    return "full" if offer.state == "open" and offer.reveal == "full" else "teaser"
