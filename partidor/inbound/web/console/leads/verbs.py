"""Every hand on a lead: give it to somebody, route it again, take it back or out, and what review does with it.

A verb's address shows its form in the page and takes it. What came too late is told on the page as it now is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partidor.actions.qualification import LONGEST_PARKING, park_lead, reject_lead, release_lead
from partidor.actions.routing import Steered, assign_lead, reroute_lead, withdraw_lead
from partidor.actions.sameness import judge_sameness
from partidor.domain.refusal import NotAllowed, NotPossibleNow, WrongContent
from partidor.domain.routing.words.reasons import joined, said_now
from partidor.domain.words import REJECT_REASON
from partidor.inbound.web.components.doors import ConsoleVisit, console_form, console_verb
from partidor.inbound.web.components.errors import sentence_of
from partidor.inbound.web.console.leads.parts import page_for, whole
from partidor.queries.leads.page.page import LeadPage

MORNING = time(8)
"""When a lead that is parked until a day comes back, in the time of the vendor."""


class HandOverForm(forms.Form):
    """To whom, and why."""

    partner = forms.UUIDField(error_messages={"required": gettext_lazy("Choose a partner.")})
    reason = forms.CharField(
        max_length=2000, error_messages={"required": gettext_lazy("Say in a few words why this partner gets the lead.")}
    )


class RerouteForm(forms.Form):
    """Whether those who let it lapse are asked again."""

    again = forms.BooleanField(required=False)


class RejectForm(forms.Form):
    """Why review refuses it."""

    reason = forms.ChoiceField(
        choices=tuple(REJECT_REASON.items()), error_messages={"required": gettext_lazy("Choose a reason.")}
    )


class SamenessForm(forms.Form):
    """Which other customer, and whether it is the same."""

    customer = forms.UUIDField()
    same = forms.ChoiceField(choices=(("yes", "yes"), ("no", "no")))


class ParkForm(forms.Form):
    """Until which day."""

    until = forms.DateField()

    def clean_until(self) -> datetime:
        """Return the morning of that day, at most a year ahead."""
        here, day = timezone.localtime(), self.cleaned_data["until"]
        if not here.date() < day < (here + LONGEST_PARKING).date():
            raise forms.ValidationError(_("Choose a day from tomorrow on, at most a year ahead."))
        return datetime.combine(day, MORNING, here.tzinfo)


@console_form
def assign(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Give a lead to a partner by hand."""
    asked = visit.request.POST or visit.request.GET
    page = _page(visit, ref, takers=asked.get("to", "")[:100], taker=_uuid(asked.get("partner")))
    if visit.is_part and "to" in visit.request.GET:
        return visit.show("console/leads/_takers.html", {"page": page, "lead": page.lead, "offered": page.hand_over})

    def act(given: dict[str, Any]) -> Steered:
        return assign_lead(
            page.lead.id, partner_id=given["partner"], reason=given["reason"], by=visit.viewer, at=visit.at
        )

    def said(given: dict[str, Any]) -> str:
        offered = page.hand_over
        names = {one.partner.id: one.partner.name for one in (*offered.suited, *offered.found)} if offered else {}
        return _("Handed over to {partner}.").format(partner=names.get(given["partner"], ""))

    return _form(visit, page, "assign", HandOverForm, act, said, offered=page.hand_over, to=asked.get("to", ""))


