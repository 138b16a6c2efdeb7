"""The ``who`` of a rule: a JSON tree about partners, read into frozen nodes that any network can be asked with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from partidor.domain.conditions import (
    LONGEST_LIST,
    LONGEST_TEXT,
    Complaints,
    branch,
    field_type,
    is_number,
    nearest,
    show,
)
from partidor.domain.facts import LEAD_FIELDS

KINDS = (
    "reseller", "var", "system_integrator", "distributor", "oem", "affiliate", "technology", "consulting", "agent",
    "own_sales",
)  # fmt: skip
TAG_OPS = ("in", "not_in", "all_of", "at_least", "matches")
FARTHEST_KM = 20_040
"""Half the Earth's circumference, rounded up: nobody is farther away."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """Whose tags of one dimension are any of, none of, all of, or at least the values named."""

    dimension: str
    op: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameTag:
    """Whose tags of one dimension include the value of one of the lead's fields."""

    dimension: str
    field: str


@dataclass(frozen=True, slots=True)
class Among:
    """Whose kind, country, id or parents are among the values named."""

    what: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameCountry:
    """Whose country is the value of one of the lead's fields."""

    field: str


@dataclass(frozen=True, slots=True)
class Within:
    """Who is at most so many kilometres away from the lead; an unknown place never is."""

    km: float


@dataclass(frozen=True, slots=True)
class CustomerOf:
    """Who works, or worked with success, for the lead's customer."""


@dataclass(frozen=True, slots=True)
class All:
    """Who is in every part; nothing to be in means everyone."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Who is in one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Who is not in the part."""

    part: Node


Node = Tagged | SameTag | Among | SameCountry | Within | CustomerOf | All | AnyOf | Not
EVERYONE = All()


@dataclass(frozen=True)
class Known:
    """What a vendor has at the moment, so that a rule about something else earns a warning. None is not checked."""

    tags: Mapping[str, set[str]] | None = None
    products: set[str] | None = None
    sources: set[str] | None = None
    partners: set[str] | None = None
    custom: set[str] | None = None
    dimensions: Mapping[str, Sequence[str]] | None = None
    """The ordered dimensions: their values from low to high."""
    _folded: dict[str, set[str]] = field(default_factory=dict, compare=False)

    def tag_values(self, dimension: str) -> set[str]:
        """Return the values that partners have in one dimension, folded."""
        if dimension not in self._folded:
            self._folded[dimension] = {value.casefold() for value in (self.tags or {}).get(dimension, ())}
        return self._folded[dimension]


def doubt_tags(dimension: str, values: Sequence[str], known: Known, complaints: Complaints) -> None:
    """Warn of a dimension or of values that no partner has."""
    if known.tags is None:
        return
    if dimension not in known.tags:
        complaints.warn(f'no partner has a tag "{dimension}" yet')
        return
    for value in values:
        if value.casefold() not in known.tag_values(dimension):
            complaints.warn(f'no partner has the tag "{dimension}:{value}" yet')


def compile_who(tree: object, path: str, complaints: Complaints, known: Known) -> Node:
    """Read a ``who`` tree into nodes; what is wrong goes to the complaints, and the result is then of no use."""
    return _node(tree, path, complaints, known, 1)


def leaves(node: Node) -> Iterator[Node]:
    """Walk over everything in a tree but all, any and not."""
    if isinstance(node, (All, AnyOf)):
        for part in node.parts:
            yield from leaves(part)
    elif isinstance(node, Not):
        yield from leaves(node.part)
    else:
        yield node


def depends(node: Node) -> bool:
    """Say whether it depends on the lead who passes."""
    return any(isinstance(leaf, (SameTag, SameCountry, Within, CustomerOf)) for leaf in leaves(node))


def fields_of(node: Node) -> frozenset[str]:
    """Return the lead fields that a tree reads."""
    return frozenset(leaf.field for leaf in leaves(node) if isinstance(leaf, (SameTag, SameCountry)))


def _node(tree: object, path: str, complaints: Complaints, known: Known, depth: int) -> Node:
    opened = branch(tree, path, complaints, depth, '{"tag": "tier", "op": "in", "value": ["gold"]}')
    if opened is None:
        return EVERYONE
    word, parts = opened
    if word == "leaf":
        return _leaf(parts[0], path, complaints, known)  # type: ignore[arg-type]
    if word == "not":
        return Not(_node(parts[0], f"{path}.not", complaints, known, depth + 1))
    nodes = tuple(_node(part, f"{path}.{word}[{at}]", complaints, known, depth + 1) for at, part in enumerate(parts))
    return All(nodes) if word == "all" else AnyOf(nodes)


_LEAVES = ("tag", "kind", "country", "partner", "parent", "distance_km", "customer_of", "all", "any", "not")


