"""What needs attention, in words: what is wrong, why, and what helps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partidor.domain.words import ATTENTION
from partidor.inbound.web.components.icons import Icon
from partidor.inbound.web.components.wording import number, source_name
from partidor.queries.today.marks import Attention, Why
from partidor.queries.today.week import Figure, Week

SIGNS: Mapping[str, tuple[Icon, str]] = {
    "unassigned": (Icon("alert-triangle"), "high"),
    "clock": (Icon("clock-exclamation"), "high"),
    "spam": (Icon("message-circle-x"), "high"),
    "lapsing": (Icon("hourglass-low"), "mid"),
    "archived": (Icon("archive"), "mid"),
    "skips": (Icon("player-skip-forward"), "mid"),
    "review": (Icon("clipboard-check"), "low"),
    "stalled": (Icon("zzz"), "low"),
    "mails": (Icon("mail-x"), "low"),
}
"""The icon of each kind, and how much it presses."""

LONGEST = 80
"""Letters of a name in a sentence."""
_TURNS = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]")


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button: where it leads, or what it posts. ``again`` asks those once more who let an offer lapse."""

    label: str
    url: str
    posts: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of the week in words; what stands small beside them, and shares in percent."""

    received: str
    accepted_share: str
    accepted: str
    won_share: str
    won: str
    debt: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that needs somebody, ready to be shown: where it opens; the best remedy stands last."""

    item: Attention
    icon: Icon
    tone: str
    title: str
    href: str
    why: str
    remedies: tuple[Remedy, ...]

    @property
    def key(self) -> str:
        """Name the row, so that whoever stands on it still does when the list is drawn anew."""
        subject = self.item.lead.ref if self.item.lead else self.item.partner.id if self.item.partner else "rest"
        return f"{self.item.kind}-{subject}"


def rows(items: Iterable[Attention], vendor: str) -> list[Row]:
    """Put things that need somebody into words; times of the day are in the zone of the visit."""
    return [_row(item, vendor, tuple(_remedies(item, vendor))) for item in items]


def _row(item: Attention, vendor: str, remedies: tuple[Remedy, ...]) -> Row:
    href = next((remedy.url for remedy in reversed(remedies) if not remedy.posts), "")
    if item.lead:
        href = reverse("console:lead", args=[vendor, item.lead.ref])
    return Row(item, *SIGNS[item.kind], title(item), href, reason(item), remedies)


def title(item: Attention) -> str:
    """Say what is wrong."""
    sentence = _alone(item) if item.count == 1 else _many(item)
    facts = {
        "lead": fit(item.lead.title if item.lead else "") or _("A lead"),
        "partner": fit(item.partner.name if item.partner else ""),
        "count": number(item.count),
        "days": item.days,
        "when": time_format(localtime(item.last), "H:i") if item.last else "",
    }
    return sentence.format(**facts)


def _alone(item: Attention) -> str:
    return {
        "unassigned": _("{lead} has no partner"),
        "clock": _("A deadline of {lead} was missed"),
        "spam": _("{lead} may be spam"),
        "lapsing": _("The offer of {lead} lapses at {when}"),
        "archived": _("{lead} is with an archived partner"),
        "review": _("{lead} waits for review"),
        "stalled": _("{lead} stands still"),
        "mails": _("A mail does not arrive"),
    }[item.kind]


def _many(item: Attention) -> str:
    count = item.count
    return {
        "unassigned": ngettext("{count} more lead has no partner", "{count} more leads have no partner", count),
        "clock": ngettext("{count} more deadline was missed", "{count} more deadlines were missed", count),
        "spam": ngettext("{count} more lead may be spam", "{count} more leads may be spam", count),
        "lapsing": ngettext("{count} offer lapses by {when}", "{count} offers lapse by {when}", count),
        "archived": ngettext(
            "{count} more lead is with an archived partner", "{count} more leads are with an archived partner", count
        ),
        "skips": ngettext("{partner} let {count} offer pass", "{partner} let {count} offers pass", count)
        if item.partner
        else ngettext(
            "{count} more offer ran out without an answer", "{count} more offers ran out without an answer", count
        ),
        "review": ngettext("{count} lead waits for review", "{count} leads wait for review", count),
        "stalled": ngettext(
            "{count} lead stands still for more than {days} days",
            "{count} leads stand still for more than {days} days",
            count,
        ),
        "mails": ngettext("{count} mail does not arrive", "{count} mails do not arrive", count),
    }[item.kind]


