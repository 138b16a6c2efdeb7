"""Two people with one form: what each of them changed, entry by entry, and the form that holds both changes.

A form is a flat mapping from a name to a text or a list; an entry that is missing is one that says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

Entries = Mapping[str, object]


def changed(before: Entries, after: Entries) -> list[str]:
    """List the entries that differ, in the order of the first form, then of the second."""
    return [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]


def rebased(shown: Entries, typed: Entries, now: Entries) -> dict[str, object]:
    """Make what somebody changed between ``shown`` and ``typed`` in the form as it stands now."""
    mine = changed(shown, typed)
    kept = {name: value for name, value in now.items() if name not in mine}
    return kept | {name: typed[name] for name in mine if name in typed}
