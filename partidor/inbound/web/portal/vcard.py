"""A contact card (vCard 3.0, RFC 2426) of the people who stand in a lead, for the address book of a phone."""

from __future__ import annotations

import re

from partidor.queries.leads.cards import ContactCard, LeadCard

_LONGEST = 75
"""Octets of a line; a longer one is folded."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def vcards(lead: LeadCard, *, country: str) -> str:
    """Write everybody who stands in a lead, the main contact first; ``country`` is its name."""
    people = [lead.contact, *lead.contacts] if lead.contact else [ContactCard("", "", "", "", "", "")]
    return "".join(_vcard(one, lead, country) for one in people)


def _vcard(one: ContactCard, lead: LeadCard, country: str) -> str:
    name = f"{one.first_name} {one.last_name}".strip()
    address = lead.address
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        _line("N", one.last_name, one.first_name, "", "", ""),
        _line("FN", name or lead.company or one.email or lead.ref),
        _line("ORG", lead.company) if lead.company else "",
        _line("TITLE", one.job_title) if one.job_title else "",
        _line("TEL;TYPE=WORK,VOICE", one.phone) if one.phone else "",
        _line("EMAIL;TYPE=INTERNET,WORK", one.email) if one.email else "",
        _line("ADR;TYPE=WORK", "", "", address.street, address.city, "", address.postal_code, country),
        "END:VCARD",
    ]
    return "".join(_folded(line) for line in lines if line)


def _line(name: str, *parts: str) -> str:
    return f"{name}:{';'.join(_escaped(part) for part in parts)}"


def _escaped(text: str) -> str:
    text = _CONTROL.sub(" ", text.replace("\r\n", "\n"))
    for mark in ("\\", ";", ","):
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line so that none is longer than 75 octets, and no letter is broken."""
    rows, row, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > _LONGEST:
            rows.append(row)
            row, size = " ", 1
        row, size = row + letter, size + width
    return "\r\n".join([*rows, row]) + "\r\n"
