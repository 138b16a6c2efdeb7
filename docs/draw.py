"""Write the parts of the docs that the code already says: ``make docs``.

Replaces the diagrams of states.md and the table of refusals.md; HTTP statuses that stand there are kept, and a new
refusal gets a question mark that the house test refuses until somebody has decided.
"""

from __future__ import annotations

import re
from pathlib import Path

from partidor.domain import states
from tests.house.test_docs import refusals

AGREED = {
    "already-taken": "409", "feedback-due": "423", "offer-closed": "409", "shown-once": "409", "unknown-key": "401",
    "unreadable": "400", "too-large": "413", "too-many-requests": "429", "stale": "412",
}  # fmt: skip
"""Statuses that the contract of the API fixes before the code is there."""
DOCS = Path(__file__).resolve().parent


def draw_states() -> None:
    """Draw each life anew, in the order in which the page shows them."""
    page = DOCS / "states.md"
    drawings = iter([states.LEAD.mermaid(), states.OFFER.mermaid()])
    pattern = re.compile(r"```mermaid\n.*?\n```", re.S)
    page.write_text(pattern.sub(lambda _: f"```mermaid\n{next(drawings)}\n```", page.read_text()))


def list_refusals() -> None:
    """Write one row per refusal, by code."""
    page = DOCS / "refusals.md"
    text = page.read_text()
    statuses = dict(re.findall(r"^\| `([a-z-]+)` \| .+? \| (\d{3}) \|$", text, re.M))
    rows = [
        f"| `{code}` | {told} | {statuses.get(code) or AGREED.get(code, '?')} |"
        for code, (told, _) in sorted(refusals().items())
    ]
    head, separator = text.split("|---|", 1)[0], "|---|---|---|\n"
    page.write_text(head + separator + "\n".join(rows) + "\n")


if __name__ == "__main__":
    draw_states()
    list_refusals()
