"""A refusal is an anticipated no, told in one sentence; everything else that goes wrong is a bug."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """Refuse a request.

    A subclass stands beside the verb that raises it. Its docstring is the sentence a person reads,
    with ``{names}`` filled from the facts it is raised with; its code is its class name in kebab case.
    """

    code: ClassVar[str] = "refusal"

    def __init_subclass__(cls) -> None:
        """Name the code after the class: ``AlreadyTaken`` becomes ``already-taken``."""
        super().__init_subclass__()
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def __init__(self, **facts: object) -> None:
        """Keep the named facts and say the sentence."""
        self.facts: Mapping[str, object] = facts
        sentence = " ".join((type(self).__doc__ or "").split("\n\n")[0].split())
        super().__init__(sentence.format_map(facts))

    @property
    def sentence(self) -> str:
        """Return what a person is told."""
        return str(self)


class FieldError:
    """One thing wrong with one field: which, and what would be right."""

    __slots__ = ("field", "message")

    def __init__(self, field: str, message: str) -> None:
        """Name the field by its dotted path, and say what would be right."""
        self.field = field
        self.message = message

    def __repr__(self) -> str:
        """Show both."""
        return f"FieldError({self.field!r}, {self.message!r})"

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        return isinstance(other, FieldError) and (self.field, self.message) == (other.field, other.message)

    def __hash__(self) -> int:
        """Hash by content."""
        return hash((self.field, self.message))


class WrongContent(Refusal):
    """Some fields are not right: {summary}"""

    def __init__(self, errors: list[FieldError]) -> None:
        """Take every wrong field at once, so that the sender mends them in one go."""
        self.errors = errors
        super().__init__(summary="; ".join(f"{error.field}: {error.message}" for error in errors[:5]))


class NotFound(Refusal):
    """There is no such {what} here, or you may not see it."""


class NotAllowed(Refusal):
    """You may not do this: it needs {needs}."""


class NotPossibleNow(Refusal):
    """The {what} is {state}, so it is not possible now to {verb} it."""


class ChangedMeanwhile(Refusal):
    """Somebody has changed this meanwhile; read it again, and make your change in it."""


def require_unchanged(if_match: str, revision: str) -> None:
    """Refuse a change made from another revision than the one that stands. Who says from none takes what is there.

    Raises ChangedMeanwhile.
    """
    if if_match and if_match != revision:
        raise ChangedMeanwhile
