"""One change for many partners: a tag more or less, a limit, a pause; read, and worked out for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from partidor.domain.intake.fields import Fields
from partidor.domain.intake.partner import HEAVIEST, MOST_OPEN, read_tags
from partidor.domain.refusal import FieldError, WrongContent

Verb = Literal["add_tag", "remove_tag", "weight", "max_open_leads", "monthly_cap", "weekly_pace", "pause", "resume"]
VERBS: tuple[str, ...] = get_args(Verb)
LIMITS = {
    "weight": (1, HEAVIEST), "max_open_leads": (0, MOST_OPEN), "monthly_cap": (0, MOST_OPEN),
    "weekly_pace": (1, MOST_OPEN),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartnerChange:
    """What is to be different: a tag, or a number (None: no limit), or whether offers come."""

    verb: str
    dimension: str = ""
    value: str = ""
    number: int | None = None

    def columns(self, tags: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Return the columns of a partner with these tags as they are to be; nothing for a pause."""
        if self.verb in LIMITS:
            return {self.verb: self.number}
        if self.verb not in ("add_tag", "remove_tag"):
            return {}
        others = [one for one in tags.get(self.dimension, ()) if one.casefold() != self.value.casefold()]
        if self.verb == "add_tag":
            if len(others) < len(tags.get(self.dimension, ())):
                return {"tags": dict(tags)}
            others.append(self.value)
        rest = {name: values for name, values in tags.items() if name != self.dimension}
        return {"tags": rest | ({self.dimension: others} if others else {})}


def read_change(verb: str, given: str = "") -> PartnerChange:
    """Read a change: a tag is written ``dimension:value``, no limit is an empty text.

    Raises:
        WrongContent: says what would be right.
    """
    if verb in ("add_tag", "remove_tag"):
        dimension, colon, value = (part.strip() for part in given.partition(":"))
        tags = read_tags({dimension: [value]}) if colon and dimension and value else {}
        if not tags:
            raise WrongContent([FieldError("tag", "must be a dimension and a value, such as vertical:retail")])
        ((dimension, (value,)),) = tags.items()
        return PartnerChange(verb, dimension, value)
    if verb in LIMITS:
        fields = Fields({verb: given.strip()}, "", [], set())
        number = fields.whole(verb, *LIMITS[verb])
        fields.end()
        return PartnerChange(verb, number=1 if verb == "weight" and number is None else number)
    if verb not in VERBS:
        raise WrongContent([FieldError("change", f"must be one of {', '.join(VERBS)}")])
    return PartnerChange(verb)
