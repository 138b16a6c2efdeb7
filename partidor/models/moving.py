"""The only writer of ``state``: one conditional UPDATE per move, or a refusal with the real state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import models

from partidor.domain.life import Life
from partidor.domain.refusal import NotPossibleNow


class Moving(models.Model):
    """A row with a life: see domain/states.py."""

    life: Life
    state = models.CharField(max_length=12)

    class Meta:
        abstract = True

    def move(self, verb: str, **columns: object) -> None:
        """Move this row by a verb and write further columns in the same UPDATE.

        Raises NotPossibleNow with the state that the database holds when the verb does not leave from it.
        """
        if not move_all(type(self), [self.pk], verb, **columns):
            real = type(self)._default_manager.values_list("state", flat=True).get(pk=self.pk)
            raise NotPossibleNow(what=self.life.record, state=real, verb=verb)
        self.follow(columns, state=self.life.move(verb).target)

    def follow(self, columns: Mapping[str, object], *, state: str | None = None) -> None:
        """Follow in memory what an UPDATE did in the database."""
        if state is not None:
            self.state = state
        for column, value in columns.items():
            setattr(self, column, value)


def move_all(model: type[Moving], ids: Collection[UUID], verb: str, **columns: object) -> int:
    """Move those of the rows that the verb may move, and write further columns; return how many moved."""
    return move_rows(model._default_manager.filter(pk__in=ids), model.life, verb, **columns)


def move_rows(rows: models.QuerySet[Any], life: Life, verb: str, **columns: object) -> int:
    """Move those of these rows that the verb may move; return how many moved."""
    move = life.move(verb)
    return rows.filter(state__in=move.sources).update(state=move.target, **columns)
