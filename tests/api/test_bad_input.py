"""Whatever is sent, the answer is a clear 4xx that names the field, never a 5xx, and nothing was written."""

from __future__ import annotations

import json

import pytest
from tests.api.conftest import ADA, TEN, code, token

from admitone.booking.models import Booking
from admitone.links.models import OneTimeLink

HUGE = "x" * 100_000
BAD_LINKS = [
    ({}, "calendar"),
    ({"calendar": 7}, "calendar"),
    ({"calendar": None}, "calendar"),
    ({"calendar": HUGE}, "calendar"),
    ({"calendar": "fir\x00st"}, "calendar"),
    ({"max_uses": 0}, "max_uses"),
    ({"max_uses": 1001}, "max_uses"),
    ({"max_uses": 10**30}, "max_uses"),
    ({"max_uses": "1"}, "max_uses"),
    ({"max_uses": 1.5}, "max_uses"),
    ({"max_uses": True}, "max_uses"),
    ({"max_uses": None}, "max_uses"),
    ({"expires_at": "2026-12-01"}, "expires_at"),
    ({"expires_at": "2026-12-01T10:00:00"}, "expires_at"),
    ({"expires_at": "2026-13-01T10:00:00Z"}, "expires_at"),
    ({"expires_at": "2026-12-01T10:00:60Z"}, "expires_at"),
    ({"expires_at": "2026-12-01T10:00:00+99:99"}, "expires_at"),
    ({"expires_at": "9999-12-31T23:59:59Z"}, "expires_at"),
    ({"expires_at": "9999-12-31T23:59:59-23:59"}, "expires_at"),
    ({"expires_at": "0001-01-01T00:00:00+23:59"}, "expires_at"),
    ({"expires_at": "1999-12-31T23:59:59Z"}, "expires_at"),
    ({"expires_at": "2026-11-01T00:00:00Z"}, "expires_at"),
    ({"expires_at": 1793000000}, "expires_at"),
    ({"expires_at": "٢٠٢٦-12-01T10:00:00Z"}, "expires_at"),
    ({"not_before": "2026-12-02T00:00:00Z", "expires_at": "2026-12-01T00:00:00Z"}, "not_before"),
    ({"label": "x" * 121}, "label"),
    ({"label": "a\x00b"}, "label"),
    ({"label": "a\x1bb"}, "label"),
    ({"label": ["a"]}, "label"),
    ({"note": HUGE}, "note"),
    ({"note": "\ud800"}, "note"),
    ({"metadata": []}, "metadata"),
    ({"metadata": {"a": {"b": 1}}}, "metadata"),
    ({"metadata": {"a": [1]}}, "metadata"),
    ({"metadata": {"a\x00": 1}}, "metadata"),
    ({"metadata": {"a": "\x00"}}, "metadata"),
    ({"metadata": {"a": "\udfff"}}, "metadata"),
    ({"metadata": {"a": 10**400}}, "metadata"),
    ({"metadata": {"a": 1e308 * 10}}, None),
    ({"metadata": {"x" * 65: 1}}, "metadata"),
    ({"metadata": {str(n): n for n in range(51)}}, "metadata"),
    ({"offered": []}, "offered"),
    ({"offered": [{}] * 201}, "offered"),
    ({"offered": [{"start": TEN}]}, "offered.0.end"),
    ({"offered": [{"start": TEN, "end": "2026-11-03T09:00:30Z"}]}, "offered.0.end"),
    ({"offered": [{"start": TEN, "end": TEN}]}, "offered"),
    ({"offered": [{"start": "2026-11-01T09:00:00Z", "end": "2026-11-01T10:00:00Z"}]}, "offered"),
    ({"offered": "all"}, "offered"),
    ({"contact": 7}, "contact"),
    ({"contact": {}}, "contact.email"),
    ({"contact": {"email": "nope"}}, "contact.email"),
    ({"contact": {"email": "a@b"}}, "contact.email"),
    ({"contact": {"email": "a" * 250 + "@example.com"}}, "contact.email"),
    ({"contact": {"email": "a@example.com", "name": "a\x00"}}, "contact.name"),
    ({"contact": {"phone": "no number"}}, "contact.phone"),
    ({"contact": {"email": "a@example.com", "age": 7}}, "contact.age"),
    ({"contact_policy": "trust"}, "contact_policy"),
    ({"contact_policy": "refuse"}, "contact"),
    ({"utm": {"utm_colour": "red"}}, "utm.utm_colour"),
    ({"status": "used"}, "status"),
    ({"uses": 0}, "uses"),
    ({"id": "x"}, "id"),
]
BAD_BOOKINGS = [
    ({"start": None}, "start"),
    ({"start": 29_000_000}, "start"),
    ({"start": "soon"}, "start"),
    ({"start": "2026-11-03T09:00:30Z"}, "start"),
    ({"start": "9999-11-03T09:00:00Z"}, "start"),
    ({"start": HUGE}, "start"),
    ({"name": ""}, "name"),
    ({"name": "   "}, "name"),
    ({"name": "x" * 201}, "name"),
    ({"name": "A\x00da"}, "name"),
    ({"name": "A\x07da"}, "name"),
    ({"name": "\ud83d"}, "name"),
    ({"name": {"first": "Ada"}}, "name"),
    ({"email": ""}, "email"),
    ({"email": "nope"}, "email"),
    ({"email": "a@b@example.com"}, "email"),
    ({"email": "a b@example.com"}, "email"),
    ({"email": "a@exa\x00mple.com"}, "email"),
    ({"email": "a@example.com\nBcc: b@example.com"}, "email"),
    ({"email": "a" * 300 + "@example.com"}, "email"),
    ({"email": ["a@example.com"]}, "email"),
    ({"timezone": "Mars/Base"}, "timezone"),
    ({"timezone": ""}, "timezone"),
    ({"timezone": "../../../etc/passwd"}, "timezone"),
    ({"timezone": 1}, "timezone"),
    ({"locale": "tlh"}, "locale"),
    ({"answers": []}, "answers"),
    ({"answers": {"note": "x" * 2001}}, "answers.note"),
    ({"answers": {"note": "\x00"}}, "answers.note"),
    ({"answers": {"consent": "yes"}}, "answers.consent"),
    ({"answers": {"phone": 49}}, "answers.phone"),
    ({"utm": {"utm_source": "x" * 201}}, "utm.utm_source"),
    ({"code": "x" * 41}, "code"),
]


