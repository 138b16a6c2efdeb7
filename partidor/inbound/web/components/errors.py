"""Every no and every fault as a page in words: what is the case, and where to go from here."""

from __future__ import annotations

import logging

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from partidor.domain.refusal import NotAllowed, NotFound, NotPossibleNow, Refusal, WrongContent
from partidor.domain.words import LEAD_STATE, OFFER_STATE

log = logging.getLogger(__name__)

STATUS: dict[type[Refusal], int] = {NotFound: 404, NotAllowed: 403, WrongContent: 422}
"""The HTTP status of a refusal; of every other, 409."""


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal: with a page, or for a part of a page with a toast. A part that polls stops doing so."""
    status = next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 409)
    if getattr(request, "htmx", None) and "v" in request.GET:
        return HttpResponse(status=286, headers={"HX-Reswap": "none"})
    return error_page(request, status, sentence_of(refusal))


def sentence_of(refusal: Refusal) -> str:
    """Say a refusal in the reader's language."""
    if isinstance(refusal, NotAllowed):
        return _("Your role does not allow this.")
    if isinstance(refusal, NotFound):
        return _("This is not here, or you may not see it.")
    if isinstance(refusal, WrongContent):
        return " ".join(_(error.message)[:1].upper() + _(error.message)[1:] + "." for error in refusal.errors)
    names = LEAD_STATE if refusal.facts.get("what") == "lead" else OFFER_STATE
    state = _(names.get(str(refusal.facts.get("state")), "")) if refusal.facts.get("state") else ""
    if isinstance(refusal, NotPossibleNow):
        return _("This has moved on meanwhile and is now: {state}.").format(state=state)
    sentence = " ".join((type(refusal).__doc__ or "").split("\n\n")[0].split())
    return _(sentence).format_map({**refusal.facts, "state": state})


def error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Show a sentence as a page, or as a toast where htmx asks."""
    if getattr(request, "htmx", None):
        toast = render(request, "components/_toast.html", {"sentence": sentence}, status=status)
        toast["HX-Retarget"], toast["HX-Reswap"] = "#toasts", "beforeend"
        return toast
    list(get_messages(request))  # what was to be said on the next page belongs to no error
    return render(request, "errors/error.html", {"status": status, "sentence": sentence}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist."""
    return error_page(request, 404, _("There is nothing at this address."))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not fit: mostly one that was open for very long, or after a sign-in elsewhere."""
    return error_page(request, 403, _("This page had been open for too long. Go back, load it again and repeat it."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read."""
    return error_page(request, 400, _("This request could not be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what is not allowed."""
    return error_page(request, 403, _("Your role does not allow this."))


def fault(request: HttpRequest) -> HttpResponse:
    """Answer when something broke: without the database, and without a word that tells how it is built."""
    return render(request, "errors/fault.html", status=500)
