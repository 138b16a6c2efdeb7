"""JSON as it comes from outside: read without losing what parsers pass over, and held against what can be stored.

A parser takes the second of two equal keys, gives up on deep nesting without saying where, and lets through texts that
no database keeps. Here all that stays visible, so that whoever judges the content can name its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

DEEPEST = 64
"""Levels of lists and objects, one inside the other, that are read."""
MOST_DIGITS = 300
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_SURROGATE = re.compile("[\ud800-\udfff]")

Path = tuple[str | int, ...]


class NotJson(ValueError):
    """Says why bytes are no JSON, and where."""


class Doubled(dict[str, Any]):
    """An object in which a key was given twice, with one such key."""

    key = ""


def read_json(raw: bytes) -> Any:
    """Read JSON (UTF-8). What lies deeper than 64 levels is left out: the list or object at level 65 is empty.

    A number of more than 300 digits is read as a float; objects with equal keys become Doubled. Raises NotJson.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson(f"it is not UTF-8 text (byte {error.start})") from error
    try:
        return _loads(text)
    except RecursionError:
        text = cut(text)
    try:
        return _loads(text)
    except RecursionError as error:
        raise NotJson("brackets are opened that are never closed") from error


def _loads(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotJson(f"line {error.lineno}, column {error.colno}: {error.msg}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    doubled = Doubled(made)
    doubled.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)


def _no_constant(word: str) -> float:
    raise NotJson(f"{word} is no JSON number")


def cut(text: str, most: int = DEEPEST) -> str:
    """Empty every list and object of a JSON text that lies deeper than ``most`` levels."""
    kept: list[str] = []
    depth = begin = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == most + 1:
                kept.append(text[begin : token.end()])
        elif token[0] in ("]", "}"):
            if depth == most + 1:
                begin = token.start()
            depth -= 1
    return "".join([*kept, text[begin:]])


def faults(given: object) -> Iterator[tuple[Path, str]]:
    """Give the path of everything that cannot be kept as it was meant, and what is wrong with it.

    That is a NUL character or half a character in a text or key, and a key given twice. For what is nested deeper than
    64 levels the sentence is empty; nobody looks into it.
    """
    # Neither recursion nor a path per value: hostile content may be deep, and honest content is large.
    waiting: list[tuple[object, Path]] = [(given, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            if fault := _fault(value):
                yield path, f"holds {fault}"
        elif isinstance(value, dict | list):
            if len(path) >= DEEPEST:
                yield path, ""
            elif isinstance(value, list):
                waiting += [(inner, (*path, at)) for at, inner in enumerate(value)]
            elif fault := next(filter(None, map(_fault, value)), ""):
                yield path, f"has a key with {fault}"
            else:
                if isinstance(value, Doubled):
                    yield path, f'has "{value.key[:60]}" twice; say it once'
                waiting += [(inner, (*path, key)) for key, inner in value.items()]


def _fault(text: str) -> str:
    if "\0" in text:
        return "a NUL character; leave it out"
    if not text.isascii() and _SURROGATE.search(text):
        return "half a character (a lone surrogate); send valid Unicode"
    return ""


def readable(text: str) -> str:
    """Return a text in which what cannot be kept is a question mark, so that a message can show it."""
    return _SURROGATE.sub("?", text.replace("\0", "?"))
