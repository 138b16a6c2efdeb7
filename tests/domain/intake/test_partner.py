"""A partner as it is given: normalised, or refused with every wrong field named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partidor.domain.intake.partner import PARTNER_KEYS, read_partner, read_tags
from partidor.domain.refusal import WrongContent

PARTNER: dict[str, Any] = {
    "external_id": "P-1", "name": "Muster Systemhaus", "kind": "system_integrator", "parents": ["D-1"],
    "email": "team@muster.example", "phone": "089 123456",
    "address": {"street": "Beispielweg 1", "postal_code": "80538", "city": "München", "country": "DE"},
    "location": {"lat": 48.14, "lon": 11.58}, "language": "de", "time_zone": "Europe/Berlin", "weight": 3,
    "max_open_leads": 10, "monthly_cap": None, "tags": {"tier": ["gold"], "vertical": ["retail", "public", "retail"]},
}  # fmt: skip


def errors(**change: Any) -> dict[str, str]:
    with pytest.raises(WrongContent) as refused:
        read_partner({**PARTNER, **change})
    return {error.field: error.message for error in refused.value.errors}


class TestReadPartner:
    def test_reads_every_field_of_the_contract(self) -> None:
        form = read_partner(PARTNER)
        assert PARTNER.keys() <= set(PARTNER_KEYS)
        assert (form.kind, form.parents, form.phone) == ("system_integrator", ("D-1",), "+4989123456")
        assert form.point == (48.14, 11.58)
        assert (form.weight, form.max_open_leads, form.monthly_cap) == (3, 10, None)
        assert form.tags == {"tier": ("gold",), "vertical": ("retail", "public")}

    def test_needs_a_name_only(self) -> None:
        form = read_partner({"name": "A"})
        assert (form.kind, form.weight, form.country, form.language, form.time_zone) == ("reseller", 1, "", "", "")

    @pytest.mark.parametrize(
        ("field", "value", "remedy"),
        [
            ("name", "", "needs a name"),
            ("kind", "shop", "own_sales"),
            ("weight", 0, "from 1 to 1,000"),
            ("weight", 1001, "from 1 to 1,000"),
            ("max_open_leads", -1, "whole number"),
            ("monthly_cap", "many", "whole number"),
            ("time_zone", "Mars/Phobos", "Europe/Berlin"),
            ("location", {"lat": 91, "lon": 0}, "from -90 to 90"),
            ("location", [1, 2], "must be an object"),
            ("parents", 3, "list"),
            ("email", "team", "such as eva@example.com"),
            ("language", "klingon", "BCP 47"),
            ("tags", {"Tier Level": ["gold"]}, "small letters"),
            ("tags", {"tier": [{}]}, "must be a text"),
            ("tags", ["tier:gold"], "object of lists"),
            ("wieght", 1, 'did you mean "weight"?'),
        ],
    )
    def test_says_what_would_be_right(self, field: str, value: object, remedy: str) -> None:
        found = errors(**{field: value})
        assert len(found) == 1
        assert next(iter(found)).startswith(field)
        assert remedy in next(iter(found.values()))

    @given(st.dictionaries(
        st.sampled_from(PARTNER_KEYS),
        st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
                     lambda inner: st.lists(inner, max_size=3)
                     | st.dictionaries(st.text(max_size=5) | st.sampled_from(["lat", "lon"]), inner, max_size=3),
                     max_leaves=4),
    ))  # fmt: skip
    @settings(deadline=None)
    def test_is_read_or_refused_but_never_breaks(self, payload: dict[str, Any]) -> None:
        try:
            named = [read_partner(payload).name]
        except WrongContent as refused:
            named = [error.message for error in refused.errors]
        assert all(named)


class TestReadTags:
    def test_takes_one_value_without_its_list(self) -> None:
        assert read_tags({"tier": "gold", "vertical": []}) == {"tier": ("gold",)}

    def test_refuses_on_its_own(self) -> None:
        with pytest.raises(WrongContent, match=r"tags\.Tier"):
            read_tags({"Tier": ["gold"]})
