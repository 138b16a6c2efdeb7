"""Try one lead: typed, or one that is there, with the draft or any version; the decision as it would be."""

from __future__ import annotations

import re

from babel import Locale
from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partidor.domain.intake.codes import COUNTRIES
from partidor.domain.refusal import NotFound, WrongContent
from partidor.domain.routing.words.reasons import joined
from partidor.domain.words import TEMPERATURE
from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.components.wording import source_name
from partidor.inbound.web.console.leads.parts import sought_in
from partidor.inbound.web.console.leads.why import legend_of, rows_of, sentence_of
from partidor.inbound.web.console.lists import Choice, asked
from partidor.inbound.web.console.wording import version_said
from partidor.queries.backtests.pages import versions_to_try
from partidor.queries.rules.attempts import Attempt, lead_there, lead_typed
from partidor.queries.rules.trials import SUGGESTED, leads_to_try, sources_to_try, trial, values_to_try

NOWHERE = "nobody@example.invalid"
REFERENCE = re.compile(r"[0-9A-Za-z]{6}")


class Typed(forms.Form):
    """A lead as a channel manager types it: whatever rules usually ask for."""

    product = forms.CharField(required=False, max_length=300, label=gettext_lazy("Product"))
    vertical = forms.CharField(required=False, max_length=300, label=gettext_lazy("Vertical"))
    country = forms.CharField(required=False, max_length=2, label=gettext_lazy("Country"))
    postal_code = forms.CharField(required=False, max_length=20, label=gettext_lazy("Postal code"))
    city = forms.CharField(required=False, max_length=300, label=gettext_lazy("City"))
    employees = forms.IntegerField(required=False, min_value=0, max_value=10**8, label=gettext_lazy("Employees"))
    value = forms.DecimalField(
        required=False, min_value=0, max_digits=14, decimal_places=2, label=gettext_lazy("Value")
    )
    temperature = forms.CharField(required=False, max_length=10)
    language = forms.CharField(required=False, max_length=20, label=gettext_lazy("Language"))
    company = forms.CharField(required=False, max_length=300, label=gettext_lazy("Company"))
    email = forms.EmailField(required=False, max_length=254, label=gettext_lazy("E-mail"))
    source = forms.CharField(required=False, max_length=100)

    def lead(self, source: str) -> dict[str, object]:
        """Write it in the shape of the API."""
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        address = {name: given.pop(name) for name in ("country", "postal_code", "city") if name in given}
        contact = {"last_name": "–"} | ({"email": given.pop("email")} if "email" in given else {})
        if "value" in given:
            given["value"] = str(given["value"])
        if not {"postal_code", "city"} & set(address):
            contact.setdefault("email", NOWHERE)  # a lead must be reachable somehow; rules seldom ask how
        return {"source": source, "company": "–", **given, "contact": contact, "address": address}


KEPT = ("lead", "typed", *Typed.base_fields)
"""What is asked stays in the address when other rules are tried on it, or a partner is looked up in the answer."""
FIELDS = ("product", "vertical", "postal_code", "city", "employees", "value", "language", "company", "email")


@console_page
def show_trial(visit: ConsoleVisit) -> HttpResponse:
    """Show the form, and beside it what came of it."""
    form = Typed(visit.request.GET or None)
    sources = sources_to_try(visit.viewer)
    words, version = asked(visit, "lead"), asked(visit, "rules") or "0"
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    attempt = _there(visit, words) if REFERENCE.fullmatch(words) else None
    found = leads_to_try(visit.viewer, words) if words and attempt is None else []
    wrong = ""
    if len(found) == 1:
        attempt = _there(visit, found[0].ref)
    elif "typed" in visit.request.GET and not words and form.is_valid():
        source = form.cleaned_data["source"] or (sources[0] if sources else "")
        try:
            attempt = lead_typed(visit.viewer, form.lead(source), at=visit.at)
        except WrongContent:
            wrong = _("This lead cannot be read: please look at country, postal code and value once more.")
    sought = sought_in(visit.request)
    tried = trial(visit.viewer, number, attempt, sought, language=visit.language, at=visit.at) if attempt else None
    context = {
        "room": "rules",
        "form": form,
        "fields": [form[name] for name in FIELDS],
        "countries": _countries(visit, form["country"].value() or ""),
        "temperatures": [Choice(code, code, asked(visit, "temperature") == code) for code in TEMPERATURE],
        "sources": [Choice(name, source_name(name), asked(visit, "source") == name) for name in sources],
        "versions": [
            Choice(str(one.version), version_said(one), one.version == number) for one in versions_to_try(visit.viewer)
        ],
        "words": words,
        "found": found if len(found) > 1 else [],
        "is_nothing_found": bool(words) and not found and attempt is None,
        "kept": [pair for pair in visit.request.GET.items() if pair[0] in KEPT],
        "suggested": SUGGESTED,
        "number": number,
        "wrong": wrong,
        "tried": tried,
    }
    if tried is not None:
        told = tried.why
        rules = (
            reverse("console:rule-version", args=[visit.slug, number])
            if number
            else reverse("console:rules", args=[visit.slug])
        )
        answers = tried.why_not
        context |= {
            "why": told,
            "same": _same_address(visit),
            "sought": sought,
            "answers": answers,
            "rows": [(row, joined(row.reasons)) for row in answers.rows] if answers else [],
            "sentence": sentence_of(told, rules),
            "bands": rows_of(told, visit.language),
            "legend": legend_of(told, visit.language),
        }
    return visit.show("console/rules/trial.html", context)


@console_page
def values(visit: ConsoleVisit) -> HttpResponse:
    """Show what leads really say, to be suggested in the form's fields once somebody begins to fill it in."""
    return visit.show("console/rules/_values.html", {"lists": values_to_try(visit.viewer)})


def _countries(visit: ConsoleVisit, chosen: str) -> list[Choice]:
    names = Locale(visit.language[:2]).territories
    found = sorted((names[code], code) for code in COUNTRIES if code in names)
    return [Choice(code, name, code == chosen.upper()) for name, code in found]


def _there(visit: ConsoleVisit, ref: str) -> Attempt | None:
    try:
        return lead_there(visit.viewer, ref)
    except NotFound:
        return None


def _same_address(visit: ConsoleVisit) -> str:
    """Return the question in the address, without what is asked about its answer."""
    asked_for = visit.request.GET.copy()
    for name in ("candidates", "reason", "q", "page"):
        asked_for.pop(name, None)
    return asked_for.urlencode()


urlpatterns = [
    path("rules/trial", show_trial, name="rules-trial"),
    path("rules/trial/values", values, name="rules-trial-values"),
]
