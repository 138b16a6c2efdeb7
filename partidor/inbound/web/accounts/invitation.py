"""The first way in: an invited person chooses a password and is in."""

from __future__ import annotations

from allauth.core import ratelimit
from django import forms
from django.contrib.auth import authenticate, login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partidor.actions.accounts import InvitationOver, choose_first_password, open_invitation
from partidor.inbound.web.components.errors import error_page, sentence_of


class FirstPassword(forms.Form):
    """A password of one's own."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "new-password", "autofocus": True}),
        strip=False,
        max_length=500,
    )

    def clean_password(self) -> str:
        """Refuse what is too short or too common."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Show who invites to what; take the first password. Who has one already is led to the sign-in page."""
    refused: HttpResponse | None = ratelimit.consume_or_429(request, action="signup")
    if refused is not None:
        return refused
    try:
        invited = open_invitation(key)
        form = FirstPassword(request.POST or None)
        if request.method == "POST" and not invited.begun and form.is_valid():
            choose_first_password(key, form.cleaned_data["password"])
            person = authenticate(request, email=invited.email, password=form.cleaned_data["password"])
            if person is not None:
                login(request, person)
            return HttpResponseRedirect("/")
    except InvitationOver as over:
        return error_page(request, 409, sentence_of(over))
    return render(request, "account/invitation.html", {"invited": invited, "form": form})
