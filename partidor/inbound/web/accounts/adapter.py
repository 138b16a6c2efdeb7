"""What allauth asks of us: nobody signs up, and every mail goes through the outbox, never from a request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from partidor.actions.accounts import tell_person


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Partidor's door: people come by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let nobody sign up."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put what opens the door into the outbox; what allauth would say besides is not said by mail."""
        at = timezone.now()
        if "code" in context:
            tell_person(email, "person.code", key=str(context["code"]), at=at)
        elif "password_reset_url" in context:
            path = urlsplit(str(context["password_reset_url"])).path  # never the host that the request claims
            tell_person(email, "person.reset", key=path, at=at)