@pytest.mark.parametrize(("body", "field"), BAD_LINKS)
def test_link_that_makes_no_sense_is_invalid_and_names_the_field(api, calendar, body, field):
    response = api.post("/one-time-links", {"calendar": "first"} | body if body else {})
    if field is None:  # not JSON at all: infinity
        assert code(response) == (400, "malformed")
        return
    assert code(response) == (422, "invalid")
    assert list(response.json()["errors"]) == [field]
    assert OneTimeLink.objects.count() == 0


@pytest.mark.parametrize(("body", "field"), BAD_BOOKINGS)
def test_booking_that_makes_no_sense_is_invalid_and_names_the_field(guest, link, body, field):
    response = guest.post(f"/public/links/{token(link)}/bookings", ADA | body)
    assert code(response) == (422, "invalid")
    assert list(response.json()["errors"]) == [field]
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'start': 1}",
        b'{"start": NaN}',
        b'{"start": Infinity}',
        b"\xff\xfe{\x00}\x00",
        b"\x00",
        b"[" * 100_000,
        b'{"a":' * 30_000,
        b"9" * 10_000,
        "{}".encode("utf-16"),
        b'\xef\xbb\xbf{"start": 1}',
        b'{"name": "\xed\xa0\x80"}',
    ],
)
def test_body_that_is_not_json_is_malformed(api, guest, link, body):
    for response in (
        guest.post(f"/public/links/{token(link)}/bookings", body),
        api.post("/one-time-links", body),
        api.patch(f"/one-time-links/{link.id}", body),
    ):
        assert code(response) == (400, "malformed")


@pytest.mark.parametrize("body", [[], [{}], "text", 7, True, None])
def test_json_that_is_no_object_is_invalid(api, guest, link, body):
    content = json.dumps(body).encode()
    for response in (
        guest.post(f"/public/links/{token(link)}/bookings", content),
        api.post("/one-time-links", content),
    ):
        assert code(response) == (422, "invalid")


def test_infinite_number_is_invalid(api, calendar):
    response = api.post("/one-time-links", b'{"calendar": "first", "metadata": {"a": 1e999}}')
    assert code(response) == (422, "invalid")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1e9",
        "status=lost",
        "cursor=%FF",
        "calendar=%00",
        "contact=" + "x" * 999,
    ],
)
def test_strange_filters_are_refused(api, account, query):
    assert api.get(f"/one-time-links?{query}").status_code in (404, 422)
    assert api.get(f"/bookings?{query}").status_code in (404, 422)


@pytest.mark.parametrize("bad", ["x", "%00", "0", "é", "..", "x" * 3000, "00000000-0000-0000-0000-00000000000g"])
def test_strange_ids_are_not_found(api, account, bad):
    for path in (f"/one-time-links/{bad}", f"/bookings/{bad}", f"/contacts/{bad}", f"/calendars/{bad}/slots"):
        assert code(api.get(path)) == (404, "not_found")


def test_search_for_control_characters_is_refused(api, account):
    assert code(api.get("/contacts?search=%00")) == (422, "invalid")
