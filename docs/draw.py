"""Write the parts of the docs that the code already says: ``make docs``.

Replaces the diagrams of states.md, the table of refusals.md and the last column of events.md. What a person wrote there
(when an event happens, which HTTP status a refusal has) is kept; what is new gets a question mark, which the house
tests refuse until somebody has decided.
"""

from __future__ import annotations

import re
from pathlib import Path

from partidor.domain import states
from tests.house.test_docs import refusals, told_content, told_events

AGREED = {
    "already-taken": "409", "feedback-due": "423", "offer-closed": "409", "shown-once": "409", "unknown-key": "401",
    "unreadable": "400", "unreadable-table": "422", "too-large": "413", "too-many-requests": "429",
    "invitation-over": "409", "draft-changed": "412", "idempotency-key-reused": "422", "vendor-exists": "409",
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


def list_events() -> None:
    """Write what each event holds, where the code says it, and add the events that the page does not know yet."""
    page = DOCS / "events.md"
    contents = told_content()
    lines = page.read_text().rstrip().split("\n")
    known = set()
    for number, line in enumerate(lines):
        if found := re.fullmatch(r"\| `([^`]+)` \| (.*?) \| [^|]* \|", line):
            known.add(found[1])
            if found[1] in contents:
                lines[number] = _event_row(found[1], found[2], contents[found[1]])
    lines += [_event_row(event, "?", contents.get(event, ())) for event in sorted(set(told_events()) - known)]
    page.write_text("\n".join(lines) + "\n")


def _event_row(event: str, when: str, keys: tuple[str, ...]) -> str:
    return f"| `{event}` | {when} | {', '.join(f'`{key}`' for key in keys) or '–'} |"


if __name__ == "__main__":
    draw_states()
    list_refusals()
    list_events()
