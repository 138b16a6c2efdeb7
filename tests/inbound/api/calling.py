"""Call the API as somebody outside does: a key, an address, JSON there and back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

BASE = "/api/v1"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def card(self) -> dict[str, Any]:
        """Return the JSON object in the body."""
        return json.loads(self.text)  # type: ignore[no-any-return]

    def __getitem__(self, key: str) -> Any:
        """Return one field of it."""
        return self.card[key]


@dataclass(frozen=True)
class Caller:
    """Somebody with a key, or without one."""

    key: str = ""

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send a request; ``Idempotency_Key="a"`` and the like become headers. A body of bytes goes as it is."""
        sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        if self.key:
            sent.setdefault("HTTP_AUTHORIZATION", f"Bearer {self.key}")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        client = Client(raise_request_exception=False, **sent)  # type: ignore[arg-type]
        response = client.generic(method.upper(), BASE + path, raw, content_type="application/json")
        text = b"".join(response) if response.streaming else response.content
        return Answer(response.status_code, dict(response.items()), text.decode())

    def get(self, path: str, **headers: str) -> Answer:
        """Send a GET."""
        return self.call("GET", path, None, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        """Send a POST."""
        return self.call("POST", path, body, **headers)
