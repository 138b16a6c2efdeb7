"""The story of a lead in words: where it stands, what happened, what comes next. Never a code, whatever the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from partidor.domain.words import ATTENTION, DECLINE_REASON, FIELD, LOST_REASON, OFFER_STATE, REJECT_REASON, Names
from partidor.inbound.web.components.icons import Icon
from partidor.inbound.web.components.wording import amount, clock_time, day, lasting, number, source_name
from partidor.queries.leads.page.plan import Box, Standing
from partidor.queries.leads.page.timeline import Actor, Happening

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline: a sentence, when, by whom, and its icon; turning points are tinted."""

    sentence: SafeString
    at: datetime
    by: str
    icon: str
    turning: bool


def strong(text: object) -> SafeString:
    """Set something in bold."""
    return format_html("<b>{}</b>", text)


def names(partners: Sequence[str]) -> SafeString:
    """List partners by name in bold; of many the first three, and the others counted."""
    shown = list(partners) if len(partners) <= MOST_NAMES + 1 else list(partners[:MOST_NAMES])
    more = len(partners) - len(shown)
    last = (
        ngettext("{n} more", "{n} more", more).format(n=number(more)) if more else strong(shown.pop()) if shown else ""
    )
    if not shown:
        return format_html("{}", last)
    start = format_html(", ".join(["{}"] * len(shown)), *map(strong, shown))
    return format_html(_("{some} and {last}"), some=start, last=last)


def state_said(standing: Standing, now: datetime) -> str:
    """Say where a lead stands: with whom, and how long."""
    partner = standing.partners[0] if standing.partners else ""
    until = clock_time(standing.until, now) if standing.until else ""
    since = clock_time(standing.since, now) if standing.since else ""
    reason = _(ATTENTION[standing.reason]) if standing.reason in ATTENTION else ""
    if standing.state == "offered":
        left = _left(standing.until, now) if standing.until else ""
        if len(standing.partners) > 1:
            return _("{n} in competition, {left}").format(n=number(len(standing.partners)), left=left)
        return _("Offered to {partner}, {left}").format(partner=partner, left=left)
    forms: dict[str, Callable[[], str]] = {
        "accepted": lambda: _("With {partner} since {since}").format(partner=partner, since=since),
        "unassigned": lambda: _("No partner: {reason}").format(reason=reason) if reason else _("No partner"),
        "in_review": lambda: reason or _("Waits for review"),
        "parked": lambda: _("Parked until {until}").format(until=until),
        "won": lambda: _("Won by {partner}").format(partner=partner) if partner else _("Won"),
        "lost": lambda: _("Lost by {partner}").format(partner=partner) if partner else _("Lost"),
        "rejected": lambda: _and_reason(_("Rejected"), standing.reason, REJECT_REASON),
        "withdrawn": lambda: _("Withdrawn"),
    }
    return forms.get(standing.state, lambda: _("Being routed"))()


def _left(until: datetime, now: datetime) -> str:
    """Say how long an offer runs: what is left of it today, else until when, since nights may not count."""
    if timezone.localtime(until).date() > timezone.localtime(now).date():
        return _("until {until}").format(until=clock_time(until, now))
    return _("{left} left").format(left=lasting(until - now))


STATE_ICONS = {
    "offered": Icon("hourglass"), "accepted": Icon("user-check"), "unassigned": Icon("alert-triangle"),
    "in_review": Icon("clipboard-check"), "parked": Icon("player-pause"), "won": Icon("trophy"),
    "lost": Icon("circle-x"), "rejected": Icon("ban"), "withdrawn": Icon("arrow-back-up"),
}  # fmt: skip


_FIELDS = {
    **FIELD, "value_minor": FIELD["value"], "lat": gettext_noop("Place"), "lon": gettext_noop("Place"),
    "contacts": gettext_noop("Contacts"), "utm": gettext_noop("Origin"), "consent": gettext_noop("Consent"),
    "custom": gettext_noop("Fields of your own"),
}  # fmt: skip

