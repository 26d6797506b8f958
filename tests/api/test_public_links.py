"""What the holder of a link sees and does: fixed shapes, precedence of refusals, retries, tampering, statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.api.conftest import ADA, ELEVEN, TEN, code, token

from admitone.booking.models import Booking
from admitone.links.models import LinkUse
from admitone.links.services import make_code

NOW = factories.NOW
DEAD = [
    ({"uses": 1}, (410, "link_used")),
    ({"deleted_at": NOW}, (410, "link_deleted")),
    ({"expires_at": NOW}, (410, "link_expired")),
    ({"not_before": NOW + timedelta(minutes=1)}, (409, "link_not_open")),
    ({"uses": 1, "deleted_at": NOW, "expires_at": NOW}, (410, "link_used")),
    ({"deleted_at": NOW, "expires_at": NOW}, (410, "link_deleted")),
    ({"expires_at": NOW, "not_before": NOW + timedelta(minutes=1)}, (410, "link_expired")),
]


def book(guest, link, **changes):
    return guest.post(f"/public/links/{token(link)}/bookings", ADA | changes)


def unspent(link) -> bool:
    link.refresh_from_db()
    return link.uses == 0 and not Booking.objects.exists()


def test_active_link_tells_what_it_books_and_nothing_that_leads_around_it(guest, link):
    answer = guest.get(f"/public/links/{token(link)}")
    shown = answer.json()
    assert (shown["status"], shown["calendar"], shown["duration"]) == ("active", "First consultation", 30)
    assert (shown["timezone"], shown["uses_left"], shown["expires_at"]) == ("Europe/Berlin", 1, None)
    assert shown["form"] == {
        "email_required": True,
        "phone": "off",
        "note": True,
        "place": False,
        "consent": None,
        "fields": [],
    }
    for secret in (str(link.calendar_id), str(link.id), "/first"):
        assert secret not in answer.content.decode()


def test_slots_are_utc_instants_of_the_dates_asked_for(guest, link):
    slots = guest.get(f"/public/links/{token(link)}/slots?from=2026-11-03&to=2026-11-03").json()["slots"]
    assert slots[0] == {"start": "2026-11-03T08:00:00Z", "end": "2026-11-03T08:30:00Z"}
    assert slots[-1] == {"start": "2026-11-03T15:30:00Z", "end": "2026-11-03T16:00:00Z"}
    assert len(slots) == 16


def test_dates_are_those_of_tz(guest, link):
    slots = guest.get(f"/public/links/{token(link)}/slots?from=2026-11-03&to=2026-11-03&tz=Asia/Tokyo").json()["slots"]
    assert (slots[0]["start"], slots[-1]["start"]) == ("2026-11-02T15:00:00Z", "2026-11-03T14:30:00Z")


def test_instants_bound_starts_half_open_and_default_is_two_weeks(guest, link):
    path = f"/public/links/{token(link)}/slots"
    between = guest.get(f"{path}?from={TEN}&to={ELEVEN}").json()["slots"]
    assert [slot["start"] for slot in between] == [TEN, "2026-11-03T09:30:00Z"]
    default = guest.get(path).json()["slots"]
    assert (default[0]["start"], default[-1]["start"]) == ("2026-11-02T09:00:00Z", "2026-11-16T08:30:00Z")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-03&to=2027-01-05", "to"),
        ("from=2026-11-03T00:00:00Z&to=2027-01-05T00:00:00Z", "to"),
        ("from=2026-11-04&to=2026-11-01", "to"),
        ("from=9999-01-01", "from"),
        ("from=1999-12-31", "from"),
        ("from=2026-02-30", "from"),
        ("from=2026-11-03T10:00:00", "from"),
        ("to=tomorrow", "to"),
        ("tz=Mars/Base", "tz"),
        ("tz=%00", "tz"),
        ("tz=../../etc/passwd", "tz"),
    ],
)
def test_window_that_makes_no_sense_is_invalid(guest, link, query, field):
    response = guest.get(f"/public/links/{token(link)}/slots?{query}")
    assert code(response) == (422, "invalid")
    assert list(response.json()["errors"]) == [field]


@pytest.mark.parametrize(
    "query", ["from=2026-11-03&to=2027-01-04", "from=2026-11-03T00:00:00Z&to=2027-01-04T00:00:00Z"]
)
def test_sixty_two_days_are_answered(guest, link, query):
    assert guest.get(f"/public/links/{token(link)}/slots?{query}").status_code == 200


def test_offered_link_has_only_its_offered_times(guest, calendar):
    at = int(NOW.timestamp()) // 60 + 1440
    link = factories.link(calendar, offered=[[at, at + 30]])
    assert guest.get(f"/public/links/{token(link)}/slots").json() == {
        "slots": [{"start": TEN, "end": "2026-11-03T09:30:00Z"}]
    }


def test_booking_answers_with_the_fixed_shape_and_closes_the_link(guest, link):
    response = book(guest, link)
    made = response.json()
    assert (response.status_code, set(made)) == (201, {"id", "start", "end", "manage_url", "status"})
    assert (made["start"], made["end"], made["status"]) == (TEN, "2026-11-03T09:30:00Z", "confirmed")
    assert guest.get(f"/public/bookings/{made['manage_url'].rsplit('/', 1)[-1]}").json()["id"] == made["id"]
    assert code(book(guest, link, start=ELEVEN)) == (410, "link_used")
    assert LinkUse.objects.count() == Booking.objects.count() == 1


def test_answers_are_stored_with_the_booking(guest, account):
    calendar = factories.calendar(account, phone="required", consent_text="I agree.")
    link = factories.link(calendar)
    answers = {"phone": "+49 30 1234567", "note": "First\nvisit", "consent": True}
    assert book(guest, link, answers=answers, utm={"utm_source": "letter"}, locale="de-AT").status_code == 201
    made = Booking.objects.get()
    assert (made.phone, made.note, made.consent_text) == ("+49301234567", "First\nvisit", "I agree.")
    assert (made.guest_timezone, made.guest_locale, made.utm) == ("Europe/London", "de", {"utm_source": "letter"})


@pytest.mark.parametrize(("fields", "refusal"), DEAD)
def test_dead_link_refuses_page_slots_and_booking_by_precedence(guest, calendar, fields, refusal):
    calendar.active = False
    calendar.save()
    link = factories.link(calendar, **fields)
    path = f"/public/links/{token(link)}"
    assert code(guest.get(path)) == refusal
    assert code(guest.get(f"{path}/slots?from=nonsense")) == refusal
    assert code(book(guest, link)) == refusal
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("body", [{}, {"start": "never"}, [], "x", 7, b"{broken", b"\xff\xfe", b"[" * 50_000])
def test_dead_link_wins_over_whatever_the_body_is(guest, calendar, body):
    link = factories.link(calendar, uses=1)
    assert code(guest.post(f"/public/links/{token(link)}/bookings", body)) == (410, "link_used")


def test_dead_link_leads_nowhere(guest, calendar):
    link = factories.link(calendar, uses=1)
    for path in ("", "/slots"):
        text = guest.get(f"/public/links/{token(link)}{path}").content.decode()
        assert not any(secret in text for secret in (str(calendar.id), "first", "slots", "2026"))


def test_paused_calendar_is_refused_after_the_link_and_before_the_slot(guest, link):
    link.calendar.active = False
    link.calendar.save()
    for response in (guest.get(f"/public/links/{token(link)}/slots"), book(guest, link, start="2026-11-03T09:07:00Z")):
        assert code(response) == (409, "calendar_paused")
    assert unspent(link)


def test_lost_slot_leaves_the_link_unspent(guest, calendar, link):
    book(guest, factories.link(calendar))
    assert code(book(guest, link)) == (409, "slot_taken")
    link.refresh_from_db()
    assert link.uses == 0


@pytest.mark.parametrize(
    "change",
    [
        {"start": "2026-11-03T09:07:00Z"},
        {"start": "2026-11-03T02:00:00Z"},
        {"start": "2026-11-01T09:00:00Z"},
        {"start": "2099-11-03T09:00:00Z"},
    ],
)
def test_start_that_was_never_on_offer_is_unavailable(guest, link, change):
    assert code(book(guest, link, **change)) == (422, "slot_unavailable")
    assert unspent(link)


@pytest.mark.parametrize(
    "change",
    [
        {"location": "elsewhere"},
        {"contact": "somebody"},
        {"end": ELEVEN},
        {"answers": {"colour": "red"}},
    ],
)
def test_fields_that_the_link_decides_are_refused(guest, link, change):
    response = book(guest, link, **change)
    assert code(response) == (422, "invalid")
    assert list(response.json()["errors"].values()) == ["There is no such field."]
    assert unspent(link)


def test_tampered_token_is_unknown(guest, link):
    good = token(link)
    other = good[:-1] + ("A" if good[-1] != "A" else "B")
    for bad in (other, good[1:], "x", good + "x", "%00", "é"):
        assert code(guest.post(f"/public/links/{bad}/bookings", ADA)) == (404, "link_unknown")
    assert unspent(link)


def test_same_key_answers_twice_even_though_the_link_is_used_by_then(guest, link):
    path = f"/public/links/{token(link)}/bookings"
    first, again = (guest.post(path, ADA, Idempotency_Key="k") for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert code(guest.post(path, ADA | {"start": ELEVEN}, Idempotency_Key="k")) == (422, "idempotency_key_reused")
    assert code(guest.post(path, ADA, Idempotency_Key="k2")) == (410, "link_used")
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
def test_strange_idempotency_key_is_invalid(guest, link, key):
    response = guest.post(f"/public/links/{token(link)}/bookings", ADA, Idempotency_Key=key)
    assert code(response) == (422, "invalid")
    assert unspent(link)


def test_link_locked_to_its_contact_refuses_another_address(guest, calendar):
    contact = factories.contact(calendar.account, email="bound@example.com")
    link = factories.link(calendar, contact=contact, contact_policy="refuse")
    assert code(book(guest, link)) == (403, "contact_mismatch")
    assert unspent(link)
    bare = guest.post(f"/public/links/{token(link)}/bookings", {"start": TEN})
    assert (bare.status_code, Booking.objects.get().contact_id) == (201, contact.id)


def test_verified_link_wants_the_mailed_code(guest, calendar):
    contact = factories.contact(calendar.account, email="ada@example.com")
    link = factories.link(calendar, contact=contact, contact_policy="verify")
    assert guest.get(f"/public/links/{token(link)}").json()["needs_code"] is True
    assert code(book(guest, link)) == (403, "code_required")
    mailed = make_code(link.id, NOW)
    assert code(book(guest, link, code=f"{(int(mailed) + 1) % 10**6:06d}")) == (403, "code_invalid")
    assert book(guest, link, code=mailed).status_code == 201


def test_booking_takes_at_most_fourteen_statements(guest, link):
    with CaptureQueriesContext(connection) as seen:
        response = guest.post(f"/public/links/{token(link)}/bookings", ADA, Idempotency_Key="k")
    assert response.status_code == 201
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    plain = [query["sql"] for query in seen if not query["sql"].startswith(control)]
    assert len(plain) == 14, "\n".join(plain)


def test_link_and_slots_take_at_most_two_statements(guest, link, django_assert_num_queries):
    with django_assert_num_queries(1):
        guest.get(f"/public/links/{token(link)}")
    with django_assert_num_queries(2):
        guest.get(f"/public/links/{token(link)}/slots")
