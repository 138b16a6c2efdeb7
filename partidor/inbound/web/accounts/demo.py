"""The logins of the demo, as buttons on the sign-in page. Only `partidor demo` opens this way in."""

from __future__ import annotations

import json
from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST


def demo_logins() -> list[dict[str, str]]:
    """Return the logins that the demo has kept in HOME; none outside of the demo."""
    if not settings.DEMO:
        return []
    try:
        kept = json.loads((settings.HOME / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return list(kept.get("logins", []))


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """The sign-in page; in the demo with a button for each role."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's logins."""
        return {**super().get_context_data(**kwargs), "logins": demo_logins()}


@require_POST
def sign_in_as(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in with one of the demo's logins."""
    for one in demo_logins():
        if one["key"] == key:
            person = authenticate(request, email=one["email"], password=one["password"])
            if person is not None:
                login(request, person)
                return HttpResponseRedirect("/")
    raise Http404
