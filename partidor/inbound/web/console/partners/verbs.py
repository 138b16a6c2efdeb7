"""What is done to partners from the table and from a partner's page: tags, one change for several, the archive."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partidor.actions.partners import Changed, archive_partner, change_partners, require_ahead
from partidor.actions.places import place_again
from partidor.domain.facts import TIER
from partidor.domain.intake.partner_change import LIMITS, PartnerChange, read_change
from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.routing.words.naming import tag_name
from partidor.inbound.web.components.doors import ConsoleVisit, console_form, console_verb
from partidor.inbound.web.components.wording import number
from partidor.inbound.web.console.faults import said_of
from partidor.inbound.web.console.partners import words as partner_words
from partidor.inbound.web.console.partners.table import narrowed_by, table_page
from partidor.queries.partners.changes import Standing, standing
from partidor.queries.partners.table import Tag, narrowed_partners, partner_line, tags_in_use

TYPED = ("tag", *LIMITS, "until")
NO_LIMIT = "no:"
"""Before the name of a limit: it is taken away."""


@console_verb
def change(visit: ConsoleVisit) -> HttpResponse:
    """Make one change to the chosen partners, or to all that the filter in the address shows; asked once before."""
    visit.viewer.require_vendor("partners:write")
    given = {name: visit.request.POST.get(name, "") for name in TYPED}
    given["tag"] = _meant(visit, given["tag"])
    verb = visit.request.POST.get("change", "")
    chosen = _chosen(visit)
    try:
        wanted, until = _wanted(verb, given)
        if not chosen:
            raise WrongContent([FieldError("chosen", _("Choose at least one partner by its box, or all of them."))])
        if not visit.request.POST.get("confirmed"):
            require_ahead(until, visit.at)
            return _ask(visit, chosen, wanted, until, given)
        done = change_partners(chosen, wanted, until=until, by=visit.viewer, at=visit.at)
    except WrongContent as wrong:
        if visit.is_part:
            raise
        said = {"wrong_change": said_of(wrong), "given": given, "chosen": set(chosen), "all_chosen": _all(visit)}
        return table_page(visit, said)
    to = reverse("console:partners", args=[visit.slug])
    query = visit.request.GET.urlencode()
    return visit.go(f"{to}?{query}" if query else to, said=_told(done))


def _ask(
    visit: ConsoleVisit, chosen: list[UUID], wanted: PartnerChange, until: datetime | None, given: dict[str, str]
) -> HttpResponse:
    """Say what would change for how many, and ask."""
    counts = standing(visit.viewer, chosen, wanted, at=visit.at)
    same = sum(count for value, count in counts.items() if value == _aim(wanted))
    kept = {name: text for name, text in given.items() if text} | {"change": visit.request.POST.get("change", "")}
    context = {
        "room": "partners",
        "title": partner_words.change_said(wanted, until, visit.language),
        "lines": partner_words.changes_said(wanted, counts),
        "count": counts.total() - same,
        "kept": kept,
        "chosen": chosen,
        "query": visit.request.GET.urlencode(),
    }
    return visit.show("console/partners/several_asked.html", context)


def _aim(wanted: PartnerChange) -> Standing:
    """Return how a partner stands that is like that already; a pause is always set anew, until its day."""
    if wanted.verb in LIMITS:
        return wanted.number
    return {"add_tag": True, "remove_tag": False, "resume": False}.get(wanted.verb)


def _meant(visit: ConsoleVisit, tag: str) -> str:
    return partner_words.tag_meant(tag, tags_in_use(visit.viewer), visit.language) if tag.strip() else tag


def _all(visit: ConsoleVisit) -> bool:
    return visit.request.POST.get("all") == "1"


def _chosen(visit: ConsoleVisit) -> list[UUID]:
    if _all(visit):
        return narrowed_partners(visit.viewer, narrowed_by(visit), at=visit.at)
    chosen = []
    for text in visit.request.POST.getlist("chosen"):
        try:
            chosen.append(UUID(text))
        except ValueError:
            continue
    return chosen


def _wanted(verb: str, given: dict[str, str]) -> tuple[PartnerChange, datetime | None]:
    """Read the change, and the beginning of the day until which a pause lasts. No limit is a button of its own."""
    unlimited = verb.removeprefix(NO_LIMIT)
    if verb.startswith(NO_LIMIT) and unlimited in LIMITS:
        return read_change(unlimited), None
    if verb in LIMITS and not given[verb].strip():
        raise WrongContent([FieldError(verb, _("Please write a number, or choose “No limit”."))])
    wanted = read_change(verb, given["tag"] if verb.endswith("_tag") else given.get(verb, ""))
    if verb != "pause" or not given["until"].strip():
        return wanted, None
    try:
        day = parse_date(given["until"].strip())
    except ValueError:
        day = None
    if day is None:
        raise WrongContent([FieldError("until", _("Please choose a day from tomorrow on, within two years."))])
    return wanted, datetime.combine(day, time(), timezone.get_current_timezone())


def _told(done: Changed) -> str:
    said = ngettext("{count} partner changed.", "{count} partners changed.", done.changed).format(
        count=number(done.changed)
    )
    if same := done.of - done.changed:
        said += " " + ngettext("{count} was like that already.", "{count} were like that already.", same).format(
            count=number(same)
        )
    return said


@console_form
def tags(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Change the tags of one partner where they stand: in its row, or on a page of their own."""
    visit.viewer.require_vendor("partners:write")
    wrong, typed = "", ""
    if visit.request.method == "POST":
        typed = visit.request.POST.get("add", "")
        try:
            taken = visit.request.POST.get("remove")
            wanted = read_change("remove_tag", taken) if taken else read_change("add_tag", _meant(visit, typed))
            change_partners([partner_id], wanted, by=visit.viewer, at=visit.at)
        except WrongContent as fault:
            wrong = said_of(fault)
        if not wrong and not visit.is_part:
            return visit.go("console:partner-tags", visit.slug, partner_id)
    line, choices = partner_line(visit.viewer, partner_id, at=visit.at)
    (row,) = partner_words.rows([line], abs(line.debt), visit.language)
    every = ((Tag(TIER, line.tier),) if line.tier else ()) + line.tags
    context = {
        "room": "partners",
        "row": row,
        "editing": "done" not in visit.request.GET,
        "all_tags": [(tag, tag_name(tag.dimension, tag.value, visit.language)) for tag in every],
        "known_tags": partner_words.known_tags(choices, visit.language),
        "wrong": wrong,
        "typed": typed if wrong else "",
    }
    if visit.is_part:
        return visit.show("console/partners/_row.html", context)
    return visit.show("console/partners/tags.html", context, status=422 if wrong else 200)