_HELD = {
    "source": gettext_noop("Held for review, as its source asks"),
    "declined-as-spam": gettext_noop("Back to review: two partners call it spam"),
    "parking-over": gettext_noop("Back to review: it was parked until now"),
}
_PLAIN = {
    "lead.repeated": gettext_noop("The same person asked for the same again"),
    "lead.duplicate_flagged": gettext_noop("The customer is known: there are other leads"),
    "lead.released": gettext_noop("Released from review"),
    "lead.activity": gettext_noop("The partner noted an activity"),
    "lead.stage_changed": gettext_noop("Moved along the pipeline"),
    "lead.stalled": gettext_noop("Nothing was heard for long: it stands still"),
    "lead.feedback": gettext_noop("The partner rated the lead"),
    "lead.erased": gettext_noop("Personal values were erased"),
    "rules.published": gettext_noop("New rules came into force"),
}
_ABOUT = {
    "lead.handed_back": gettext_noop("{partners} gave it back"),
    "lead.taken_back": gettext_noop("Taken back from {partners}"),
    "lead.disclosed": gettext_noop("Contact shown to {partners} for the first time"),
    "offer.reminded": gettext_noop("Reminded {partners}"),
    "offer.interested": gettext_noop("{partners} would like to have it"),
    "offer.accepted": gettext_noop("{partners} accepted it"),
    "offer.declined": gettext_noop("{partners} declined"),
    "offer.expired": gettext_noop("{partners} let it lapse"),
    "offer.superseded": gettext_noop("Somebody else was quicker than {partners}"),
    "offer.withdrawn": gettext_noop("The offer to {partners} was withdrawn"),
    "offer.seen": gettext_noop("{partners} looked at it"),
    "partner.paused": gettext_noop("{partners} pauses"),
    "partner.resumed": gettext_noop("{partners} is back"),
    "points.earned": gettext_noop("{partners} earned points"),
}
_AWARDED = {
    "offer.accepted": gettext_noop("{partners} has it: the best of those who were interested"),
    "offer.superseded": gettext_noop("Another partner suited better than {partners}"),
}
"""What is said where the clock chose among those who were interested."""
_ICONS = {
    "lead.received": Icon("inbox"), "lead.repeated": Icon("repeat"), "lead.duplicate_flagged": Icon("copy"),
    "customer.same": Icon("link"), "customer.other": Icon("link-off"),
    "lead.updated": Icon("pencil"), "lead.held": Icon("clipboard-check"), "lead.released": Icon("clipboard-check"),
    "lead.rejected": Icon("ban"), "lead.parked": Icon("player-pause"), "lead.offered": Icon("route-2"),
    "lead.unassigned": Icon("alert-triangle"), "lead.assigned": Icon("hand-move"), "lead.rerouted": Icon("repeat"),
    "lead.handed_back": Icon("arrow-back-up"), "lead.taken_back": Icon("arrow-back-up"),
    "lead.withdrawn": Icon("arrow-back-up"), "lead.disclosed": Icon("address-book"), "lead.stalled": Icon("zzz"),
    "lead.won": Icon("trophy"), "lead.lost": Icon("circle-x"), "lead.erased": Icon("eraser"),
    "offer.opened": Icon("send"), "offer.reminded": Icon("bell"), "offer.extended": Icon("clock-plus"),
    "offer.accepted": Icon("check"), "offer.declined": Icon("thumb-down"), "offer.expired": Icon("hourglass-empty"),
    "offer.superseded": Icon("run"), "offer.withdrawn": Icon("arrow-back-up"), "offer.seen": Icon("eye"),
}  # fmt: skip
_FOLLOWS = {
    "offer.opened", "offer.superseded", "offer.withdrawn", "offer.seen", "lead.offered", "lead.unassigned", "lead.held",
}  # fmt: skip
"""What follows by itself, whoever did what it follows from."""
_BASIS = {
    "consent": gettext_noop("consent"),
    "contract": gettext_noop("contract"),
    "legitimate_interest": gettext_noop("legitimate interest"),
}
_TURNING = {"offer.opened", "offer.accepted", "lead.assigned", "lead.unassigned", "lead.won", "lead.lost"}


def line_of(happening: Happening, source: str, now: datetime) -> Line:
    """Say one thing that happened; ``source`` is where the lead came from."""
    until = clock_time(happening.until, now) if happening.until else ""
    return Line(
        sentence=_sentence(happening, source, until),
        at=happening.at,
        by=_by(happening),
        icon=_ICONS.get(happening.type, Icon("point")),
        turning=happening.type in _TURNING,
    )


