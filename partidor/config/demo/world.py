"""The demo world as it is written down, and the leads made up from it. Knows nothing of the database."""

from __future__ import annotations

import json
import random
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).parent / "steinmark"
LARGE = 100
"""From so many employees on a company has a legal form in its name."""
NAMESAKES = 300
"""From this number on names come again, so that the town stands in a company's address."""
REVIEWED = "E-Mail-Postfach"
STAND = "Messestand"

World = Mapping[str, Any]
Payload = dict[str, Any]


def read_world() -> World:
    """Read the demo world: several files, one mapping."""
    world: dict[str, Any] = {}
    for path in sorted(WRITTEN.glob("*.toml")):
        language = path.stem.partition("_")[2]
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if key == "texts":
                value = [*world.get(key, ()), *({**text, "language": language} for text in value)]
            world[key] = value
    world["rulesets"] = json.loads((WRITTEN / "rules.json").read_text(encoding="utf-8"))
    world["partners"] = [
        {"verticals": [], "certifications": [], "languages": ["de"], **one} for one in world["partners"]
    ]
    return world


def keys_file(home: Path) -> Path:
    """Say where the demo keeps the keys and passwords that are shown once."""
    return home / "demo.json"


def read_kept(home: Path) -> dict[str, Any]:
    """Read what an earlier run kept; empty if there was none."""
    try:
        kept: dict[str, Any] = json.loads(keys_file(home).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return kept


def dice_of(*names: object) -> random.Random:
    """Return dice that fall the same way for the same names."""
    return random.Random(" ".join(map(str, names)))  # noqa: S311  a demo, and to be repeated


def make_lead(world: World, number: int, *, at: datetime, like: Payload | None = None, **wanted: Any) -> Payload:
    """Make up the lead of a number, in the shape of the API; the same number and wishes are always the same lead.

    ``wanted`` may name town, vertical, product, source, temperature, employees. ``like`` is an earlier lead whose
    customer asks once more.
    """
    dice = dice_of("lead", number)
    source = _source(world, dice, wanted.get("source"))
    town = wanted.get("town") or dice.choice(list(world["towns"]))
    text = _text(world, dice, town, wanted)
    spam = None
    if not wanted and dice.random() < {REVIEWED: 0.35, "website": 0.03}.get(source["name"], 0):
        spam = dice.choice(world["spam"])
    employees = wanted.get("employees") or dice.choice(world["sizes"]["employees"])
    asking = like or _customer(world, dice, number, town, text, employees)
    lead: Payload = {
        **{key: asking[key] for key in ("company", "contact", "address", "employees", "vertical")},
        "external_id": f"demo-{number}",
        "source": source["name"],
        "product": text["product"],
        "language": text["language"],
        "temperature": wanted.get("temperature") or _weighed(dice, ("hot", "warm", "cold"), source["temperatures"]),
        "timeline": dice.choice(world["timelines"][text["language"]]),
        "currency": "CHF" if asking["address"]["country"] in ("CH", "LI") else "EUR",
        "consent": {
            "basis": "consent", "share": True, "recipients": ["*"], "at": at.isoformat(),
            "marketing": dice.random() < 0.3, **world["consent"],
        },
    }  # fmt: skip
    lead["inquiry"] = _fill(text["text"], lead, dice)
    if dice.random() < 0.85:
        lead["value"] = _price(world, lead, dice)
    if source["name"] in ("website", "Merkblatt-Download") and dice.random() < 0.7:
        campaign = dice.choice(world["campaigns"])
        lead |= {"campaign": campaign["name"], "utm": campaign["utm"]}
    if spam is not None:
        return _unwanted(lead, spam)
    return lead


def _weighed(dice: random.Random, values: tuple[str, ...], weights: list[int]) -> str:
    return dice.choices(values, weights)[0]


def _source(world: World, dice: random.Random, wanted: str | None) -> Mapping[str, Any]:
    sources = world["sources"]
    if wanted is None:
        return dice.choices(sources, [source["share"] for source in sources])[0]  # type: ignore[no-any-return]
    return next(source for source in sources if source["name"] == wanted)


def _text(world: World, dice: random.Random, town: str, wanted: Mapping[str, Any]) -> Mapping[str, str]:
    """Choose what is asked: in English more often where more languages are spoken."""
    english = 0.4 if _place(world, town)[0] in ("CH", "LU") else 0.12
    language = wanted.get("language") or ("en" if dice.random() < english else "de")
    fitting = [
        text
        for text in world["texts"]
        if text["language"] == language and all(wanted.get(key) in (None, text[key]) for key in ("vertical", "product"))
    ]
    chosen: Mapping[str, str] = dice.choice(fitting or world["texts"])
    return chosen


def _place(world: World, town: str) -> tuple[str, str, str, float, float]:
    place: tuple[str, str, str, float, float] = tuple(world["towns"].get(town) or world["far"][town])
    return place


def _customer(
    world: World, dice: random.Random, number: int, town: str, text: Mapping[str, str], employees: int
) -> Payload:
    country, code, region, _, _ = _place(world, town)
    names = world["names"]
    forms = [form for form in world["forms"][text["vertical"]] if text.get("asked_by", "") in form]
    if employees >= LARGE:
        forms = [form for form in forms if re.search(r"GmbH|AG|KG", form)] or forms
    company = forms[(number * 3 + number // len(names)) % len(forms)].format(name=names[number * 7 % len(names)])
    if country == "CH":
        company = company.replace("gGmbH", "AG").replace("GmbH & Co. KG", "AG").replace(" KG", " GmbH")
    plain = re.sub(r" (gGmbH|GmbH.*|AG|KG)$", "", company)
    domain = f"{slug(f'{plain} {town}' if number >= NAMESAKES else plain)}.example"
    contact = _contact(world, dice, number, text["language"])
    street = dice.choice(world["streets"].get(country, world["streets"]["DE"]))
    return {
        "company": company,
        "contact": {**contact, "email": f"{slug(contact['first_name'])}.{slug(contact['last_name'])}@{domain}"},
        "address": {
            "street": f"{street} {dice.randint(1, 99)}",
            "postal_code": code,
            "city": town,
            "region": region,
            "country": country,
        },
        "employees": employees,
        "vertical": text["vertical"],
    }


def _contact(world: World, dice: random.Random, number: int, language: str) -> dict[str, str]:
    contacts = world["contacts"]
    prefix = "english_" if language == "en" else ""
    job = dice.choice(contacts["jobs"])
    contact = {
        "first_name": dice.choice(contacts[f"{prefix}first"]),
        "last_name": dice.choice(contacts[f"{prefix}last"]),
        "job_title": job[language],
        "role": job["role"],
    }
    if dice.random() < 0.8:
        phone = world["phones"][number % len(world["phones"])].replace("###", f"{number * 37 % 1000:03}")
        contact["phone"] = f"+49 {phone[1:]}"
    return contact


def _fill(text: str, lead: Payload, dice: random.Random) -> str:
    contact = lead["contact"]
    return text.format(
        name=f"{contact['first_name']} {contact['last_name']}",
        company=lead["company"],
        town=lead["address"]["city"],
        employees=lead["employees"],
        sites=max(2, min(14, round(lead["employees"] / 9) + dice.randint(0, 2))),
        phone=contact.get("phone", contact["email"]),
    )


def _price(world: World, lead: Payload, dice: random.Random) -> str:
    price = world["products"][lead["product"]] * (0.55 + lead["employees"] / 22) ** 0.85 * dice.uniform(0.8, 1.3)
    step = 100 if price < 10_000 else 500 if price < 50_000 else 1_000
    return f"{max(step, round(price / step) * step)}.00"


def _unwanted(lead: Payload, spam: Mapping[str, str]) -> Payload:
    """Turn a lead into something that nobody wants, with what such a mail tells and leaves out."""
    kept = {key: lead[key] for key in ("external_id", "source", "temperature", "language", "address")}
    who = {"email": f"hello{lead['external_id']}@{slug(spam['company'])}.example", "last_name": spam["company"]}
    return {**kept, "company": spam["company"], "contact": who, "inquiry": spam["text"]}


def slug(text: str) -> str:
    """Write a name as an address has it."""
    spelled = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
