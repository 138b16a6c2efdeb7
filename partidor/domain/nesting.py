"""Where JSON text is nested too deep: found on the text itself, because parsers give up on it without saying where."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]')
SHOWN = 12
"""Steps of a path that are shown: nobody reads a thousand."""


def too_deep(text: str, most: int) -> str | None:
    """Return the beginning of the path of the first place deeper than ``most`` levels; None if there is none."""
    path: list[str | int] = []
    key = ""
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word in ("[", "{"):
            path.append(0 if word == "[" else "")
            if len(path) > most:
                return _written(path[:-1])
        elif word in ("]", "}"):
            if path:
                path.pop()
        elif word == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif word == ":":
            if path and isinstance(path[-1], str):
                path[-1] = key
        else:
            key = word[1:-1][:60]
    return None


def _written(path: list[str | int]) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[:SHOWN]]
    return "".join(steps).lstrip(".") + (" …" if len(path) > SHOWN else "")
