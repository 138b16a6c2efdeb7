"""What people read on a page, and what a page costs to ask for."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def words_of(shown: Any) -> str:
    """Return the words of an answer, or of its HTML, one space between each two."""
    html = shown if isinstance(shown, str) else shown.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def statements(client: Client, address: str) -> int:
    """Count what a page asks of the database once everything is cached."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
