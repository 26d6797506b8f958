"""What may be said about a calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.calendars import CLEANERS, RESERVED_SLUGS, clean_calendar, clean_origin, clean_slug, slug_from
from admitone.logic.errors import Problem


def fault(**fields: Any) -> dict[str, str]:
    current = fields.pop("current", None)
    with pytest.raises(Problem) as refused:
        clean_calendar(fields, current)
    return refused.value.fields


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"duration": "0"}, "duration"),
        ({"duration": True}, "duration"),
        ({"duration": "1e3"}, "duration"),
        ({"notice": 10**9}, "notice"),
        ({"buffer_before": 721}, "buffer_before"),
        ({"access": "secret"}, "access"),
        ({"note": "yes"}, "note"),
        ({"redirect_url": "http://example.com/"}, "redirect_url"),
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"redirect_url": "https://user:pw@example.com/"}, "redirect_url"),
        ({"redirect_url": "https://exa mple.com/"}, "redirect_url"),
        ({"redirect_url": "https://example.com;sandbox/"}, "redirect_url"),
        ({"redirect_url": "https://*/"}, "redirect_url"),
        ({"brand_color": "#808080"}, "brand_color"),
        ({"brand_radius": 25}, "brand_radius"),
        ({"location_kind": "address"}, "location"),
        ({"location_kind": "video", "location": "http://meet.example/x"}, "location"),
        ({"range_kind": "fixed"}, "range_first"),
        ({"range_kind": "fixed", "range_first": "2026-12-02", "range_last": "2026-12-01"}, "range_last"),
        ({"range_first": "9999-12-31"}, "range_first"),
        ({"range_kind": "rolling", "range_days": ""}, "range_days"),
        ({"email_required": False}, "email_required"),
        ({"email_required": False, "phone": "optional"}, "email_required"),
        ({"contact_policy": "custom"}, "contact_email"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"reminder_hours": 0}, "reminder_hours"),
        ({"embed_origins": "https://a.example"}, "embed_origins"),
        ({"embed_origins": ["http://a.example"]}, "embed_origins"),
        ({"embed_origins": ["https://a.example/path"]}, "embed_origins"),
        ({"embed_origins": [f"https://{n}.example" for n in range(51)]}, "embed_origins"),
        ({"plan": "{}"}, "plan"),
    ],
)
def test_a_bad_value_is_refused_at_its_field(fields: dict[str, Any], name: str) -> None:
    assert list(fault(**fields)) == [name]


def test_values_are_cleaned() -> None:
    given_ = {
        "name": "  First\tvisit\u202e ",
        "duration": "45",
        "per_day_limit": "",
        "range_kind": "fixed",
        "range_first": "2026-12-01",
        "range_last": date(2026, 12, 24),
        "embed_origins": ["https://A.example/", "https://a.example", "http://localhost:3000"],
        "contact_policy": "custom",
        "contact_phone": "+49 30 123456",
        "description": "a\x00b\r\nc",
    }
    assert clean_calendar(given_) == {
        "name": "First visit",
        "duration": 45,
        "per_day_limit": None,
        "range_kind": "fixed",
        "range_first": date(2026, 12, 1),
        "range_last": date(2026, 12, 24),
        "embed_origins": ["https://a.example", "http://localhost:3000"],
        "contact_policy": "custom",
        "contact_phone": "+4930123456",
        "description": "ab\nc",
    }


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("https://例え.example/日本?q=ü", "https://xn--r8jz45g.example/%E6%97%A5%E6%9C%AC?q=%C3%BC"),
        ("HTTPS://Shop.example:8443/a%20b?x=1&y=/#top", "https://shop.example:8443/a%20b?x=1&y=/#top"),
    ],
)
def test_an_address_that_stands_in_headers_is_plain_ascii(raw: str, kept: str) -> None:
    assert clean_calendar({"redirect_url": raw}) == {"redirect_url": kept}


def test_related_fields_are_judged_with_the_stored_ones() -> None:
    assert clean_calendar({"email_required": False}, {"phone": "required"}) == {"email_required": False}
    assert list(fault(phone="off", current={"phone": "required", "email_required": False})) == ["email_required"]


def test_a_stored_fault_does_not_stop_other_changes() -> None:
    assert clean_calendar({"name": "New"}, {"location_kind": "address", "location": ""}) == {"name": "New"}


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.lists(st.text(max_size=8)),
    st.dictionaries(st.text(max_size=3), st.none()),
)


@given(st.sampled_from(sorted(CLEANERS)), ANY)
def test_anything_is_cleaned_or_refused_as_invalid(name: str, value: Any) -> None:
    try:
        clean_calendar({name: value})
    except Problem as problem:
        assert problem.code == "invalid"


@pytest.mark.parametrize("slug", ["", "A b", "-a", "a--b", "ä", "a" * 61, "g", "new"])
def test_a_bad_or_reserved_slug_is_refused(slug: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        clean_slug(slug)


@given(st.text(max_size=200))
def test_a_slug_made_from_any_name_is_a_good_one(name: str) -> None:
    assert clean_slug(slug_from(name)) == slug_from(name)


def test_a_reserved_word_as_a_name_gets_a_longer_slug() -> None:
    assert {clean_slug(slug_from(word)) for word in RESERVED_SLUGS} == {f"{word}-calendar" for word in RESERVED_SLUGS}


@pytest.mark.parametrize(
    "raw", ["*", "https://*.example.com", "https://a.example;script-src *", "data:", "https://[::1", "https://a b"]
)
def test_what_could_widen_a_policy_is_no_origin(raw: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        clean_origin(raw)
