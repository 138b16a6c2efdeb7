"""The auditor as a test asks it: is everything whole?"""

from __future__ import annotations

from datetime import UTC, datetime

from partidor.queries.audit import audit


def assert_whole() -> None:
    """See that no invariant is broken, whatever may be overdue in a world without a worker."""
    found = audit(at=datetime.now(UTC), mail_is_set=True)
    assert [finding for finding in found.findings if finding.kind == "broken"] == []
