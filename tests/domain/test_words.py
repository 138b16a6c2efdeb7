"""Every code that people may meet has a name."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from partidor.domain import words
from partidor.domain.facts import LEAD_FIELDS
from partidor.domain.intake.inquiry import TEMPERATURES
from partidor.domain.offers import DECLINE_REASONS
from partidor.domain.routing.who import KINDS
from partidor.domain.states import LEAD, OFFER


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        (LEAD.states, words.LEAD_STATE),
        (OFFER.states, words.OFFER_STATE),
        (DECLINE_REASONS, words.DECLINE_REASON),
        (TEMPERATURES, words.TEMPERATURE),
        (KINDS, words.PARTNER_KIND),
        (LEAD_FIELDS, words.FIELD),
    ],
)
def test_every_code_has_a_name(codes: Collection[str], names: words.Names) -> None:
    assert set(codes) <= set(names)


def test_no_name_is_a_code() -> None:
    for table in words.NAMES.values():
        assert not [name for name in table.values() if "_" in name or not name.strip()]