def _by(one: Happening) -> str:
    if one.type in _FOLLOWS:
        return _("round {round}, rule {rule}").format(**one.facts) if "rule" in one.facts else ""
    return actor_said(one.by)


def actor_said(by: Actor) -> str:
    """Name who did something."""
    if by.kind == "system":
        return _("Partidor itself")
    name = by.name or _("somebody who is gone")
    if by.kind == "key":
        name = _("by key “{name}”").format(name=name)
    return f"{name}, {by.partner}" if by.partner else name


def _sentence(one: Happening, source: str, until: str) -> SafeString:
    if one.type in _PLAIN:
        return format_html("{}", _(_PLAIN[one.type]))
    told = _OWN.get(one.type)
    if told is not None:
        return told(one, source, until)
    form = _AWARDED.get(one.type) if one.by.kind == "system" else None
    form = form or _ABOUT.get(one.type)
    text = format_html(_(form), partners=names(one.partners)) if form else _("Something was noted")
    return _and_note(_and_reason(text, one.reason, DECLINE_REASON), one.note)


def _and_reason(text: str, reason: str, table: Names) -> SafeString:
    known = table.get(reason)
    return format_html(_("{what}: {reason}"), what=text, reason=_(known)) if known else format_html("{}", text)


def _and_note(text: SafeString, note: str) -> SafeString:
    return format_html(_("{what}, “{note}”"), what=text, note=note) if note else text


def _received(one: Happening, source: str, until: str) -> SafeString:
    return format_html(_("Came in from {source}"), source=strong(source_name(source)))


def _updated(one: Happening, source: str, until: str) -> SafeString:
    known = dict.fromkeys(_(_FIELDS[name]) for name in one.facts.get("fields", ()) if name in _FIELDS)
    fields = ", ".join(known) or _("some fields")
    return format_html(_("Changed: {fields}"), fields=fields)


def _held(one: Happening, source: str, until: str) -> SafeString:
    return format_html("{}", _(_HELD.get(one.reason, _HELD["source"])))


def _offered(one: Happening, source: str, until: str) -> SafeString:
    form = _("Round {round} opened by rule {rule}")
    return format_html(form, round=one.facts.get("round", ""), rule=one.facts.get("rule", ""))


def _opened(one: Happening, source: str, until: str) -> SafeString:
    form = (
        _("Offered to {partners} alone, until {until}")
        if one.exclusive
        else _("Offered to {partners} in competition, until {until}")
    )
    return format_html(form, partners=names(one.partners), until=until)


def _extended(one: Happening, source: str, until: str) -> SafeString:
    return format_html(
        _("More time for {partners} after an outage, until {until}"), partners=names(one.partners), until=until
    )


def _until(form: str) -> Callable[[Happening, str, str], SafeString]:
    def told(one: Happening, source: str, until: str) -> SafeString:
        return format_html(_(form), until=until)

    return told


def _unassigned(one: Happening, source: str, until: str) -> SafeString:
    return _and_reason(_("No partner"), one.reason, ATTENTION)


def _assigned(one: Happening, source: str, until: str) -> SafeString:
    form = _("Given to {partners} by hand, taken from {other}") if one.other else _("Given to {partners} by hand")
    text = format_html(form, partners=names(one.partners), other=strong(one.other))
    return format_html(_("{what}: “{note}”"), what=text, note=one.note) if one.note else text


def _rerouted(one: Happening, source: str, until: str) -> SafeString:
    again = _("Sent through the rules again, also to those who had let it lapse")
    return format_html("{}", again if one.facts.get("again") else _("Sent through the rules again"))


def _passed_on(one: Happening, source: str, until: str) -> SafeString:
    return format_html(_("{partners} passed it on to {other}"), partners=names(one.partners), other=strong(one.other))


def _withdrawn(one: Happening, source: str, until: str) -> SafeString:
    if one.partners:
        return format_html(_("Withdrawn from {partners}"), partners=names(one.partners))
    return format_html("{}", _("Withdrawn"))


