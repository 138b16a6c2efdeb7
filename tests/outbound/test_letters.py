"""What people read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

import partidor
from partidor.actions.outbox import address_notices
from partidor.domain.languages import SPOKEN, first_spoken
from partidor.models import Delivery
from partidor.models.person import PARTNER_ROLES, VENDOR_ROLES
from partidor.outbound.dispatch import dispatch_due
from partidor.outbound.notices.kinds import KINDS
from partidor.outbound.notices.letter import holds, write_letter
from partidor.outbound.notices.words import REASONS, ROLES, TEMPERATURES
from partidor.queries.notices import NoticeCard, NoticedLead, NoticedOffer
from tests.world import START, World

BASE = "https://leads.acme.example"
AT = datetime(2025, 11, 24, 9, 0, tzinfo=UTC)
PARTNER = uuid4()
LEAD = NoticedLead(
    ref="K7M2QX", state="offered", test=False, temperature="hot", product="Kassensystem", vertical="Bäckerei",
    postal_code="83022", city="Rosenheim", country="DE", abroad=False, inquiry="Wir suchen neun Kassen.\nBald.",
    partner=None, attention_at=AT,
)  # fmt: skip
OFFER = NoticedOffer(
    id=uuid4(), state="open", ended=False, partner=PARTNER, exclusive=True, rivals=0, distance_km=14.2,
    expires_at=datetime(2025, 11, 24, 13, 0, tzinfo=UTC),
)  # fmt: skip
CARD = NoticeCard(
    kind="offer.opened", reason="", created_at=AT, vendor="Acme", vendor_slug="acme", to_partner=True,
    partner="Alpen Systemhaus", time_zone="Europe/Berlin", own_time_zone=True,
    addresses=frozenset({"a@alpen.example"}), lead=LEAD, offer=OFFER, role="partner_sales",
)  # fmt: skip


def card_of(kind: str) -> NoticeCard:
    if kind in ("lead.unassigned", "lead.escalated", "lead.skipped", "partner.skips"):
        return replace(CARD, kind=kind, to_partner=False, reason="nobody_left")
    return replace(CARD, kind=kind)


class TestALetter:
    @pytest.mark.parametrize("language", SPOKEN)
    @pytest.mark.parametrize("kind", KINDS)
    def test_of_every_kind_stands_in_every_language_without_code_or_gap(self, kind: str, language: str) -> None:
        letter = write_letter(card_of(kind), language, base_url=BASE)

        assert letter.subject
        assert "\n" not in letter.subject
        assert BASE in letter.text
        whole = letter.subject + letter.text
        for unwanted in ("{{", "{%", "None", "_left", "partner_sales", "2025-11-24", "T13:00", "\n\n\n", " ,", "  "):
            assert unwanted not in whole, (unwanted, whole)

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

Gesucht: Kassensystem
Branche: Bäckerei
Ort: 83022 Rosenheim, 14 km von Ihnen
Dringlichkeit: Heißer Lead

Aus der Anfrage (Namen und Kontaktdaten sind ausgeblendet):
> Wir suchen neun Kassen.
> Bald.

Bitte antworten Sie bis Mo, 24. November, 14:00 Uhr. Danach wird der nächste Partner gefragt.

Ansehen, annehmen oder ablehnen:
{BASE}/portal/offers/{OFFER.id}

--\x20
Lead K7M2QX, Acme
Automatisch verschickt mit Partidor.
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

    def test_marks_a_test(self) -> None:
        assert write_letter(replace(CARD, lead=replace(LEAD, test=True)), "de", base_url=BASE).subject[:6] == "[Test]"

    @pytest.mark.parametrize("language", SPOKEN)
    def test_gives_managers_the_reason_and_the_remedy(self, language: str) -> None:
        for reason, (why, remedy) in REASONS[language].items():
            text = write_letter(replace(card_of("lead.unassigned"), reason=reason), language, base_url=BASE).text
            assert why in text
            assert remedy in text
            assert f"{BASE}/console/acme/leads/K7M2QX" in text
            assert reason not in text

    @given(evil=st.text())
    def test_lets_nothing_break_out_of_the_subject(self, evil: str) -> None:
        product = f"x\r\nBcc: all@acme.example\n{evil}"
        subject = write_letter(replace(CARD, lead=replace(LEAD, product=product)), "en", base_url=BASE).subject
        assert subject.isprintable()
        assert len(subject) <= 200

    def test_knows_a_word_for_every_role_temperature_and_reason(self) -> None:
        from partidor.actions.rounds import ROUTING_FAILED
        from partidor.domain.routing.decision import REASONS as CODES

        for language in SPOKEN:
            assert set(ROLES[language]) == {*VENDOR_ROLES, *PARTNER_ROLES}
            assert set(REASONS[language]) == {*CODES, ROUTING_FAILED}
            assert set(TEMPERATURES[language]) == {"hot", "warm", "cold"}

    def test_is_written_for_everything_that_actions_tell(self) -> None:
        package = Path(partidor.__file__).parent
        source = "".join(path.read_text() for path in (package / "actions").glob("*.py"))
        told = set(re.findall(r'told\.notice\(\s*"([a-z.]+)"', source))
        assert told | {"offer.superseded", "offer.withdrawn"} == set(KINDS)
        files = {path.name for path in (package / "outbound/notices/templates").glob("[!_]*.txt")}
        assert files == {f"{kind}.{language}.txt" for kind in KINDS for language in SPOKEN}


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
        for secret in ("Huber", "Eva", "1234567", "huber.example", "Hauptstr"):
            assert secret not in kept.subject + kept.text
