"""What is taken, with a warning: contradictions, and questions about what the vendor does not have yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partidor.domain.conditions import Complaints, show
from partidor.domain.routing.contradictions import Side, contradictions
from partidor.domain.routing.who import Known


def doubt_side(tree: Mapping[str, Any], side: Side, path: str, complaints: Complaints) -> bool:
    """Warn of what can never hold together; return whether nobody passes at all."""
    if side not in tree:
        return False
    looked = contradictions(tree[side], side, f"{path}.{side}")
    for one in looked.found:
        complaints.warn(str(one))
    return looked.never


def doubt_values(tree: object, known: Known, complaints: Complaints) -> None:
    """Warn of products, sources and custom fields that nobody has; walks without recursion, whatever was sent."""
    nodes = [tree]
    have = {"product": known.products, "source": known.sources}
    while nodes:
        node = nodes.pop()
        if isinstance(node, list):
            nodes += node
        if not isinstance(node, dict):
            continue
        nodes += [node[word] for word in ("all", "any", "not") if word in node]
        field, value = node.get("field"), node.get("value")
        if not isinstance(field, str):
            continue
        if field.startswith("custom.") and known.custom is not None and field[7:] not in known.custom:
            complaints.warn(f"there is no custom field {show(field[7:])} yet")
        there = have.get(field)
        if there is not None and node.get("op") in ("eq", "ne", "in", "not_in"):
            folded = {one.casefold() for one in there}
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str) and one.casefold() not in folded:
                    complaints.warn(f"there is no {field} {show(one)} yet")