def reason(item: Attention) -> str:
    """Say why, with the facts."""
    why = item.why
    if item.kind == "unassigned" and item.lead is not None:
        return _no_partner(why)
    if item.kind == "unassigned":
        return _listed(f"{_(ATTENTION[code])}: {number(count)}" for code, count in why.parts)
    if item.kind == "lapsing":
        return _unseen(item)
    if item.kind == "mails":
        return _undelivered(item)
    if item.kind == "skips":
        return _skipped(item)
    return _of_lead(item)


def _of_lead(item: Attention) -> str:
    partner = fit(item.partner.name if item.partner else "")
    source = fit(source_name(item.why.parts[0][0]) if item.why.parts else "")
    if item.count > 1:
        template = _("{count} at {name}") if item.kind == "stalled" else _("{count} from {name}")
        return _shares(item, template)
    return {
        "clock": _("This is a fault on our side; it is tried again every minute"),
        "spam": _("Two partners declined it as spam"),
        "archived": _("{partner} was archived and still has it"),
        "review": _("From {source}; released, it goes through the rules at once"),
        "stalled": _("{partner} has noted nothing for {days} days"),
    }[item.kind].format(partner=partner, source=source, days=item.days)


def _shares(item: Attention, template: str) -> str:
    """Say how many things are where: the first by name, the rest together."""
    called = source_name if item.kind == "review" else str
    parts = [template.format(count=number(count), name=fit(called(name))) for name, count in item.why.parts]
    if rest := item.count - sum(count for _name, count in item.why.parts):
        parts.append(_("{count} elsewhere").format(count=number(rest)))
    return ", ".join(parts)


def _unseen(item: Attention) -> str:
    if not item.partner:
        return _shares(item, _("{count} at {name}"))
    partner = fit(item.partner.name)
    if item.count == 1:
        after = _("then the next one is asked") if item.ready else _("then nobody is left to ask")
        return _("{partner} has not looked at it; {after}").format(partner=partner, after=after)
    if item.ready == item.count:
        after = _("then the next ones are asked")
    elif item.ready == 0:
        after = _("then nobody is left to ask")
    else:
        after = ngettext("for one nobody is left to ask then", "for {count} nobody is left to ask then",
                         item.count - item.ready).format(count=item.count - item.ready)  # fmt: skip
    return _("{partner} has not looked at them; {after}").format(partner=partner, after=after)


def _skipped(item: Attention) -> str:
    if not item.partner:
        return _shares(item, _("{count} at {name}"))
    if item.ready == item.count:
        return _("No exclusive offer of the last 30 days was answered")
    return _("Of {whole} exclusive offers in 30 days").format(whole=number(item.ready))


def _undelivered(item: Attention) -> str:
    if item.ready == item.count:
        return _("The mail server does not take them; they are tried again, and none is lost")
    if not item.ready:
        return _("The mail server refused them for good, so nobody was told")
    return _("{given_up} were refused for good, {tried} are tried again").format(
        given_up=number(item.count - item.ready), tried=number(item.ready)
    )


def _no_partner(why: Why) -> str:
    if why.reason == "nobody_left" and why.rules:
        answers = [
            (why.expired, ngettext("{count} let it lapse", "{count} let it lapse", why.expired)),
            (why.gone, ngettext("{count} declined it", "{count} declined it", why.gone)),
        ]
        told = _listed(text.format(count=number(count)) for count, text in answers if count)
        asked = _("The plan of rule {number} has run out").format(number=why.rules[0])
        return f"{asked}: {told}" if told else asked
    if why.reason == "no_partner" and why.rules:
        rules = ngettext("Only rule {numbers} may place it", "Only rules {numbers} may place it", len(why.rules))
        only = rules.format(numbers=_listed(map(str, why.rules), _("{one} and {other}")))
        return f"{only}; {_nobody_is_free(why.excluded)}"
    return _(ATTENTION[why.reason])


