"""Times, money, numbers, places as people read them, in their language and time zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone_name
from babel.numbers import format_compact_currency, format_currency, format_decimal
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from partidor.domain.business_time import DAYS
from partidor.domain.words import SOURCE
from partidor.queries.rules.in_force import Publisher

_BAND = re.compile(r"(\d+)(?:-(\d+)|(\+))(?: ([A-Z]{3}))?")
WHOLE = {"en_GB": "¤#,##0", "de": "#,##0\u00a0¤"}


def locale() -> str:
    """Return the locale of the page: British English, with the day before the month, or German."""
    return "de" if translation.get_language() == "de" else "en_GB"


@lru_cache(maxsize=4)
def _of(name: str) -> Locale:
    return Locale.parse(name)


def country_name(code: str) -> str:
    """Return a country's name; the code itself if nobody knows it."""
    return str(_of(locale()).territories.get(code.upper(), code))


def language_name(tag: str) -> str:
    """Return a language's name; the tag itself if nobody knows it."""
    return str(_of(locale()).languages.get(tag.partition("-")[0].lower(), tag))


def source_name(name: str) -> str:
    """Return a source's name: that of a usual one in words, a vendor's own as it is written."""
    return _(SOURCE[name]) if name in SOURCE else name


def exact_time(at: datetime) -> str:
    """Write day and time: ``17 November 2026, 13:44`` or ``17. November 2026, 13:44 Uhr``."""
    here = timezone.localtime(at)
    text = f"{format_date(here, 'long', locale())}, {format_time(here, 'short', locale=locale())}"
    return f"{text} Uhr" if locale() == "de" else text


def day(at: datetime) -> str:
    """Write a day: ``17 November 2026``."""
    return format_date(timezone.localtime(at), "long", locale())


def weekday(at: datetime) -> str:
    """Write a day as a head: ``Tuesday, 17 November``."""
    return format_date(timezone.localtime(at), "EEEE, d. MMMM" if locale() == "de" else "EEEE, d MMMM", locale())


def short_day(day: date) -> str:
    """Write a day of somebody's calendar: ``Thu, 19 Nov``."""
    return str(format_skeleton("MMMEd", datetime.combine(day, time()), locale=locale()))


def day_name(key: str) -> str:
    """Name a day of the week by its key: ``mon`` is Monday."""
    return str(_of(locale()).days["stand-alone"]["wide"][DAYS.index(key)])


def zone_name(name: str) -> str:
    """Name a time zone: ``Central European Time``."""
    return str(get_timezone_name(name, "long", locale=locale()))


def clock_time(at: datetime, now: datetime) -> str:
    """Write a time that is near: ``15:30``, ``tomorrow, 11:00``, ``Thu, 19 Nov, 12:00``."""
    there, here = timezone.localtime(at), timezone.localtime(now)
    clock = format_time(there, "short", locale=locale())
    days = (there.date() - here.date()).days
    if days in (-1, 0, 1):
        word = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
        return f"{word}, {clock}"
    return f"{format_skeleton('MMMEd', there, locale=locale())}, {clock}"


def ago(at: datetime, now: datetime) -> str:
    """Write how long ago, or in what time, something is: ``14 minutes ago``."""
    gap = at - now
    if abs(gap) < timedelta(seconds=45):
        return _("just now")
    return format_timedelta(
        gap, add_direction=True, threshold=1.5 if abs(gap) < timedelta(days=60) else 1, locale=locale()
    )


def lasting(span: timedelta | float | None) -> str:
    """Write a length of time (or seconds) in its two largest units: ``1 h 46 min``, ``2 days 4 h``, ``40 s``."""
    if span is None:
        return "–"
    seconds = max(0, round(span.total_seconds() if isinstance(span, timedelta) else span))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        shown = [_days(days), _unit(hours, pgettext("unit", "h")) if days < 3 else ""]
    elif hours:
        shown = [_unit(hours, pgettext("unit", "h")), _unit(minutes, pgettext("unit", "min"))]
    elif minutes:
        shown = [
            _unit(minutes, pgettext("unit", "min")),
            _unit(seconds % 60, pgettext("unit", "s")) if minutes < 10 else "",
        ]
    else:
        return f"{seconds}\u00a0{pgettext('unit', 's')}"
    return " ".join(filter(None, shown))


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": number(count)}


def _unit(count: int, name: str) -> str:
    return f"{count}\u00a0{name}" if count else ""


def amount(value: str | float, currency: str) -> str:
    """Write money, without decimals when there are none: ``€48,000`` or ``48.000 €``."""
    number = float(value)
    if not currency:
        return format_decimal(number, locale=locale())
    whole = number == int(number)
    return format_currency(
        number, currency, currency_digits=not whole, format=WHOLE[locale()] if whole else None, locale=locale()
    )


def short_amount(value: str | float, currency: str) -> str:
    """Write money in short: ``€48K``, ``48.000 €`` below a hundred thousand in German."""
    return format_compact_currency(float(value), currency or "EUR", fraction_digits=0, locale=locale())


def number(value: float, digits: int = 0) -> str:
    """Write a number with at most so many decimals."""
    return format_decimal(round(value, digits), format="#,##0." + "#" * digits if digits else "#,##0", locale=locale())


def kilometres(value: float | None) -> str:
    """Write a distance in whole kilometres."""
    return "" if value is None else f"{number(max(1, round(value)))}\u00a0km"


def people(count: int | None) -> str:
    """Write how many people work there."""
    if count is None:
        return ""
    return ngettext("%(count)s employee", "%(count)s employees", count) % {"count": number(count)}


def band(text: str | None) -> str:
    """Write a band of domain/masking: ``50-249`` is ``50–249 employees``, ``25000-49999 EUR`` is ``€25–50 k``."""
    found = _BAND.fullmatch(text or "")
    if found is None:
        return ""
    least, most, open_end, currency = found.groups()
    if currency is None:
        span = _("more than {least}").format(least=number(int(least))) if open_end else f"{least}–{most}"
        return _("{span} employees").format(span=span)
    upper = "" if open_end else number((int(most) + 1) // 1000)
    lower = number(int(least) // 1000)
    sign = _of(locale()).currency_symbols.get(currency, currency)
    if open_end:
        return _("more than {currency}{least}k").format(least=lower, currency=sign)
    return _("{currency}{least}–{most}k").format(least=lower, most=upper, currency=sign)


def phone(number_e164: str) -> str:
    """Write a phone number in groups, with its country: ``+49 8031 900100``; what is none stays as it is."""
    try:
        read = phonenumbers.parse(number_e164)
    except phonenumbers.NumberParseException:
        return number_e164
    return phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def initials(name: str) -> str:
    """Return the two letters of a mark: of the first two words, else of the first."""
    words = re.findall(r"[^\W\d_]+", name)
    letters = words[0][0] + words[1][0] if len(words) > 1 else "".join(words)[:2]
    return (letters or name[:2] or "?").upper()


def publisher(by: Publisher) -> str:
    """Say who saved or published."""
    if by.kind == "person":
        return by.name or _("somebody who is no longer here")
    if by.kind == "key":
        return _("the key “{name}”").format(name=by.name) if by.name else _("a key")
    return "Partidor"