@console_form
def reroute(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Send a lead through today's rules; one that a partner has is taken back first."""
    page = _page(visit, ref)
    taken = page.lead.status == "accepted"

    def act(given: dict[str, Any]) -> Steered:
        return reroute_lead(page.lead.id, again=given["again"], by=visit.viewer, at=visit.at)

    def said(given: dict[str, Any]) -> str:
        return _("Taken back and routed again.") if taken else _("Routed again.")

    return _form(visit, page, "reroute", RerouteForm, act, said, taken=taken)


@console_form
def withdraw(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Take a lead out of the distribution for good, after asking once."""
    page = _page(visit, ref)

    def act(given: dict[str, Any]) -> Steered:
        return withdraw_lead(page.lead.id, by=visit.viewer, at=visit.at)

    return _form(visit, page, "withdraw", forms.Form, act, lambda given: _("Withdrawn."))


@console_form
def reject(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Reject a lead in review for good."""
    page = _page(visit, ref)

    def act(given: dict[str, Any]) -> Steered:
        return reject_lead(page.lead.id, reason=given["reason"], by=visit.viewer, at=visit.at)

    return _form(visit, page, "reject", RejectForm, act, lambda given: _("Rejected."), reasons=REJECT_REASON)


@console_form
def park(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Park a lead in review until a day."""
    page = _page(visit, ref)
    here = timezone.localtime(visit.at).date()

    def act(given: dict[str, Any]) -> Steered:
        return park_lead(page.lead.id, until=given["until"], by=visit.viewer, at=visit.at)

    days = {"least": here + timedelta(days=1), "most": here + LONGEST_PARKING - timedelta(days=1)}
    return _form(visit, page, "park", ParkForm, act, lambda given: _("Parked."), **days)


@console_verb
def release(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Release a lead from review: it is routed at once."""
    page = _page(visit, ref)

    def act(given: dict[str, Any]) -> Steered:
        return release_lead(page.lead.id, by=visit.viewer, at=visit.at)

    return _form(visit, page, "release", forms.Form, act, lambda given: _("Released and routed."))


@console_verb
def judge(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Say that the lead's customer is the same as another one, or is not."""
    page = _page(visit, ref)

    def act(given: dict[str, Any]) -> Steered:
        same = given["same"] == "yes"
        return judge_sameness(page.lead.id, customer_id=given["customer"], same=same, by=visit.viewer, at=visit.at)

    def said(given: dict[str, Any]) -> str:
        return _("Noted: it is the same customer.") if given["same"] == "yes" else _("Noted: it is another customer.")

    return _form(visit, page, "", SamenessForm, act, said)


def _page(visit: ConsoleVisit, ref: str, **more: Any) -> LeadPage:
    if not visit.steers:
        raise NotAllowed(needs="leads:write")
    return page_for(visit, ref, **more)


def _form(
    visit: ConsoleVisit,
    page: LeadPage,
    panel: str,
    kind: type[forms.Form],
    act: Callable[[dict[str, Any]], Steered],
    said: Callable[[dict[str, Any]], str],
    **more: object,
) -> HttpResponse:
    """Show a verb's form in the page, or act and go back to the page."""
    form = kind(visit.request.POST if visit.request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            done = act(form.cleaned_data)
        except NotPossibleNow as refusal:
            messages.error(visit.request, sentence_of(refusal))
            return _whole(visit, _page(visit, page.lead.ref), 409)
        except WrongContent as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            note = _("That had happened already.") if done.repeated else said(form.cleaned_data)
            if done.warnings:
                against = joined([said_now(each, visit.language) for each in done.warnings])
                note = _("{done} Mind this: {reasons}.").format(done=note, reasons=against)
            return visit.go("console:lead", visit.slug, page.lead.ref, said=note)
    context = {"form": form, "panel": panel, **more}
    if visit.is_part and not form.is_bound:
        return visit.show("console/leads/_panel.html", {"page": page, "lead": page.lead, **context})
    return _whole(visit, page, 422 if form.is_bound else 200, **context)


def _whole(visit: ConsoleVisit, page: LeadPage, status: int, **more: object) -> HttpResponse:
    return visit.show("console/leads/page.html", whole(visit, page, **more), status)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


urlpatterns = [
    path("leads/<str:ref>/duplicates", judge, name="lead-judge"),
    path("leads/<str:ref>/assign", assign, name="lead-assign"),
    path("leads/<str:ref>/reroute", reroute, name="lead-reroute"),
    path("leads/<str:ref>/withdraw", withdraw, name="lead-withdraw"),
    path("leads/<str:ref>/release", release, name="lead-release"),
    path("leads/<str:ref>/reject", reject, name="lead-reject"),
    path("leads/<str:ref>/park", park, name="lead-park"),
]