@console_verb
def places(visit: ConsoleVisit) -> HttpResponse:
    """Look again for the places of partners and open leads that could not be placed."""
    done = place_again(by=visit.viewer, at=visit.at)
    partners = ngettext("{count} partner", "{count} partners", done.partners).format(count=number(done.partners))
    leads = ngettext("{count} lead", "{count} leads", done.leads).format(count=number(done.leads))
    said = _("Placed now: {partners}, {leads}.").format(partners=partners, leads=leads)
    if left := done.unplaced_partners + done.unplaced_leads:
        said += " " + ngettext(
            "{count} still cannot be placed: give its coordinates, or mend its address.",
            "{count} still cannot be placed: give their coordinates, or mend their addresses.",
            left,
        ).format(count=number(left))
    return visit.go(reverse("console:partners", args=[visit.slug]) + "?lack=place", said=said)


@console_verb
def archive(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Archive a partner for good."""
    kept = archive_partner(partner_id, by=visit.viewer, at=visit.at)
    said = _("{partner} is archived. Its open offers went on; its running leads ask for attention.")
    return visit.go("console:partner", visit.slug, partner_id, said=said.format(partner=kept.partner.name))


urlpatterns = [
    path("partners/change", change, name="partners-change"),
    path("partners/places", places, name="partners-places"),
    path("partners/<uuid:partner_id>/tags", tags, name="partner-tags"),
    path("partners/<uuid:partner_id>/archive", archive, name="partner-archive"),
]
