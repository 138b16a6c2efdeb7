"""The inbox: see what is offered, accept with one tap, decline with two."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partidor.access.leads import viewer_of_offer
from partidor.actions.offers import AlreadyTaken, OfferClosed, accept_offer, decline_offer, see_offers
from partidor.domain.offers import DECLINE_REASONS
from partidor.domain.words import DECLINE_REASON
from partidor.inbound.web.components.doors import PortalVisit, portal_form, portal_page, portal_verb
from partidor.inbound.web.components.live import live, version_of
from partidor.inbound.web.portal.frame import framed
from partidor.inbound.web.portal.wording import ORIGIN, origin, place, why
from partidor.queries.paging import Wanted
from partidor.queries.portal.inbox import Inbox, InboxCard, inbox, portal_offer
from partidor.queries.portal.me import paused_partners

AT_ONCE = 20
"""Cards on one page."""


class Decline(forms.Form):
    """Why not, and a word about it."""

    reason = forms.ChoiceField(
        choices=[(code, DECLINE_REASON[code]) for code in DECLINE_REASONS],
        error_messages={
            "required": gettext_lazy("Please choose a reason."),
            "invalid_choice": gettext_lazy("Please choose a reason."),
        },
    )
    note = forms.CharField(required=False, max_length=2000, strip=True)


def _shown(card: InboxCard) -> dict[str, object]:
    """Put a card beside the words that it is shown with."""
    about = card.about
    return {
        "card": card,
        "about": about,
        "place": place(about),
        "origin": origin(about.source_kind, about.source),
        "icon": ORIGIN.get(about.source_kind, ORIGIN["api"]),
        "lines": 4 if card.presses else 3,
        "why": why(card.why, card.vendor, answered=False) if card.why else "",
    }


def _listed(visit: PortalVisit) -> tuple[Inbox, dict[str, object], str]:
    cursor = visit.request.GET.get("cursor", "")
    found = inbox(visit.viewers, Wanted(AT_ONCE, cursor, visit.at))
    _note_seen(visit, found.offers.items)
    paused = paused_partners(visit.viewers, at=visit.at)
    context: dict[str, object] = {
        "cards": [_shown(card) for card in found.offers.items],
        "gone": found.gone,
        "paused": paused,
        "next": found.offers.next,
        "cursor": cursor,
        "count": found.count,
        "hot": found.hot,
        "reasons": DECLINE_REASONS,
        "several": len(visit.roles) > 1,
    }
    return found, context, version_of(found.offers.items, found.offers.next, found.count, found.hot, found.gone, paused)


def _note_seen(visit: PortalVisit, cards: Sequence[InboxCard]) -> None:
    """Note that a person looks: not for what a browser fetches ahead of need."""
    unseen = [card.id for card in cards if not card.seen]
    ahead = visit.request.method == "HEAD" or "prefetch" in visit.request.META.get("HTTP_SEC_PURPOSE", "")
    if unseen and not ahead:
        see_offers(unseen, by=visit.viewers, at=visit.at)


@portal_page
def page(visit: PortalVisit) -> HttpResponse:
    """Show the inbox."""
    found, context, version = _listed(visit)
    return framed(visit, "portal/inbox.html", "inbox", {**context, "version": version}, waiting=found.count)


@portal_page
def cards(visit: PortalVisit) -> HttpResponse:
    """Show the cards again if anything has changed."""
    _found, context, version = _listed(visit)
    return live(visit, "portal/_cards.html", context, version)


@portal_page
def offer(visit: PortalVisit, offer_id: UUID) -> HttpResponse:
    """Show one offer whole, or what has become of it."""
    card = portal_offer(visit.viewers, offer_id, at=visit.at)
    _note_seen(visit, [card])
    context = {**_shown(card), "reasons": DECLINE_REASONS, "lines": 0, "alone": True, "several": len(visit.roles) > 1}
    if visit.is_part:
        return live(visit, "portal/_offer.html", context, version_of(card))
    return framed(visit, "portal/offer.html", "inbox", {**context, "version": version_of(card)})


def _too_late(visit: PortalVisit, offer_id: UUID) -> HttpResponse:
    """Say in words what became of an offer that somebody has just tried to answer."""
    card = portal_offer(visit.viewers, offer_id, at=visit.at)
    context = {**_shown(card), "version": version_of(card), "alone": True}
    if visit.is_part:
        return visit.show("portal/_gone.html", context, status=409)
    return framed(visit, "portal/offer.html", "inbox", context, status=409)


@portal_verb
def accept(visit: PortalVisit, offer_id: UUID) -> HttpResponse:
    """Accept an offer and go to the lead; when somebody was quicker, say so."""
    try:
        answered = accept_offer(offer_id, by=viewer_of_offer(visit.viewers, offer_id), at=visit.at)
    except (AlreadyTaken, OfferClosed):
        return _too_late(visit, offer_id)
    if answered.offer.state == "interested":
        return visit.go("portal:offer", offer_id, said=_("Noted: you are interested."))
    return visit.go("portal:lead", answered.lead.pk, said=_("The lead is yours."))


@portal_form
def decline(visit: PortalVisit, offer_id: UUID) -> HttpResponse:
    """Ask for the reason, and decline."""
    form = Decline(visit.request.POST or None)
    if visit.request.method == "POST" and form.is_valid():
        viewer, answer = viewer_of_offer(visit.viewers, offer_id), form.cleaned_data
        try:
            decline_offer(offer_id, reason=answer["reason"], note=answer["note"], by=viewer, at=visit.at)
        except (AlreadyTaken, OfferClosed):
            return _too_late(visit, offer_id)
        if visit.is_part:
            return visit.show("portal/_declined.html", {"offer": offer_id})
        return visit.go("portal:inbox", said=_("Declined. Thank you for saying so."))
    card = portal_offer(visit.viewers, offer_id, at=visit.at)
    if card.state != "open":
        return _too_late(visit, offer_id)
    context = {**_shown(card), "form": form, "reasons": DECLINE_REASONS}
    return framed(visit, "portal/decline.html", "inbox", context, status=422 if form.is_bound else 200)


urlpatterns = [
    path("", page, name="inbox"),
    path("cards", cards, name="cards"),
    path("offers/<uuid:offer_id>", offer, name="offer"),
    path("offers/<uuid:offer_id>/accept", accept, name="accept"),
    path("offers/<uuid:offer_id>/decline", decline, name="decline"),
]
