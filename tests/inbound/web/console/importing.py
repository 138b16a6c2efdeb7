"""What a browser does on the screens of an import."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse


class Form(HTMLParser):
    """What the browser would send of the forms of a page, the buttons left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        self.select = self.area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and name and given.get("type") not in ("file", "checkbox", "radio", "search"):
            self.fields[name] = given.get("value") or ""
        elif tag == "select":
            self.select = name
            self.fields[name] = ""
        elif tag == "option" and self.select and "selected" in given:
            self.fields[self.select] = given.get("value") or ""
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


def bring(client: Client, kind: str, content: str | bytes, name: str = "file.csv") -> Any:
    given = content.encode() if isinstance(content, str) else content
    return client.post(reverse(f"console:{kind}-import", args=["acme"]), {"file": SimpleUploadedFile(name, given)})


def act(client: Client, at: str, do: str, **changed: str) -> Any:
    """Send the form of the page as it stands, with what is changed."""
    fields = Form(client.get(at).content.decode()).fields
    answer = client.post(
        at, {**fields, **{name.replace("__", ":"): value for name, value in changed.items()}, "do": do}
    )
    return client.get(answer["Location"]) if answer.status_code == 303 else answer
