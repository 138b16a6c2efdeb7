"""What things are called, wherever they are named."""

from __future__ import annotations

from uuid import uuid4

import pytest

from partidor.actions.partners import archive_partner
from partidor.actions.sources import define_field
from partidor.queries.names import doer_names, field_labels, partner_names, said_in
from tests.world import START, World

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize(
    ("texts", "language", "said"),
    [
        ({"de": "Filialen", "en": "Branches"}, "en", "Branches"),
        ({"de": "Filialen", "en": "Branches"}, "de-AT", "Filialen"),
        ({"de": "Filialen", "fr": "Filiales"}, "en", "Filialen"),
        ({"fr": "Filiales"}, "en", "Filiales"),
        ({"en": "", "fr": "Filiales"}, "en", "Filiales"),
        ({}, "en", ""),
    ],
)
def test_a_text_of_the_vendor_is_said_as_the_reader_the_vendor_or_anybody_speaks(
    texts: dict[str, str], language: str, said: str
) -> None:
    assert said_in(texts, language, "de") == said


def test_fields_are_called_by_their_labels(world: World) -> None:
    for key, label in (("branches", {"de": "Filialen"}), ("mute", {})):
        define_field({"key": key, "type": "number", "label": label}, by=world.manager, at=START)
    assert field_labels(world.manager, "en") == {"branches": "Filialen"}


def test_partners_are_named_archived_ones_too_and_no_strangers(world: World) -> None:
    alpen, stranger = world.partners["alpen"].pk, World.found("Rival").partners["alpen"].pk
    archive_partner(alpen, by=world.manager, at=START)
    assert partner_names(world.manager, [alpen, str(stranger), uuid4(), "nobody"]) == {str(alpen): "Alpen Systemhaus"}
    assert partner_names(world.manager, []) == {}
    assert doer_names(world.manager, []) == {}
