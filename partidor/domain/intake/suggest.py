"""A first mapping for a table nobody has mapped yet: which column is which field, told by its name and its cells.

Names are known in English, German and Spanish, as people and systems (Odoo, HubSpot, Salesforce) call their columns.
A guess is shown to people before anything is done with it; what is not recognised is left alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import phonenumbers

from partidor.domain.intake import codes
from partidor.domain.intake.folding import folded
from partidor.domain.intake.mapping import Cell, ImportMapping, Kind

_PLACE: Mapping[str, str] = {
    "address.street": "street, street 1, address, address 1, address line 1, strasse, anschrift, adresse, strasse und "
    "hausnummer, strasse nr, direccion, calle, domicilio",
    "address.postal_code": "zip, zip code, zipcode, postal code, postalcode, postcode, plz, postleitzahl, codigo postal, cp, c p",
    "address.city": "city, town, ort, stadt, wohnort, ciudad, poblacion, localidad, municipio, geographykey city",
    "address.region": "state, region, province, state province, state or province, bundesland, kanton, land region, provincia, "
    "estado, comunidad autonoma, state id",
    "address.country": "country, country code, countryregioncode, country region, country id, land, staat, laendercode, pais, "
    "codigo pais",
    "location.lat": "lat, latitude, breite, breitengrad, latitud, storelat",
    "location.lon": "lon, lng, long, longitude, laenge, laengengrad, longitud, storelon, storelong",
}
_PARTNERS: Mapping[str, str] = {
    "external_id": "id, no, number, nr, nummer, partner id, partner no, partnernummer, kundennummer, haendlernummer, haendlernr, debitor, external id, "
    "key, reseller key, reselleralternatekey, reference, referencia, numero, codigo",
    "name": "name, company, company name, partner, partner name, reseller, resellername, firma, firmenname, "
    "firmenbezeichnung, unternehmen, haendler, empresa, razon social, nombre, compania",
    "kind": "kind, partner type, partnertyp, partnerart, tipo de partner",
    "email": "email, e mail, mail, email address, e mail adresse, mailadresse, correo, correo electronico",
    "phone": "phone, telephone, phone number, tel, telefon, telefonnummer, fon, rufnummer, mobile, telefono, movil",
    "language": "language, lang, sprache, idioma",
    "time_zone": "time zone, timezone, tz, zeitzone, zona horaria",
    "weight": "weight, gewicht, gewichtung, peso",
    "max_open_leads": "max open leads, max leads, max offene leads, limit, open leads at most",
    "monthly_cap": "monthly cap, monthly limit, monatslimit",
    "weekly_pace": "weekly pace, weekly limit, leads per week, wochenlimit, leads pro woche",
    **_PLACE,
}
_TAGS: Mapping[str, str] = {
    "tier": "tier, level, grade, partner level, status, stufe, rang, partnerstufe, partnerstatus, nivel, categoria, "
    "type, typ, tipo",
    "vertical": "vertical, industry, sector, vocation, branche, branchen, businesstype, business type, sector industrial, "
    "industria, zielbranche",
    "certification": "certification, certifications, certificate, zertifikat, zertifikate, zertifizierung, certificacion, "
    "certificaciones",
    "product": "product, products, product line, productline, produkt, produkte, producto, productos",
}
_LEADS: Mapping[str, str] = {
    "external_id": "id, no, nr, number, lead id, external id, key, badge, prospectivebuyerkey, customerkey, referencia, "
    "codigo",
    "company": "company, company name, customer, organisation, organization, account, account name, partner name, firma, "
    "firmenname, unternehmen, kunde, empresa, compania, cliente, razon social",
    "contact.first_name": "first name, firstname, given name, vorname, nombre, first",
    "contact.last_name": "last name, lastname, surname, family name, nachname, familienname, apellido, apellidos, last",
    "contact.name": "name, contact, contact name, full name, ansprechpartner, kontakt, contacto, nombre y apellidos, "
    "nombre completo",
    "contact.email": "email, e mail, mail, email from, email address, emailaddress, e mail adresse, correo, correo electronico",
    "contact.phone": "phone, telephone, phone number, tel, telefon, telefonnummer, rufnummer, mobile, handy, telefono, movil",
    "contact.job_title": "job title, job position, position, function, title, funktion, stelle, cargo, puesto",
    "inquiry": "inquiry, message, description, notes, note, comment, comments, internal notes, text, subject, "
    "opportunity, nachricht, anfrage, bemerkung, bemerkungen, notiz, notizen, betreff, mensaje, consulta, "
    "descripcion, notas, asunto",
    "product": "product, interest, product interest, productline, produkt, interesse, producto, interes, tags",
    "vertical": "vertical, industry, branche, sector, industria",
    "employees": "employees, headcount, company size, number of employees, mitarbeiter, mitarbeiterzahl, empleados",
    "value": "value, amount, budget, expected revenue, deal value, revenue, wert, betrag, auftragswert, umsatz, valor, "
    "importe, presupuesto, ingreso esperado",
    "currency": "currency, waehrung, moneda, divisa",
    "temperature": "temperature, temperatur, temperatura",
    "timeline": "timeline, when, zeitrahmen, plazo",
    "campaign": "campaign, kampagne, campana",
    "language": "language, lang, sprache, idioma",
    **_PLACE,
}
_MEANT: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "reseller": "haendler, fachhaendler, wiederverkaeufer, revendedor",
        "var": "value added reseller, fachhaendler var",
        "system_integrator": "systemhaus, integrator, integrador",
        "oem": "original equipment manufacturer",
        "affiliate": "vermittler, afiliado",
        "distributor": "grosshaendler, distribuidor, mayorista",
        "technology": "technology partner, technologiepartner",
        "consulting": "consultancy, consultant, beratung, consultoria",
        "agent": "handelsvertretung, handelsvertreter, agente",
        "own_sales": "eigener vertrieb",
    },
    "temperature": {"hot": "heiss, caliente", "warm": "templado", "cold": "kalt, frio"},
}
"""Words of cells that stand for ours."""
_WORDS = re.compile(r"[a-z0-9]+")


def _named(name: str) -> str:
    # CountryRegionCode and country_region_code are the words they are made of.
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(_WORDS.findall(folded(parted)))


def _known(table: Mapping[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for path, listed in table.items():
        for name in (path.rpartition(".")[2].replace("_", " "), *listed.split(", ")):
            names.setdefault(_named(name), path)
            names.setdefault(_named(name).replace(" ", ""), path)
    return names


MEANINGS = {path: _known(words) for path, words in _MEANT.items()}
NAMES = {"partners": _known(_PARTNERS), "leads": _known(_LEADS)}
TAG_NAMES = _known(_TAGS)
_COMMA = re.compile(r",\d{1,2}$|^\d{1,3}(?:\.\d{3})*\.000$")
"""An amount as it is written with a decimal comma: 48.000,00 or 12.000 (48.125 may be dinars with three decimals)."""
_SEPARATORS = (";", "|", ",")

Rows = Sequence[Mapping[str, str]]


def suggested(kind: Kind, header: Iterable[str], rows: Rows) -> ImportMapping:
    """Guess a mapping from the header and the first rows."""
    fields: dict[str, Cell] = {}
    tags: dict[str, Cell] = {}
    columns = [column for column in header if column]
    for column in columns:
        texts = [text for row in rows if (text := (row.get(column) or "").strip())]
        name = _named(column)
        path = NAMES[kind].get(name) or NAMES[kind].get(name.replace(" ", ""), "")
        if kind == "partners" and TAG_NAMES.get(name) != "vertical" and _is_kind(texts):
            path = "kind"
        if path and path not in fields and texts:
            fields[path] = Cell((column,))
        elif (
            kind == "partners"
            and not path
            and (dimension := TAG_NAMES.get(name, ""))
            and dimension not in tags
            and texts
        ):
            tags[dimension] = Cell((column,), split_at=_separator(texts) if dimension != "tier" else "")
    country = "" if "address.country" in fields else _country(rows)
    if not _regions_are_known(fields.get("address.region"), rows, country):
        fields.pop("address.region", None)
    if "name" not in fields and "company" not in fields and columns and kind == "partners":
        fields["name"] = Cell((columns[0],))
    if not fields and columns:
        fields["inquiry" if kind == "leads" else "name"] = Cell((columns[0],))
    decimal = "," if kind == "leads" and _has_comma(fields.get("value"), rows) else "."
    values = {path: found for path in MEANINGS if path in fields and (found := _meant(path, fields[path], rows))}
    return ImportMapping(fields, tags, values, {"address.country": country} if country else {}, decimal=decimal)


def meaning(path: str, text: str) -> str:
    """Return the word of ours that a person means for a field, such as ``reseller`` by *Händler*; else the text."""
    return MEANINGS.get(path, {}).get(_named(text), text)


def _is_kind(texts: Sequence[str]) -> bool:
    return bool(texts) and all(_named(text) in MEANINGS["kind"] for text in texts)


def _meant(path: str, cell: Cell, rows: Rows) -> dict[str, object]:
    """Return the words of a column that stand for ours, and what they mean."""
    texts = dict.fromkeys(cell.text(row) for row in rows)
    meant = {text: MEANINGS[path].get(_named(text), "") for text in texts}
    return {text: ours for text, ours in meant.items() if ours and _named(text) != _named(ours.replace("_", " "))}


def _separator(texts: Sequence[str]) -> str:
    return next((mark for mark in _SEPARATORS if sum(mark in text for text in texts) * 10 >= len(texts)), "")


def _has_comma(cell: Cell | None, rows: Rows) -> bool:
    texts = [cell.text(row) for row in rows] if cell else []
    return any(_COMMA.search(text.strip("€£ ")) for text in texts)


def _regions_are_known(cell: Cell | None, rows: Rows, country: str) -> bool:
    texts = [text for row in rows if (text := cell.text(row))] if cell else []
    if country:
        return sum(codes.region_code(text, country) is not None for text in texts) * 2 >= len(texts)
    return True


def _country(rows: Rows) -> str:
    """Guess the one country of a table that has no column for it, from phones and from the endings of addresses."""
    votes: Counter[str] = Counter()
    for row in rows:
        text = " ".join(cell for cell in row.values() if cell)
        found = {
            phonenumbers.region_code_for_country_code(int(code))
            for code in re.findall(r"\+([1-9]\d{1,2})(?=[\s(/-])", text)
        }
        found |= {ending.upper() for ending in re.findall(r"\w\.([a-z]{2})(?=$|[\s/;,])", text)}
        votes.update(found & codes.COUNTRIES)
    if not votes:
        return ""
    ((best, count),) = votes.most_common(1)
    return best if count * 2 > len(rows) else ""
