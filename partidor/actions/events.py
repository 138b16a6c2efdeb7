"""Telling: the facts and notices of one transaction, appended together with the change that they tell of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotPossibleNow
from partidor.models import Event, Lead, Notice, Offer
from partidor.models.moving import move_all


class Told:
    """What one transaction tells. Events number themselves per lead; the lead's row is written by a move."""

    def __init__(self, by: Viewer, at: datetime) -> None:
        """Remember who acts, and when."""
        self.by = by
        self.at = at
        self._events: list[Event] = []
        self._notices: list[Notice] = []

    def event(self, lead: Lead, what: str, *, offer: Offer | None = None, **codes: object) -> None:
        """Append a fact about a lead the caller holds locked. Times of one lead never go back."""
        lead.event_seq += 1
        lead.last_event_at = max(self.at, lead.last_event_at)
        if offer is not None:
            codes = {"offer": str(offer.pk), "partner": str(offer.partner_id), **codes}
        self._events.append(self._row(lead.vendor_id, what, lead.last_event_at, codes, lead=lead))

    def vendor_event(self, what: str, **codes: object) -> None:
        """Append a fact that is about no lead."""
        self._events.append(self._row(self.by.vendor_id, what, self.at, codes))

    def _row(
        self, vendor_id: UUID, what: str, at: datetime, codes: Mapping[str, object], lead: Lead | None = None
    ) -> Event:
        return Event(
            vendor_id=vendor_id,
            lead=lead,
            lead_seq=lead.event_seq if lead else 0,
            type=what,
            at=at,
            by_kind=self.by.kind,
            by_id=self.by.id,
            data={name: value for name, value in codes.items() if value is not None},
        )

    def notice(
        self,
        kind: str,
        about: object,
        *,
        lead: Lead | None = None,
        offer: Offer | None = None,
        partner_id: UUID | None = None,
        person_id: UUID | None = None,
        reason: str = "",
        key: str = "",
    ) -> None:
        """Put a notice into the outbox, due at once. ``about`` makes its name, and so makes it unique.

        ``key`` is what opens the door: a code, or the path of a link.
        """
        self._notices.append(
            Notice(
                vendor_id=self.by.vendor_id,
                name=f"{kind}:{about}",
                kind=kind,
                lead=lead,
                offer=offer,
                partner_id=partner_id,
                person_id=person_id,
                reason=reason,
                key=key,
                created_at=self.at,
                due_at=self.at,
            )
        )

    def move(
        self, lead: Lead, verb: str, columns: Mapping[str, object], *, offer: Offer | None = None, **codes: object
    ) -> None:
        """Move a lead, tell the move's event with its codes, and write further columns in the same UPDATE."""
        if event := Lead.life.move(verb).event:
            self.event(lead, event, offer=offer, **codes)
        lead.move(verb, **self._written(lead), **columns)

    def note(self, leads: Sequence[Lead], columns: Callable[[Lead], dict[str, object]] = lambda lead: {}) -> None:
        """Write leads whose state stays: their event numbers and further columns, in one UPDATE per equal set."""
        for values, group in self._alike(leads, columns):
            Lead.objects_of(group).update(**values)
            for lead in group:
                lead.follow(values)

    def move_leads(self, leads: Sequence[Lead], verb: str, columns: Callable[[Lead], dict[str, object]]) -> None:
        """Move many leads that the caller holds, in one UPDATE per equal set of columns."""
        target = Lead.life.move(verb).target
        for values, group in self._alike(leads, columns):
            moved = move_all(Lead, [lead.pk for lead in group], verb, **values)
            if moved != len(group):  # the caller holds the locks, so this is a bug, not a race
                raise NotPossibleNow(what="lead", state="in another state", verb=verb)
            for lead in group:
                lead.follow(values, state=target)

    def _alike(
        self, leads: Sequence[Lead], columns: Callable[[Lead], dict[str, object]]
    ) -> Iterator[tuple[dict[str, object], list[Lead]]]:
        groups: dict[str, tuple[dict[str, object], list[Lead]]] = {}
        for lead in leads:
            values = self._written(lead) | columns(lead)
            groups.setdefault(repr(values), (values, []))[1].append(lead)
        yield from groups.values()

    def _written(self, lead: Lead) -> dict[str, object]:
        """Say what every write of a lead writes."""
        return {"event_seq": lead.event_seq, "last_event_at": lead.last_event_at, "updated_at": self.at}

    def mark(self, leads: Iterable[Lead]) -> Callable[[], None]:
        """Remember the leads and how far the telling is; the answer takes both back, after a rolled-back savepoint."""
        events, notices = len(self._events), len(self._notices)
        before = [(lead, lead.__dict__.copy()) for lead in leads]

        def undo() -> None:
            del self._events[events:], self._notices[notices:]
            for lead, values in before:
                lead.__dict__.update(values)

        return undo

    def write(self) -> None:
        """Write everything told: two statements at most."""
        if self._events:
            Event.append(self._events)
        if self._notices:
            Notice.put(self._notices)


@contextmanager
def telling(by: Viewer, at: datetime) -> Iterator[Told]:
    """Gather what a verb tells, and write it at the end of the verb's transaction."""
    told = Told(by, at)
    yield told
    told.write()
