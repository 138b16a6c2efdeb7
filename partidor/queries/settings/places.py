"""Whether an address can be placed, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable

from partidor.domain.intake.inquiry import Inquiry
from partidor.domain.intake.partner import PartnerForm
from partidor.domain.intake.places import place_keys
from partidor.models.place import points_of


def can_be_placed(forms: Iterable[Inquiry | PartnerForm]) -> list[bool]:
    """Say of each whether it would have a place: given with it, or found by its address. Places are no vendor's own."""
    listed = list(forms)
    points = points_of(
        (one.country, place_keys(one.country, one.postal_code, one.city, one.region)) for one in listed
    )  # fmt: skip
    return [one.point is not None or point is not None for one, point in zip(listed, points, strict=True)]
