"""Partners: add, change, pause, resume, archive. What routing sees of them is kept per network version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from partidor.access.leads import lock_leads
from partidor.access.network import locked_partners, parents_of, partner_for, partners_of
from partidor.access.viewer import Viewer
from partidor.actions.events import telling
from partidor.actions.offers import close_waiting, go_on_waiting
from partidor.actions.rounds import draw_rounds
from partidor.actions.transactions import in_one_transaction
from partidor.domain.intake.partner import PartnerForm, read_partner, read_tags
from partidor.domain.intake.partner_change import PartnerChange
from partidor.domain.intake.places import place_keys, rung
from partidor.domain.refusal import FieldError, NotAllowed, WrongContent, require_unchanged
from partidor.models import ApiKey, Lead, Offer, Partner, PartnerParent
from partidor.models.ledger import lock_ledger
from partidor.models.partner import keep_facts
from partidor.models.payloads import merged, partner_payload, partner_revision
from partidor.models.place import place_of
from partidor.models.vendor import lock_vendor, next_network_version

LONGEST_PAUSE = timedelta(days=730)
Payload = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Kept:
    """A partner as it stands now, and whether nothing had to be changed."""

    partner: Partner
    repeated: bool = False


def add_partner(payload: Payload, *, by: Viewer, at: datetime) -> Kept:
    """Add one partner. Raises WrongContent, NotAllowed."""
    (outcome,) = add_partners([payload], by=by, at=at)
    if isinstance(outcome, WrongContent):
        raise outcome
    return outcome


@in_one_transaction
def add_partners(payloads: Sequence[Payload], *, by: Viewer, at: datetime) -> list[Kept | WrongContent]:
    """Add partners, each on its own; one whose external id is known answers with the partner that is there.

    All of them together are one new version of the network.
    """
    by.require_vendor("partners:write")
    read: list[PartnerForm | WrongContent] = []
    for payload in payloads:
        try:
            read.append(read_partner(payload))
        except WrongContent as wrong:
            read.append(wrong)
    lock_vendor(by.vendor_id)
    names = [form.external_id for form in read if isinstance(form, PartnerForm) and form.external_id]
    known = {partner.external_id: partner for partner in partners_of(by).filter(external_id__in=names)}
    parents = _parents([form for form in read if isinstance(form, PartnerForm)], by)

    fresh: list[Partner] = []
    links: list[PartnerParent] = []
    answers: list[Kept | WrongContent] = []
    for form in read:
        if isinstance(form, WrongContent):
            answers.append(form)
        elif form.external_id in known:
            answers.append(Kept(known[form.external_id], repeated=True))
        elif unknown := [parent for parent in form.parents if parent not in parents]:
            answers.append(WrongContent([_unknown_parent(unknown[0])]))
        else:
            partner = Partner(vendor_id=by.vendor_id, created_at=at, updated_at=at, **_columns(form))
            fresh.append(partner)
            links += [
                PartnerParent(vendor_id=by.vendor_id, partner=partner, parent_id=parents[parent])
                for parent in form.parents
            ]
            if form.external_id:
                known[form.external_id] = partner
            answers.append(Kept(partner))
    Partner.keep(fresh, links)
    if fresh:
        above: dict[UUID, list[UUID]] = {}
        for link in links:
            above.setdefault(link.partner_id, []).append(link.parent_id)
        facts = [partner.facts(above.get(partner.pk, ())) for partner in fresh]
        keep_facts(by.vendor_id, next_network_version(by.vendor_id), facts)
    return answers


def _columns(form: PartnerForm) -> dict[str, object]:
    """Turn a form into columns; where no location was given, the ladder of places is climbed."""
    point, located = form.point, "given"
    if point is None:
        keys = place_keys(form.country, form.postal_code, form.city, form.region)
        point, key = place_of(form.country, keys)
        located = rung(key) if key else ""
    names = (
        "external_id", "name", "kind", "email", "phone", "street", "postal_code", "city", "region", "country",
        "language", "time_zone", "weight", "max_open_leads", "monthly_cap", "weekly_pace", "calendar",
    )  # fmt: skip
    return {name: getattr(form, name) for name in names} | {
        "tags": {dimension: list(values) for dimension, values in form.tags.items()},
        "flags": list(form.flags),
        "lat": point[0] if point else None,
        "lon": point[1] if point else None,
        "located": located,
    }


def _parents(forms: Sequence[PartnerForm], by: Viewer) -> dict[str, UUID]:
    """Find the named parents by id or external id."""
    named = {parent for form in forms for parent in form.parents}
    if not named:
        return {}
    known = partners_of(by).filter(archived_at=None).values_list("pk", "external_id")
    return {name: pk for pk, external_id in known for name in (str(pk), external_id) if name in named}


def _unknown_parent(name: str) -> FieldError:
    return FieldError("parents", f"{name!r} is no partner in use of this vendor; give its id or external id")


def _refuse_circle(partner: Partner, above: Sequence[UUID], by: Viewer) -> None:
    """Refuse parents that stand below the partner already, however far. The vendor is locked, so nothing moves."""
    if partner.pk in above:
        raise WrongContent([FieldError("parents", "a partner cannot be its own distributor")])
    seen: set[UUID] = set()
    nearest = set(above)
    while nearest:
        seen |= nearest
        further = set(parents_of(by).filter(partner_id__in=nearest).values_list("parent_id", flat=True))
        if partner.pk in further:
            raise WrongContent([FieldError("parents", "stand below this partner themselves; a circle has no top")])
        nearest = further - seen


@in_one_transaction
def change_partner(partner_id: UUID, patch: Payload, *, if_match: str = "", by: Viewer, at: datetime) -> Kept:
    """Merge a patch into a partner; ``if_match`` is the revision it was made from, empty for "whatever is there".

    Raises WrongContent, ChangedMeanwhile, NotFound, NotAllowed.
    """
    by.require_vendor("partners:write")
    lock_vendor(by.vendor_id)
    partner = partner_for(by, partner_id, lock=True)
    above = list(parents_of(by).filter(partner=partner).values_list("parent_id", flat=True))
    require_unchanged(if_match, partner_revision(partner, above))
    form = read_partner(merged(partner_payload(partner, above), patch))
    parents = _parents([form], by)
    if unknown := [parent for parent in form.parents if parent not in parents]:
        raise WrongContent([_unknown_parent(unknown[0])])
    same_name = partners_of(by).filter(external_id=form.external_id).exclude(pk=partner.pk)
    if form.external_id and same_name.exists():
        raise WrongContent([FieldError("external_id", "belongs to another partner")])

    new_above = sorted(parents[parent] for parent in form.parents)
    before = partner.facts(above)
    changed = partner.take(_columns(form))
    if not changed and new_above == sorted(above):
        return Kept(partner, repeated=True)
    if new_above != sorted(above):
        _refuse_circle(partner, new_above, by)
        PartnerParent.replace(partner, new_above)
    partner.change(changed, at)
    if (facts := partner.facts(new_above)) != before and partner.archived_at is None:
        keep_facts(by.vendor_id, next_network_version(by.vendor_id), [facts])
    _tell_changed([partner], by, at)
    return Kept(partner)


def _tell_changed(partners: Sequence[Partner], by: Viewer, at: datetime) -> None:
    with telling(by, at) as told:
        for partner in partners:
            told.vendor_event("partner.changed", partner=str(partner.pk))


@in_one_transaction
def set_tags(partner_id: UUID, tags: object, *, by: Viewer, at: datetime) -> Kept:
    """Replace all tags of a partner. Raises WrongContent, NotFound, NotAllowed."""
    by.require_vendor("partners:write")
    lock_vendor(by.vendor_id)  # before the tags are read: no other change may come in between
    partner = partner_for(by, partner_id)
    gone = dict.fromkeys(partner.tags, None)
    return change_partner(partner_id, {"tags": {**gone, **tags} if isinstance(tags, dict) else tags}, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Changed:
    """How many partners a change was meant for, and how many were not like that already."""

    of: int
    changed: int

    @property
    def repeated(self) -> bool:
        """Say whether nothing had to be changed."""
        return not self.changed


@in_one_transaction
def change_partners(
    ids: Collection[UUID], change: PartnerChange, *, until: datetime | None = None, by: Viewer, at: datetime
) -> Changed:
    """Make one change to many partners, as one new version of the network; archived and unknown ones are left out.

    Raises NotAllowed, WrongContent.
    """
    by.require_vendor("partners:write")
    require_ahead(until, at)
    lock_vendor(by.vendor_id)
    chosen = locked_partners(by, ids)

    if change.verb in ("pause", "resume"):
        return Changed(len(chosen), _turn(chosen, change.verb == "pause", until, by, at))
    changed: list[tuple[Partner, dict[str, object]]] = []
    touched: set[UUID] = set()
    for partner in chosen:
        columns = change.columns(partner.tags)
        if any(getattr(partner, name) != value for name, value in columns.items()):
            if "tags" in columns:
                columns["tags"] = {name: list(values) for name, values in read_tags(columns["tags"]).items()}
            changed.append((partner, columns))
            touched.add(partner.pk)
    Partner.change_many(changed, at)
    if changed:
        above: dict[UUID, list[UUID]] = {}
        for child, parent in parents_of(by).filter(partner_id__in=touched).values_list("partner_id", "parent_id"):
            above.setdefault(child, []).append(parent)
        facts = [partner.facts(above.get(partner.pk, ())) for partner, _ in changed]
        keep_facts(by.vendor_id, next_network_version(by.vendor_id), facts)
        _tell_changed([partner for partner, _ in changed], by, at)
    return Changed(len(chosen), len(changed))


def _turn(chosen: Sequence[Partner], off: bool, until: datetime | None, by: Viewer, at: datetime) -> int:
    """Pause or resume those that are not yet, and tell of each; return how many."""
    turned = [
        partner for partner in chosen
        if (not partner.paused(at) or partner.paused_until != until if off else partner.paused(at))
    ]  # fmt: skip
    columns = {"paused_at": at if off else None, "paused_until": until if off else None, "pause_reason": ""}
    Partner.change_many([(partner, dict(columns)) for partner in turned], at)
    with telling(by, at) as told:
        for partner in turned:
            if off:
                told.vendor_event("partner.paused", partner=str(partner.pk), until=until.isoformat() if until else None)
            else:
                told.vendor_event("partner.resumed", partner=str(partner.pk))
    return len(turned)


def require_ahead(until: datetime | None, at: datetime) -> None:
    """Refuse an end of a pause that is over or far away. Raises WrongContent."""
    if until is not None and not at < until <= at + LONGEST_PAUSE:
        raise WrongContent([FieldError("until", "must lie in the future, at most 730 days ahead; null has no end")])


@in_one_transaction
def pause_partner(partner_id: UUID, *, until: datetime | None, reason: str = "", by: Viewer, at: datetime) -> Kept:
    """Pause a partner until a time, or until further notice: no new offers, and no debt grows meanwhile.

    For the vendor, and for the partner's own manager. Raises WrongContent, NotFound, NotAllowed.
    """
    partner = _steered(partner_id, by)
    require_ahead(until, at)
    if len(reason) > 300 or "\0" in reason:
        raise WrongContent([FieldError("reason", "must have at most 300 characters")])
    if partner.paused(at) and partner.paused_until == until:
        return Kept(partner, repeated=True)

    partner.pause(until, reason, at)
    with telling(by, at) as told:
        told.vendor_event("partner.paused", partner=str(partner_id), until=until.isoformat() if until else None)
    return Kept(partner)


@in_one_transaction
def resume_partner(partner_id: UUID, *, by: Viewer, at: datetime) -> Kept:
    """End a partner's pause. For the vendor, and for the partner's own manager. Raises NotFound, NotAllowed."""
    partner = _steered(partner_id, by)
    if not partner.paused(at):
        return Kept(partner, repeated=True)

    partner.resume(at)
    with telling(by, at) as told:
        told.vendor_event("partner.resumed", partner=str(partner_id))
    return Kept(partner)


def _steered(partner_id: UUID, by: Viewer) -> Partner:
    partner = partner_for(by, partner_id, lock=True)
    if not by.may_steer(partner_id):
        raise NotAllowed(needs="partners:write, or to be the partner's manager")
    return partner


def archive_partner(partner_id: UUID, *, by: Viewer, at: datetime) -> Kept:
    """Archive a partner: its waiting offers go on to the next, its running leads ask for attention, its keys die.

    A lead that came to the partner at the very same moment is seen to in a further transaction, in which nothing
    new can come. Raises NotFound, NotAllowed.
    """
    by.require_vendor("partners:write")
    kept = _archive(partner_id, by=by, at=at)
    _send_on(partner_id, by=by, at=at)
    return kept


@in_one_transaction
def _archive(partner_id: UUID, *, by: Viewer, at: datetime) -> Kept:
    partner = partner_for(by, partner_id)
    if partner.archived_at is not None:
        return Kept(partner, repeated=True)
    # Leads first, then the network: the order of locks. The facts are closed before anything is drawn again.
    leads = lock_leads(by.vendor_id, Offer.leads_with(partner_id))
    lock_vendor(by.vendor_id)
    partner = partner_for(by, partner_id, lock=True)

    partner.archive(at)
    ApiKey.revoke_of(partner_id, at)
    keep_facts(by.vendor_id, next_network_version(by.vendor_id), [], gone=[partner.pk])
    lock_ledger(by.vendor_id)  # whoever is drawing right now finishes first; who draws later reads the new network
    _take_from(partner, leads, by, at)
    return Kept(partner)


@in_one_transaction
def _send_on(partner_id: UUID, *, by: Viewer, at: datetime) -> None:
    """See to leads that an archived partner still has: none, unless they came while it was being archived."""
    partner = partner_for(by, partner_id)
    if late := Offer.leads_with(partner_id):
        _take_from(partner, lock_leads(by.vendor_id, late), by, at)


def _take_from(partner: Partner, leads: Sequence[Lead], by: Viewer, at: datetime) -> None:
    """Withdraw the partner's waiting offers on held leads and ask the next; raise an alarm for those it runs."""
    with telling(by, at) as told:
        waiting = Offer.waiting_by_lead(leads)
        asked_on = []
        for lead in leads:
            mine = [offer for offer in waiting[lead.pk] if offer.partner_id == partner.pk]
            close_waiting(mine, "withdraw", lead, told)
            if mine and len(mine) == len(waiting[lead.pk]):
                asked_on.append(lead)
            elif mine:
                go_on_waiting(lead, [offer for offer in waiting[lead.pk] if offer not in mine], told)
            elif lead.partner_id == partner.pk and not lead.attention_reason:
                told.note([lead], lambda lead: {"attention_reason": "partner-archived", "attention_at": at})
        draw_rounds(asked_on, trigger="archived", told=told, fresh=True)
