"""Keys: what other systems may do here; make one, whose secret is shown this once, and revoke one for good."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partidor.access.viewer import PARTNER_SCOPES, SCOPES
from partidor.actions.keys import issue_key, revoke_key
from partidor.domain.words import SCOPE
from partidor.inbound.web.components.doors import ConsoleVisit, console_page, console_verb
from partidor.inbound.web.console.lists import leaf, page_number
from partidor.queries.settings.key_table import key_lines
from partidor.queries.settings.people_table import partner_choices


class NewKey(forms.Form):
    """What a key is for, what it may, for whom, and until when."""

    name = forms.CharField(max_length=300, strip=True)
    scopes = forms.MultipleChoiceField(choices=[(scope, SCOPE[scope]) for scope in SCOPES])
    partner_id = forms.UUIDField(required=False)
    expires_at = forms.DateField(required=False)

    def __init__(self, *args: object, at: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.at = at

    def clean_expires_at(self) -> datetime | None:
        """Take the beginning of the day as the viewer's clock has it; it must lie ahead."""
        if (day := self.cleaned_data["expires_at"]) is None:
            return None
        until = datetime.combine(day, time(), timezone.get_current_timezone())
        if until <= self.at:
            raise forms.ValidationError(gettext_lazy("Please choose a day from tomorrow on."))
        return until

    def clean(self) -> dict[str, object]:
        """Take only what a partner may do itself into a partner's key."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if cleaned.get("partner_id") and not set(self.cleaned_data.get("scopes", ())) <= set(PARTNER_SCOPES):
            self.add_error("scopes", gettext_lazy("A partner’s key may only do what partners do: see the marks."))
        return cleaned


@console_page
def keys(visit: ConsoleVisit) -> HttpResponse:
    """Show the keys."""
    return _page(visit)


def _page(visit: ConsoleVisit, wrong: NewKey | None = None, secret: str = "", name: str = "") -> HttpResponse:
    found = key_lines(visit.viewer, page=page_number(visit), at=visit.at)
    context = {
        "room": "keys",
        "found": found,
        "leaf": leaf(visit, found),
        "scopes": [(scope, scope in PARTNER_SCOPES) for scope in SCOPES],
        "partners": partner_choices(visit.viewer),
        "making": wrong,
        "chosen": (wrong["scopes"].value() or []) if wrong else ["leads:write"],
        "chosen_partner": str((wrong["partner_id"].value() if wrong else "") or ""),
        "tomorrow": (timezone.localtime(visit.at) + timedelta(days=1)).date(),
        "all_scopes": len(SCOPES),
        "secret": secret,
        "name": name,
        "here": reverse("console:keys", args=[visit.slug]),
    }
    response = visit.show("console/settings/keys.html", context, status=422 if wrong else 200)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


@console_verb
def make(visit: ConsoleVisit) -> HttpResponse:
    """Make a key and show its secret, which is kept nowhere: this answer is the only one that has it."""
    form = NewKey(visit.request.POST, at=visit.at)
    if not form.is_valid():
        return _page(visit, form)
    key, secret = issue_key(**form.cleaned_data, by=visit.viewer, at=visit.at)
    return _page(visit, secret=secret, name=key.name)


@console_verb
def revoke(visit: ConsoleVisit, key_id: UUID) -> HttpResponse:
    """Revoke a key for good."""
    key = revoke_key(key_id, by=visit.viewer, at=visit.at)
    return visit.go(
        "console:keys", visit.slug, said=_("The key “{name}” opens nothing any more.").format(name=key.name)
    )


urlpatterns = [
    path("keys/", keys, name="keys"),
    path("keys/new", make, name="key-new"),
    path("keys/<uuid:key_id>/revoke", revoke, name="key-revoke"),
]
