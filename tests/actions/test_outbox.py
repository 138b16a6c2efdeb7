"""The outbox of a past that nobody is to be told of."""

from __future__ import annotations

import pytest

from partidor.actions.outbox import address_notices, drop_old_notices
from partidor.domain.refusal import NotAllowed
from partidor.models import Delivery, Notice
from tests.world import START, World, hours


class TestDropOldNotices:
    def test_leaves_what_is_younger_and_what_is_another_vendors(self, world: World) -> None:
        rival = World.found("Rival", partners={})
        rival.receive(at=START)
        world.receive(at=START)
        new = world.receive(at=START + hours(2)).lead

        assert drop_old_notices(before=START + hours(1), by=world.manager) == 1
        assert drop_old_notices(before=START + hours(1), by=world.manager) == 0

        assert list(Notice.objects.filter(dropped=False, vendor=world.vendor).values_list("lead", flat=True)) == [
            new.pk
        ]
        assert Notice.objects.filter(vendor=rival.vendor, dropped=True).count() == 0
        address_notices(at=START + hours(3))
        assert set(Delivery.objects.filter(vendor=world.vendor).values_list("notice__lead", flat=True)) == {new.pk}

    def test_is_the_administrators_alone(self, world: World) -> None:
        world.receive(at=START)
        for stranger in (world.seen_by("alpen"), world.seen_by("alpen", scopes=("admin",))):
            with pytest.raises(NotAllowed):
                drop_old_notices(before=START + hours(1), by=stranger)
        assert Notice.objects.filter(dropped=True).count() == 0
