"""What codes are called inside a sentence: kinds, fields, values, tags, numbers; in English and German.

The English words are those of ``domain/words.py``; names of countries and languages are the CLDR's, by babel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from partidor.domain import words
from partidor.domain.intake.codes import region_name

Labels = Mapping[str, str]
"""What a vendor calls its custom fields, by key."""

_GERMAN: Mapping[str, Mapping[str, str]] = {
    "temperature": {"hot": "heiß", "warm": "warm", "cold": "kalt"},
    "source": {"website": "Website", "api": "API", "import": "Importierte Liste"},
    "source_kind": {
        "api": "Direkte Anbindung", "form": "Webformular", "import": "Importierte Liste", "event": "Messe",
        "email": "E-Mail", "crm": "Direktvertrieb",
    },
    "partner_kind": {
        "reseller": "Händler", "var": "Fachhändler (VAR)", "system_integrator": "Systemhaus",
        "distributor": "Distributor", "oem": "OEM", "affiliate": "Affiliate", "technology": "Technologiepartner",
        "consulting": "Beratung", "agent": "Handelsvertretung", "own_sales": "Eigener Vertrieb",
    },
    "contact_role": {"decision": "entscheidet", "it": "IT", "purchase": "Einkauf", "compliance": "Compliance"},
    "dimension": {
        "tier": "Stufe", "vertical": "Branche", "region": "Region", "language": "Sprache",
        "certification": "Zertifikat", "specialisation": "Spezialisierung", "type": "Art",
    },
    "field": {
        "company": "Firma", "street": "Straße", "postal_code": "Postleitzahl", "city": "Ort", "region": "Region",
        "country": "Land", "inquiry": "Anfrage", "product": "Produkt", "vertical": "Branche", "language": "Sprache",
        "employees": "Mitarbeitende", "value": "Wert", "currency": "Währung", "temperature": "Temperatur",
        "timeline": "Zeitrahmen", "campaign": "Kampagne", "source": "Quelle", "source_kind": "Art der Quelle",
        "flags": "Hinweise am Lead", "test": "Test-Lead", "first_name": "Vorname", "last_name": "Nachname",
        "email": "E-Mail", "phone": "Telefon", "job_title": "Funktion", "role": "Rolle", "utm_source": "UTM-Quelle",
        "utm_medium": "UTM-Medium", "utm_campaign": "UTM-Kampagne", "utm_term": "UTM-Begriff",
        "utm_content": "UTM-Inhalt",
    },
    "flag": {
        "duplicate_customer": "Bekannter Kunde", "possible_duplicate": "Vielleicht ein bekannter Kunde",
        "repeated_inquiry": "Erneut angefragt", "phone_unverified": "Telefon nicht lesbar",
        "postal_code_unverified": "Postleitzahl nicht lesbar", "location_unverified": "Koordinaten nicht lesbar",
        "region_unverified": "Region unbekannt",
        "not_placed": "Ort unbekannt", "country_assumed": "Land angenommen", "text_repaired": "Text bereinigt",
        "postal_code_repaired": "Postleitzahl bereinigt", "phone_repaired": "Telefon bereinigt",
        "address_repaired": "Anschrift bereinigt", "contact_repaired": "Kontakt bereinigt",
    },
    "tag": {"gold": "Gold", "silver": "Silber", "bronze": "Bronze"},
}  # fmt: skip
_NAMED_VALUES = {"temperature": "temperature", "source_kind": "source_kind", "role": "contact_role", "flags": "flag"}
_CODE = re.compile(r"[a-z]+([-_][a-z]+)*")


def spoken(language: str) -> str:
    """Return ``de`` for German of any country, else ``en``."""
    return "de" if language.casefold().replace("_", "-").partition("-")[0] == "de" else "en"


def named(table: str, code: str, language: str) -> str:
    """Name a code of one of the tables of ``domain/words.py``; what has no name there is shown as it is written."""
    if spoken(language) == "de" and code in _GERMAN[table]:
        return _GERMAN[table][code]
    return words.NAMES[table].get(code, code)


def kind_name(kind: str, language: str) -> str:
    """Name a kind of partner, as it stands inside a sentence."""
    return inside(named("partner_kind", kind, language), language)


def field_name(field: str, language: str, labels: Labels | None = None) -> str:
    """Name a field of a lead, as it stands inside a sentence; a custom one as the vendor labels it."""
    if field.startswith("custom."):
        return (labels or {}).get(field[7:]) or readable(field[7:])
    return inside(named("field", field, language), language)


def dimension_name(dimension: str, language: str) -> str:
    """Name a dimension of tags, as it stands inside a sentence; a vendor's own as it is written."""
    if dimension in words.DIMENSION:
        return inside(named("dimension", dimension, language), language)
    return readable(dimension)


def tag_name(dimension: str, value: str, language: str) -> str:
    """Name the value of a tag: languages and regions by their names, codes in lower case as words."""
    if dimension == "language":
        return language_name(value, language)
    if dimension == "country":
        return country_name(value, language)
    if dimension == "region":
        return region_name(value, spoken(language))
    if dimension == "tier" and spoken(language) == "de" and value.casefold() in _GERMAN["tag"]:
        return _GERMAN["tag"][value.casefold()]
    return readable(value)


def value_name(field: str, value: object, language: str) -> str:
    """Name the value of a lead's field, as a person would write it."""
    if isinstance(value, bool):
        return {("en", True): "yes", ("en", False): "no", ("de", True): "ja", ("de", False): "nein"}[
            spoken(language), value
        ]
    if isinstance(value, (int, float)):
        return number(value, language)
    text = str(value)
    if field == "country":
        return country_name(text, language)
    if field == "language":
        return language_name(text, language)
    if field == "region":
        return region_name(text, spoken(language))
    if field == "source":
        return named("source", text, language)
    if field in _NAMED_VALUES:
        name = named(_NAMED_VALUES[field], text.casefold(), language)
        return inside(name, language) if field == "temperature" else name
    return text


def country_name(code: str, language: str) -> str:
    """Name a country (ISO 3166-1 alpha-2); anything else is shown as it is written."""
    return str(Locale(spoken(language)).territories.get(code.upper(), code))


def language_name(tag: str, language: str) -> str:
    """Name a language (BCP 47); anything else is shown as it is written."""
    try:
        return Locale.parse(tag.replace("-", "_")).get_display_name(spoken(language)) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def readable(code: str) -> str:
    """Show a code in lower case as words with a capital; anything a person may have written as it is."""
    if _CODE.fullmatch(code):
        code = re.sub("[-_]", " ", code)
        return code[0].upper() + code[1:]
    return code


def inside(name: str, language: str) -> str:
    """Put a name inside an English sentence: in lower case, unless it is an abbreviation. German nouns keep theirs."""
    if spoken(language) == "de" or name[1:2].isupper():
        return name
    return name[:1].lower() + name[1:]


def number(value: float, language: str, decimals: int = 2) -> str:
    """Write a number with at most so many decimals, as is usual where the language is spoken."""
    text = format_decimal(round(value, decimals) + 0, format=f"#,##0.{'#' * decimals}", locale=spoken(language))
    return "0" if text == "-0" else text


def kilometres(km: float, most: float, language: str) -> tuple[str, str]:
    """Write a distance and what is allowed in whole km, or with a decimal where the two would read the same."""
    decimals = 0 if round(km) != round(most) else 1
    return number(km, language, decimals), number(most, language, decimals)


def listed(texts: Sequence[str], word: str) -> str:
    """Join texts by commas, the last two by a word (with its blanks)."""
    return word.join(filter(None, [", ".join(texts[:-1]), texts[-1]])) if texts else ""
