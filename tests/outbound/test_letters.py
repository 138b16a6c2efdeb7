"""What people read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st

import partidor
from partidor.actions.outbox import address_notices
from partidor.actions.sources import add_source
from partidor.domain.languages import SPOKEN, first_spoken
from partidor.domain.routing.words.why_you import Strength, WhyYou
from partidor.models import Delivery
from partidor.outbound.dispatch import dispatch_due
from partidor.outbound.notices.kinds import KINDS
from partidor.outbound.notices.letter import holds, write_letter
from partidor.outbound.notices.words import TEXTS
from partidor.queries.notices import NoticeCard, NoticedLead, NoticedOffer
from tests.world import START, World

BASE = "https://leads.acme.example"
AT = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
PARTNER = uuid4()
LEAD = NoticedLead(
    ref="K7M2QX", state="offered", test=False, temperature="hot", product="Kassensystem", vertical="Bäckerei",
    postal_code="83022", city="Rosenheim", country="DE", abroad=False, size_band="50-249",
    value_band="25000-49999 EUR", source_kind="event", source="Messe Südback",
    inquiry="Wir suchen neun Kassen.\nBald.", partner=None, attention_at=AT,
)  # fmt: skip
OFFER = NoticedOffer(
    id=uuid4(), state="open", ended=False, partner=PARTNER, via="plan", exclusive=True, rivals=0,
    distance_km=14.2, award_at=None, answered=False,
    expires_at=datetime(2025, 11, 24, 13, 0, tzinfo=UTC), working=False,
)  # fmt: skip
CARD = NoticeCard(
    kind="offer.opened", reason="", created_at=AT, vendor="Acme", vendor_slug="acme", to_partner=True,
    partner="Alpen Systemhaus", time_zone="Europe/Berlin", own_time_zone=True,
    addresses=frozenset({"a@alpen.example"}), lead=LEAD, offer=OFFER, role="partner_sales",
    why=None, key="",
)  # fmt: skip


def card_of(kind: str) -> NoticeCard:
    if kind in ("lead.unassigned", "lead.escalated", "lead.skipped", "partner.skips"):
        return replace(CARD, kind=kind, to_partner=False, reason="nobody_left")
    if kind.startswith("person."):
        return replace(
            CARD, kind=kind, lead=None, offer=None, key="K7Q2MX" if kind == "person.code" else "/door/K7Q2MX"
        )
    return replace(CARD, kind=kind)


EVIL = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "-->{% now 'Y' %}<!--",
    "\u202eevil\u202c مرحبا", "W" * 300, "🦊" * 40, "=1+1", "a\r\nBcc: all@acme.example",
    "{{ link }}", "</td></table>", "&lt;",
)  # fmt: skip


class Page(HTMLParser):
    """What a reader sees of a mail, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.language = ""
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.links += [given[name] or "" for name in ("href", "src", "background", "srcset") if name in given]
        self.language = self.language or given.get("lang") or ""
        assert not [name for name in given if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self.get_starttag_text() is None or not (self.get_starttag_text() or "").startswith("<style"):
            self.words.append(data)


class TestALetter:
    @pytest.mark.parametrize("language", SPOKEN)
    @pytest.mark.parametrize("kind", KINDS)
    def test_of_every_kind_stands_in_every_language_without_code_or_gap(self, kind: str, language: str) -> None:
        letter = write_letter(card_of(kind), language, base_url=BASE)

        assert letter.subject
        assert "\n" not in letter.subject
        assert "\n\n\n" not in letter.text
        assert " \n" not in letter.text.replace("\n-- \n", "\n")
        for whole in (letter.subject + letter.text.replace("    K7Q2MX", ""), Page(letter.html).text):
            for unwanted in ("{{", "{%", "None", "_left", "partner_sales", "2025-11-24", "T13:00", " ,", "  "):
                assert unwanted not in whole, (unwanted, whole)

    @pytest.mark.parametrize("language", SPOKEN)
    @pytest.mark.parametrize("kind", KINDS)
    def test_says_the_same_in_both_parts_and_links_to_nothing_else(self, kind: str, language: str) -> None:
        letter = write_letter(card_of(kind), language, base_url=BASE)
        page, link = Page(letter.html), BASE + KINDS[kind].path(card_of(kind))
        labels = TEXTS[language]["labels"].values()
        for line in letter.text.splitlines()[1:]:
            label, _, value = line.partition(": ")
            told = value if label in labels else line.strip("> ").removesuffix(":")
            assert told in (link, "--") or told in page.text
        assert page.links == ([] if kind == "person.code" else [link])
        assert (link in letter.text) == (kind != "person.code")
        assert page.language == language
        assert page.tags.isdisjoint({"img", "script", "link", "iframe", "form"})
        assert "url(" not in letter.html

    @pytest.mark.parametrize("kind", KINDS)
    def test_misses_no_fact(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        bare = replace(card_of(kind), lead=None, offer=None, partner="", role="")
        for name in ("letters", "mails"):
            backend: Any = engines[name]
            monkeypatch.setattr(backend.engine, "string_if_invalid", "MISSING %s")
        for card in (card_of(kind), bare):
            letter = write_letter(card, "en", base_url=BASE)
            assert "MISSING" not in letter.subject + letter.text + letter.html

    def test_says_it_all_in_the_subject(self) -> None:
        de, en = (write_letter(CARD, language, base_url=BASE).subject for language in ("de", "en"))
        assert de == "Heißer Lead, nur für Sie bis Mo, 24. November, 14:00 Uhr: Kassensystem, 83022 Rosenheim"
        assert en == "Hot lead, for you only until Mon 24 November, 14:00: Kassensystem, 83022 Rosenheim"

    def test_reads_like_a_letter(self) -> None:
        assert (
            write_letter(CARD, "de", base_url=BASE).text
            == f"""\
Guten Tag Alpen Systemhaus,

Acme bietet Ihnen einen Lead an. Er ist zurzeit nur Ihnen angeboten.

Bitte antworten Sie bis Mo, 24. November, 14:00 Uhr. Danach ist er nicht mehr für Sie reserviert.

Gesucht: Kassensystem
Branche: Bäckerei
Ort: 83022 Rosenheim, 14 km von Ihnen
Größe: 50 bis 249 Mitarbeitende
Umfang: 25.000 bis 49.999 €
Herkunft: Messe Südback
Dringlichkeit: Heiß

Aus der Anfrage (Namen und Kontaktdaten sind ausgeblendet):
> Wir suchen neun Kassen.
> Bald.

Ansehen und annehmen:
{BASE}/portal/offers/{OFFER.id}

--\x20
Lead K7M2QX. Automatisch verschickt mit Partidor im Auftrag von Acme an Alpen Systemhaus.
"""
        )

    def test_tells_the_time_of_the_reader_or_whose_time_it_is(self) -> None:
        elsewhere = replace(CARD, time_zone="America/New_York")
        assert "until Mon 24 November, 08:00:" in write_letter(elsewhere, "en", base_url=BASE).subject
        unknown = replace(elsewhere, own_time_zone=False)
        assert "08:00 Uhr (Zeit in New York)" in write_letter(unknown, "de", base_url=BASE).text

    def test_shows_in_a_teaser_the_beginning_of_the_postal_code_and_a_foreign_country(self) -> None:
        teaser = replace(CARD, lead=replace(LEAD, city="", postal_code="83", country="AT", abroad=True))
        assert "PLZ 83…, Österreich" in write_letter(teaser, "de", base_url=BASE).subject
        assert "postcode 83…, Austria" in write_letter(teaser, "en", base_url=BASE).subject

    def test_tells_in_competition_how_many_are_asked(self) -> None:
        many = replace(CARD, offer=replace(OFFER, rivals=4, exclusive=False))
        letter = write_letter(many, "de", base_url=BASE)
        assert "nur für Sie" not in letter.subject
        assert "Gefragt sind 5 Partner; wer zuerst annimmt" in letter.text

    def test_says_that_only_working_time_counts_and_whose(self) -> None:
        for offer, en, de in (
            (replace(OFFER, working=True), "Only your working time counts.", "Dabei zählt nur Ihre Arbeitszeit."),
            (replace(OFFER, working=True, rivals=4), "Only working time counts.", "Dabei zählt nur Arbeitszeit."),
        ):
            for kind in ("offer.opened", "offer.reminded"):
                card = replace(CARD, kind=kind, offer=offer)
                assert en in write_letter(card, "en", base_url=BASE).text
                assert de in write_letter(card, "de", base_url=BASE).text
        assert "working time" not in write_letter(CARD, "en", base_url=BASE).text

    def test_tells_nobody_but_the_partner_how_far_it_is(self) -> None:
        assert "14 km from you" in write_letter(CARD, "en", base_url=BASE).text
        assert "from you" not in write_letter(card_of("lead.skipped"), "en", base_url=BASE).text

    def test_tells_a_partner_why_it_is_asked(self) -> None:
        known = replace(CARD, why=WhyYou("known_customer"))
        assert "Warum Sie? Sie betreuen diesen Kunden schon" in Page(write_letter(known, "de", base_url=BASE).html).text
        assert "Warum Sie" not in write_letter(CARD, "de", base_url=BASE).text
        near = replace(
            CARD,
            why=WhyYou("alone", (Strength("distance", km=14), Strength("tag", dimension="tier", values=("gold",))), 3),
        )
        said = (
            "Why you? What spoke for you: 14 km away, Tier gold. "
            "3 partners suited equally well; the next lead was due to you."
        )
        assert said in " ".join(write_letter(near, "en", base_url=BASE).text.split())
        rivals = write_letter(replace(CARD, why=WhyYou("competition", asked=5)), "en", base_url=BASE).text
        assert "You are one of 5 partners whom this lead suits" in rivals
        assert "quickest" not in rivals, "nobody has answered yet"

    def test_says_until_when_the_best_of_those_interested_is_sought(self) -> None:
        best = replace(OFFER, rivals=2, exclusive=False, award_at=datetime(2025, 11, 24, 9, 10, tzinfo=UTC))
        letter = write_letter(replace(CARD, offer=best), "en", base_url=BASE)
        assert letter.subject.startswith("Hot lead until Mon 24 November, 10:10")
        assert "Please answer by Mon 24 November, 10:10. If nobody is interested by then" in letter.text
        lost = replace(best, state="superseded", answered=True)
        assert (
            "suited better"
            in write_letter(replace(CARD, kind="offer.superseded", offer=lost), "en", base_url=BASE).text
        )
        won = replace(CARD, kind="offer.accepted", offer=replace(best, state="accepted"))
        assert write_letter(won, "de", base_url=BASE).subject.startswith("Der Lead gehört Ihnen")
        assert holds(won, "a@alpen.example", at=AT)

    def test_marks_a_test(self) -> None:
        assert write_letter(replace(CARD, lead=replace(LEAD, test=True)), "de", base_url=BASE).subject[:6] == "[Test]"

    @pytest.mark.parametrize("language", SPOKEN)
    def test_gives_managers_the_reason_and_the_remedy(self, language: str) -> None:
        for reason, (why, remedy) in TEXTS[language]["reasons"].items():
            text = write_letter(replace(card_of("lead.unassigned"), reason=reason), language, base_url=BASE).text
            assert why in text
            assert remedy in text
            assert f"{BASE}/console/acme/leads/K7M2QX" in text
            assert reason not in text.replace("other partner", "")

    @given(evil=st.text())
    def test_lets_nothing_break_out_of_the_subject(self, evil: str) -> None:
        product = f"x\r\nBcc: all@acme.example\n{evil}"
        subject = write_letter(replace(CARD, lead=replace(LEAD, product=product)), "en", base_url=BASE).subject
        assert subject.isprintable()
        assert len(subject) <= 200

    @pytest.mark.parametrize("kind", KINDS)
    @given(evil=st.text() | st.sampled_from(EVIL))
    def test_lets_nothing_out_of_the_place_where_it_stands(self, kind: str, evil: str) -> None:
        names: dict[str, Any] = {"vendor": evil, "partner": evil}
        facts: dict[str, Any] = {"product": evil, "vertical": evil, "city": evil, "source": evil, "inquiry": evil}
        tame, wild = card_of(kind), replace(card_of(kind), **names)
        wild = replace(wild, lead=replace(wild.lead, **facts) if wild.lead else None)
        letter = write_letter(wild, "de", base_url=BASE)
        page = Page(letter.html)
        assert page.tags <= Page(write_letter(tame, "de", base_url=BASE).html).tags
        assert all(link.startswith(BASE + "/") and not set(link) & set("\"'<> \n") for link in page.links)
        for text in (letter.text, page.text):
            assert not set(text) & set("\u202e\u2066\u200f\0\r")

    def test_leads_through_the_door_it_was_given_and_no_other(self) -> None:
        for kind in ("person.invited", "person.reset"):
            for key, link in {"/door/x": "/door/x", "": "/portal/", "@evil.example": "/portal/"}.items():
                letter = write_letter(replace(card_of(kind), key=key), "en", base_url=BASE)
                assert Page(letter.html).links == [BASE + link]

    def test_shows_a_code_large_and_in_no_subject(self) -> None:
        letter = write_letter(card_of("person.code"), "en", base_url=BASE)
        assert "\n    K7Q2MX\n" in letter.text
        assert re.search(r"font-size: 36px[^>]*>K7Q2MX<", letter.html)
        assert "K7Q2MX" not in letter.subject
        for kind in KINDS:
            if kind != "person.code":
                spilt = write_letter(replace(card_of(kind), key="K7Q2MX"), "en", base_url=BASE)
                assert "K7Q2MX" not in spilt.subject + spilt.text.replace(LEAD.ref, "") + spilt.html

    def test_writes_bands_as_people_do(self) -> None:
        for size, value, language, shown in (
            ("1-9", "0-999 EUR", "de", ("1 bis 9 Mitarbeitende", "bis 999 €")),
            ("1000+", "1000000+ CHF", "de", ("mindestens 1.000 Mitarbeitende", "mindestens 1.000.000 CHF")),
            ("1000+", "1000000+ EUR", "en", ("at least 1,000 employees", "at least 1,000,000 EUR")),
        ):
            card = replace(CARD, lead=replace(LEAD, size_band=size, value_band=value))
            assert all(each in write_letter(card, language, base_url=BASE).text for each in shown)

    def test_knows_words_for_every_kind_temperature_and_reason(self) -> None:
        from partidor.actions.rounds import ROUTING_FAILED
        from partidor.domain.routing.decision import REASONS as CODES

        for language in SPOKEN:
            texts = TEXTS[language]
            assert {name for name in texts if "." in name} == set(KINDS)
            assert set(texts["reasons"]) == {*CODES, ROUTING_FAILED, "other"}
            assert set(texts["leads"]) == {"hot", "warm", "cold"}
        assert {name: set(table) for name, table in TEXTS["de"].items() if name != "currencies"} == {
            name: set(table) for name, table in TEXTS["en"].items() if name != "currencies"
        }

    def test_is_written_for_everything_that_actions_tell(self) -> None:
        package = Path(partidor.__file__).parent
        source = "".join(path.read_text() for path in (package / "actions").glob("*.py"))
        told = set(re.findall(r'told\.notice\(\s*"([a-z.]+)"', source))
        assert told | {"offer.superseded", "offer.withdrawn", "person.code", "person.reset"} == set(KINDS)


class TestANotice:
    def test_of_an_offer_holds_while_it_can_be_answered(self) -> None:
        for kind in ("offer.opened", "offer.reminded"):
            card = card_of(kind)
            assert holds(card, "a@alpen.example", at=AT)
            assert not holds(card, "a@alpen.example", at=AT + timedelta(hours=4))
            for state in ("accepted", "declined", "expired", "superseded", "withdrawn"):
                late = replace(card, offer=replace(OFFER, state=state))
                assert not holds(late, "a@alpen.example", at=AT)

    def test_holds_for_those_only_who_may_still_be_told(self) -> None:
        assert not holds(CARD, "left@alpen.example", at=AT)

    def test_of_an_unassigned_lead_holds_until_somebody_acts(self) -> None:
        card = replace(card_of("lead.unassigned"), lead=replace(LEAD, state="unassigned"))
        assert holds(card, "a@alpen.example", at=AT)
        assert card.lead is not None
        again = replace(card, lead=replace(card.lead, attention_at=AT + timedelta(hours=1)))
        assert not holds(again, "a@alpen.example", at=AT), "the newer notice tells it"
        assert not holds(replace(card, lead=LEAD), "a@alpen.example", at=AT)

    def test_with_a_key_holds_while_the_key_opens_the_door(self) -> None:
        for kind, life in (("person.code", timedelta(minutes=10)), ("person.reset", timedelta(days=3))):
            card = card_of(kind)
            assert holds(card, "a@alpen.example", at=AT + life - timedelta(seconds=1))
            assert not holds(card, "a@alpen.example", at=AT + life)
            assert not holds(replace(card, key=""), "a@alpen.example", at=AT)

    def test_of_a_withdrawn_offer_is_silent_towards_who_got_the_lead_by_hand(self) -> None:
        card = card_of("offer.withdrawn")
        assert holds(card, "a@alpen.example", at=AT)
        assert not holds(replace(card, lead=replace(LEAD, partner=PARTNER)), "a@alpen.example", at=AT)


class TestALanguage:
    @pytest.mark.parametrize(
        ("wishes", "spoken"),
        [
            (("de",), "de"),
            (("de-AT", "en"), "de"),
            (("fr", "", "de"), "de"),
            (("fr",), "en"),
            ((), "en"),
            (("EN_us",), "en"),
        ],
    )
    def test_is_the_first_that_partidor_speaks(self, wishes: tuple[str, ...], spoken: str) -> None:
        assert first_spoken(wishes) == spoken


class TestAMailOfAnOffer:
    def test_counts_by_the_clock_that_its_reader_lives_by(self, world: World) -> None:
        world.partner("lisboa", name="Lisboa", address={"country": "PT", "postal_code": "1000-001"})
        world.rules([{"name": "All", "clock": "business", "plan": [{"offer_to": "all", "window": "12h"}]}])
        source, _ = add_source({"name": "website", "kind": "form"}, by=world.manager, at=START)
        world.receive(source=source.name, at=START + timedelta(days=4))
        address_notices(at=START + timedelta(days=4))
        dispatch_due(now=lambda: START + timedelta(days=4))

        mails = {kept.address: kept for kept in Delivery.objects.filter(notice__kind="offer.opened")}
        here, abroad = mails["alpen@example.org"], mails["lisboa@example.org"]
        assert "bis Mo, 9. März, 14:00 Uhr: " in here.subject
        assert "Dabei zählt nur Arbeitszeit." in here.text
        assert "(Zeit in Berlin)" in abroad.subject
        assert "Webformular" in here.text

    def test_holds_no_word_of_who_asks(self, world: World) -> None:
        text = "Hier ist Eva Huber von Bäckerei Huber. Neun Kassen bitte, 089 1234567, eva@huber.example, Hauptstr. 5."
        world.receive(
            inquiry=text,
            company="Bäckerei Huber GmbH",
            contact={
                "first_name": "Eva",
                "last_name": "Huber",
                "email": "eva@huber.example",
                "phone": "+49 89 1234567",
            },
            address={"street": "Hauptstr. 5", "postal_code": "80331", "city": "München", "country": "DE"},
        )
        address_notices(at=START)
        dispatch_due(now=lambda: START)

        (kept,) = Delivery.objects.all()
        assert kept.outcome == "kept"
        assert "Neun Kassen" in kept.text
        assert "Neun Kassen" in kept.html
        for secret in ("Huber", "Eva", "1234567", "huber.example", "Hauptstr"):
            assert secret not in kept.subject + kept.text + kept.html
