"""A small cast, a mailbox, and Partidor set to write there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from partidor.actions.outbox import address_notices
from partidor.config.environment import MailServer
from partidor.outbound.dispatch import dispatch_due
from tests.mailbox import Mailbox, mailbox


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    settings.BASE_URL = "https://leads.acme.example"
    with mailbox() as one:
        settings.MAIL = MailServer.read(one.url)
        yield one


def post(at: datetime) -> int:
    """Address and send everything that is due at a time; return how many deliveries were taken up."""
    sent = 0
    while address_notices(at=at) + (taken := dispatch_due(now=lambda: at)):
        sent += taken
    return sent
