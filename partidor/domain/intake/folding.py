"""Folding: one spelling for what people write in many, so that names can be compared and looked up."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NO_WORD = re.compile(r"[\W_]+")
# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"})


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Return the words of a text in small plain letters, parted by one blank.

    ``Müller``, ``Mueller`` and ``Muller`` come out the same, for all three are written for one name: marks are
    dropped, and so is the e that stands for one. Folding what is folded changes nothing.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char)).translate(_PLAIN).casefold()
    words = _NO_WORD.sub(" ", plain).strip()
    # Until nothing changes, lest folding twice drop more than folding once ("aee").
    for _ in range(len(words)):
        shorter = words.replace("ae", "a").replace("oe", "o").replace("ue", "u")
        if shorter == words:
            break
        words = shorter
    return words
