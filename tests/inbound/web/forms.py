"""A form as a browser fills it in: what it would send if its button were pressed at once."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client

Fields = dict[str, list[str]]


class _Form(HTMLParser):
    """Reads the form with this address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.fields = action, Fields()
        self._inside, self._select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self.action
        if not self._inside:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given:
                self.fields[self._select] = [given.get("value", "")]
            self.fields.setdefault(self._select, [given.get("value", "")])
        elif tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in given):
            self.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""


def filled_in(client: Client, page: str, action: str = "") -> Fields:
    """Open a page, and return what its form to an address (the page's own, if none is named) would send."""
    return read_form(client.get(page).content.decode(), action or page)


def read_form(html: str, action: str) -> Fields:
    """Return what the form to an address on a page would send."""
    form = _Form(action)
    form.feed(html)
    assert form.fields, f"no form to {action}"
    return form.fields