def _leaf(tree: Mapping[str, object], path: str, complaints: Complaints, known: Known) -> Node:
    if "tag" in tree:
        return _tag(tree, path, complaints, known)
    word = next((word for word in _LEAVES if word in tree), None)
    if word is None:
        key = next(iter(tree), "")
        remedy = nearest(key, _LEAVES)
        complaints.add(path, f"{show(key)} asks nothing about a partner; {remedy}" if tree else f"is empty; {remedy}")
        return EVERYONE
    extra = [key for key in tree if key != word]
    if extra:
        complaints.add(path, f'{show(extra[0])} stands beside "{word}"; give each its own object in {{"all": [...]}}')
        return EVERYONE
    asked = tree[word]
    path = f"{path}.{word}"
    if word == "customer_of":
        if asked is not True:
            complaints.add(path, f'customer_of takes true, not {show(asked)}; for the contrary use "not"')
        return CustomerOf()
    if not isinstance(asked, dict) or len(asked) != 1:
        complaints.add(path, f"{show(asked)} is no question; write {_EXAMPLES[word]}")
        return EVERYONE
    op, value = next(iter(asked.items()))
    if word == "distance_km" and op == "lte":
        if not is_number(value) or not 0 < value <= FARTHEST_KM:
            complaints.add(f"{path}.lte", f"takes kilometres above 0 and up to {FARTHEST_KM:,}, not {show(value)}")
            return EVERYONE
        return Within(float(value))
    if word == "country" and op == "matches":
        return SameCountry(_lead_field(value, f"{path}.matches", complaints))
    if op != "in" or word == "distance_km":
        complaints.add(path, f"there is no {show(op)} here; write {_EXAMPLES[word]}")
        return EVERYONE
    values = _values(value, f"{path}.in", complaints)
    _doubt_among(word, values, f"{path}.in", complaints, known)
    return Among(word, values)


_EXAMPLES = {
    "kind": '{"in": ["reseller", "var"]}',
    "country": '{"in": ["DE", "AT"]} or {"matches": "country"}',
    "partner": '{"in": ["id of a partner"]}',
    "parent": '{"in": ["id of a distributor"]}',
    "distance_km": '{"lte": 250}',
}


def _doubt_among(word: str, values: Sequence[str], path: str, complaints: Complaints, known: Known) -> None:
    for at, value in enumerate(values):
        if word == "kind" and value not in KINDS:
            complaints.add(f"{path}[{at}]", f"there is no kind of partner {show(value)}; {nearest(value, KINDS)}")
        if word in ("partner", "parent") and known.partners is not None and value not in known.partners:
            complaints.warn(f"there is no partner {show(value)} yet")


def _tag(tree: Mapping[str, object], path: str, complaints: Complaints, known: Known) -> Node:
    dimension, op = tree["tag"], tree.get("op")
    wanted = ("tag", "op", "field" if op == "matches" else "value")
    for key in tree:
        if key not in wanted:
            remedy = f"a tag with {show(op)} takes {', '.join(wanted)}"
            complaints.add(path, f"there is no key {show(key)} here; {remedy}")
    if not isinstance(dimension, str) or not 0 < len(dimension) <= 100:
        complaints.add(f"{path}.tag", f'{show(dimension)} is no dimension; write for example "tier"')
        return EVERYONE
    if not isinstance(op, str) or op not in TAG_OPS:
        complaints.add(f"{path}.op", f"{show(op)} is no operator for a tag; {nearest(op, TAG_OPS)}")
        return EVERYONE
    if op == "matches":
        doubt_tags(dimension, (), known, complaints)
        return SameTag(dimension, _lead_field(tree.get("field"), f"{path}.field", complaints))
    value = tree.get("value")
    values = _values([value] if op == "at_least" and isinstance(value, str) else value, f"{path}.value", complaints)
    doubt_tags(dimension, values, known, complaints)
    if op == "at_least" and values:
        _check_order(dimension, values, f"{path}.value", complaints, known)
    return Tagged(dimension, op, values)


def _check_order(dimension: str, values: Sequence[str], path: str, complaints: Complaints, known: Known) -> None:
    if len(values) != 1:
        complaints.add(path, 'at_least takes one value, the lowest that will do; write ["silver"]')
    elif known.dimensions is not None:
        order = known.dimensions.get(dimension)
        if order is None:
            complaints.add(path, f'"{dimension}" has no order; give it one, or write "op": "in" with every value')
        elif values[0].casefold() not in {one.casefold() for one in order}:
            complaints.add(path, f'{show(values[0])} is not in the order of "{dimension}": {", ".join(order)}')


def _values(value: object, path: str, complaints: Complaints) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= LONGEST_LIST:
        complaints.add(path, f"takes a list of one to {LONGEST_LIST:,} texts, not {show(value)}")
        return ()
    for at, one in enumerate(value):
        if not isinstance(one, str) or not 0 < len(one) <= LONGEST_TEXT:
            complaints.add(f"{path}[{at}]", f"{show(one)} is not a text of 1 to {LONGEST_TEXT:,} characters in quotes")
    return tuple(one for one in value if isinstance(one, str))


def _lead_field(value: object, path: str, complaints: Complaints) -> str:
    kind = field_type(value)
    if kind in ("text", "custom", "list"):
        return str(value)
    texts = [name for name, one in LEAD_FIELDS.items() if one in ("text", "list")] + ["custom.KEY"]
    complaints.add(path, f"{show(value)} is no text field of a lead; {nearest(value, texts)}")
    return "country"