def _won(one: Happening, source: str, until: str) -> SafeString:
    value, currency = one.facts.get("value"), one.facts.get("currency", "")
    if value is None:
        return format_html("{}", _("Won"))
    return format_html(_("Won, an order of {value}"), value=strong(amount(value, currency)))


_OWN: dict[str, Callable[[Happening, str, str], SafeString]] = {
    "lead.received": _received,
    "lead.updated": _updated,
    "lead.held": _held,
    "lead.rejected": lambda one, _source, _until: _and_reason(_("Rejected"), one.reason, REJECT_REASON),
    "lead.parked": _until(gettext_noop("Parked until {until}")),
    "lead.snoozed": _until(gettext_noop("The next step was put off until {until}")),
    "lead.offered": _offered,
    "lead.unassigned": _unassigned,
    "lead.assigned": _assigned,
    "lead.rerouted": _rerouted,
    "lead.passed_on": _passed_on,
    "lead.withdrawn": _withdrawn,
    "lead.won": _won,
    "lead.lost": lambda one, _source, _until: _and_reason(_("Lost"), one.reason, LOST_REASON),
    "offer.opened": _opened,
    "offer.extended": _extended,
    "customer.same": lambda one, _source, _until: format_html(
        _("Called the same customer as {other}"), other=strong(one.other)
    ),
    "customer.other": lambda one, _source, _until: format_html(
        _("Called another customer than {other}"), other=strong(one.other)
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One box of the plan: who is asked, on which terms; ``kind`` is over, now, ahead, more or list."""

    kind: str
    title: str
    note: str


def steps_of(boxes: Sequence[Box], now: datetime) -> list[Step]:
    """Say each round of a plan, and what comes when nobody takes the lead."""
    last = Step("list", _("Your attention list"), _("if nobody takes it"))
    return [*(_step(box, now) for box in boxes), last]


def _step(box: Box, now: datetime) -> Step:
    if box.kind == "more":
        form = ngettext("{n} more round", "{n} more rounds", box.rounds)
        return Step(box.kind, form.format(n=number(box.rounds)), _("as the rule says"))
    if box.asked is None:
        title = _("All others in competition")
    elif box.asked > 1:
        title = _("{n} in competition").format(n=number(box.asked))
    else:
        title = _("{partner}, alone").format(partner=box.partner) if box.partner else _("The next one, alone")
    if box.kind == "over":
        note = _(OFFER_STATE[box.result]) if box.result in OFFER_STATE else ""
    elif box.kind == "now" and box.award_at:
        note = _("the best interested gets it {when}").format(when=clock_time(box.award_at, now))
    elif box.kind == "now":
        note = _("lapses {when}").format(when=clock_time(box.until, now)) if box.until else ""
    else:
        form = _("{time} of working time") if box.working else "{time}"
        note = form.format(time=lasting(box.window))
    return Step(box.kind, title, _("{terms}, you are told").format(terms=note) if box.told else note)


def consent_said(consent: Mapping[str, object], now: datetime) -> list[str]:
    """Say what the customer agreed to; nothing where nothing was said."""
    said = []
    if (at := consent.get("at")) and isinstance(at, str):
        said.append(_("Given {when}").format(when=clock_time(datetime.fromisoformat(at), now)))
    if "share" in consent:
        said.append(_("May go to partners") if consent["share"] else _("Must not go to partners"))
    recipients = consent.get("recipients")
    if isinstance(recipients, list) and recipients and recipients != ["*"]:
        said.append(_("For {names}").format(names=", ".join(map(str, recipients[:5]))))
    if "marketing" in consent:
        said.append(_("Marketing allowed") if consent["marketing"] else _("No marketing"))
    if (basis := consent.get("basis")) and isinstance(basis, str):
        said.append(_("Basis: {basis}").format(basis=_(_BASIS[basis]) if basis in _BASIS else basis))
    return said


def own_value(value: object) -> str:
    """Write the value of a custom field as a person would: truths, numbers and days too."""
    if isinstance(value, bool) or value in ("true", "false"):
        return _("yes") if value in (True, "true") else _("no")
    if isinstance(value, (int, float)):
        return number(value, 2)
    text = str(value)
    try:
        return day(datetime.combine(date.fromisoformat(text), time(12), UTC)) if len(text) == 10 else text
    except ValueError:
        return text