def _nobody_is_free(excluded: Mapping[str, int]) -> str:
    if set(excluded) == {"who"}:
        count = excluded["who"]
        return ngettext("the only partner does not fit", "none of the {count} partners fits", count).format(
            count=number(count)
        )
    words = {
        "paused": ngettext("{count} is paused", "{count} are paused", excluded.get("paused", 0)),
        "no_hours": ngettext("{count} does not work now", "{count} do not work now", excluded.get("no_hours", 0)),
        "at_capacity": ngettext("{count} is full", "{count} are full", excluded.get("at_capacity", 0)),
        "already_asked": ngettext(
            "{count} was asked before", "{count} were asked before", excluded.get("already_asked", 0)
        ),
        "feedback_due": ngettext("{count} owes feedback", "{count} owe feedback", excluded.get("feedback_due", 0)),
        "who": ngettext("{count} does not fit", "{count} do not fit", excluded.get("who", 0)),
    }
    parts = [words[code].format(count=number(excluded[code])) for code in words if excluded.get(code)]
    told = _listed(parts)
    return _("nobody is free: {told}").format(told=told) if told else _("there are no partners yet")


def fit(text: str, longest: int = LONGEST) -> str:
    """Fit a name into a sentence: not too long, and what is written from right to left turns nothing around it."""
    short = text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
    return f"\u2068{short}\u2069" if _TURNS.search(short) else short


def _listed(texts: Iterable[str], last: str = "") -> str:
    """Join texts by commas; the last one as ``last`` says."""
    parts: Sequence[str] = list(texts)
    if last and len(parts) > 1:
        return last.format(one=", ".join(parts[:-1]), other=parts[-1])
    return ", ".join(parts)


def _remedies(item: Attention, vendor: str) -> Iterable[Remedy]:
    for remedy in item.remedies:
        if remedy == "list":
            label = _("Open") if item.kind == "skips" else _("Open {count}")
            yield Remedy(label.format(count=number(item.count)), _list_of(item, vendor))
        elif item.kind == "mails":
            yield Remedy(_("Open"), reverse("console:mails", args=[vendor]))
        elif item.kind == "skips" and item.partner:
            yield _partner_remedy(remedy, vendor, str(item.partner.id))
        elif item.lead:
            yield _lead_remedy(remedy, vendor, item.lead.ref)


def _list_of(item: Attention, vendor: str) -> str:
    if item.kind == "skips":
        return reverse("console:partners", args=[vendor])
    if item.kind == "lapsing":
        partner = {"partner": item.partner.id} if item.partner else {}
        return reverse("console:leads", args=[vendor], query={"state": "offered", **partner})
    return reverse("console:leads", args=[vendor], query={"attention": item.kind})


def _partner_remedy(remedy: str, vendor: str, partner: str) -> Remedy:
    if remedy == "pause":
        return Remedy(_("Pause a week"), reverse("console:today-pause", args=[vendor, partner]), posts=True)
    return Remedy(_("Open"), reverse("console:partner", args=[vendor, partner]))


def _lead_remedy(remedy: str, vendor: str, ref: str) -> Remedy:
    if remedy in ("reroute", "again"):
        label = _("Ask them again") if remedy == "again" else _("Route again")
        return Remedy(label, reverse("console:today-reroute", args=[vendor, ref]), posts=True, again=remedy == "again")
    if remedy == "release":
        return Remedy(_("Release"), reverse("console:today-release", args=[vendor, ref]), posts=True)
    if remedy == "assign":
        return Remedy(_("Offer by hand"), reverse("console:lead-assign", args=[vendor, ref]))
    return Remedy(_("Open"), reverse("console:lead", args=[vendor, ref]))


def figures(week: Week) -> Figures:
    """Put the figures of the week into words."""
    debt = week.debt.value or 0.0
    return Figures(
        received=_signed((week.received.value or 0) - (week.received.before or 0)),
        accepted_share=_percent(week.accepted),
        accepted=_("of {whole}").format(whole=number(week.accepted.whole)) if week.accepted.whole else "",
        won_share=_percent(week.won),
        won=_("{part} of {whole}").format(part=number(week.won.part), whole=number(week.won.whole))
        if week.won.whole
        else "",
        debt=ngettext("{count} lead", "{count} leads", 1 if round(debt, 1) == 1 else 2).format(count=number(debt, 1)),
    )


def _percent(figure: Figure) -> str:
    return "–" if figure.value is None else f"{number(100 * figure.value)}\u00a0%"


def _signed(difference: float) -> str:
    """Say how many more or less there are than before; nothing when there are as many."""
    return ("+" if difference > 0 else "−") + number(abs(difference)) if difference else ""
