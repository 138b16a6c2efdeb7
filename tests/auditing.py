"""The auditor as a test asks it: is everything whole?"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from django.db import connection

from partidor.queries.audit.auditor import audit
from tests.postgres import deadlocks_in


def assert_whole() -> None:
    """See that no invariant is broken, whatever may be overdue in a world without a worker."""
    found = audit(at=datetime.now(UTC), mail_is_set=True)
    assert [finding for finding in found.findings if finding.kind == "broken"] == []


def assert_no_deadlock() -> None:
    """Read the server's log. SQLite has one writer, and so none."""
    if connection.vendor == "postgresql":
        server, database = os.environ["PARTIDOR_TEST_DATABASE_URL"], str(connection.settings_dict["NAME"])
        assert deadlocks_in(server, database) == []
