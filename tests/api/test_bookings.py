"""Bookings, calendars, contacts and the account through the API, and the guest's own booking."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests import factories
from tests.api.conftest import ADA, ELEVEN, TEN, code, token

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking, Occupancy
from admitone.contacts.models import Contact
from admitone.events import Event

NOW = factories.NOW


@pytest.fixture
def booking(calendar):
    return factories.booking(calendar)


@pytest.fixture
def mine(booking):
    return f"/public/bookings/{keyring().sign('b1', booking.id)}"


def test_account_names_itself_and_its_key(api, account):
    shown = api.get("/account").json()
    assert (shown["id"], shown["slug"], shown["timezone"]) == (str(account.id), account.slug, "Europe/Berlin")
    assert shown["key"]["scopes"] == ["read", "write"]


def test_calendars_are_listed_and_read_by_id_or_slug(api, calendar):
    listed = api.get("/calendars").json()
    assert [item["slug"] for item in listed["items"]] == ["first"]
    assert api.get(f"/calendars/{calendar.id}").json() == api.get("/calendars/first").json() == listed["items"][0]
    assert (listed["items"][0]["duration"], listed["next_cursor"]) == (30, None)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_a_few_statements_however_long(api, account, count, django_assert_num_queries):
    for n in range(count):
        made = factories.calendar(account)
        factories.booking(made, NOW.replace(day=3 + n))
    for path, statements in (("/calendars", 3), ("/bookings", 2), ("/contacts", 2)):
        with django_assert_num_queries(statements):
            assert len(api.get(path).json()["items"]) == count


def test_calendar_slots_are_those_of_its_links(api, guest, calendar, link):
    query = "slots?from=2026-11-03&to=2026-11-05"
    ours = api.get(f"/calendars/first/{query}").json()
    assert ours == guest.get(f"/public/links/{token(link)}/{query}").json()
    assert len(ours["slots"]) == 48


@pytest.mark.parametrize(
    ("at", "reasons"),
    [
        (TEN, ["BOOKED"]),
        ("2026-11-03T10:07:00Z", ["GRID"]),
        ("2026-11-03T20:00:00Z", ["HOURS"]),
        ("2026-11-01T20:00:00Z", ["PAST", "HOURS"]),
        (ELEVEN, []),
    ],
)
def test_why_names_every_reason(api, booking, at, reasons):
    answer = api.get(f"/calendars/first/slots/why?at={at}").json()
    assert ([reason["code"] for reason in answer["reasons"]], answer["open"]) == (reasons, not reasons)
    assert all(reason["sentence"] for reason in answer["reasons"])
    assert len(answer["nearest"]) == 3


def test_why_says_that_the_calendar_is_paused(api, calendar):
    calendar.plan = calendar.plan.replace('"active":true', '"active":false')
    calendar.save()
    answer = api.get(f"/calendars/first/slots/why?at={TEN}").json()
    assert ([reason["code"] for reason in answer["reasons"]], answer["nearest"]) == (["PAUSED"], [])


def test_program_books_on_the_calendars_terms_and_is_answered_twice(api, calendar):
    body = ADA | {"calendar": "first", "note": "By phone", "metadata": {"case": 7}}
    first, again = (api.post("/bookings", body, Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    made = first.json()
    assert (made["start"], made["source"], made["metadata"], made["link"]) == (TEN, "api", {"case": 7}, None)
    assert Event.objects.get(kind="booking.created").actor_kind == "api_key"
    assert code(api.post("/bookings", body)) == (409, "slot_taken")
    assert code(api.post("/bookings", body | {"start": "2026-11-03T02:00:00Z"})) == (422, "slot_unavailable")


def test_bookings_are_filtered_by_calendar_status_contact_and_time(api, calendar, booking):
    other = factories.booking(factories.calendar(calendar.account, slug="second"), datetime(2026, 11, 5, 9, tzinfo=UTC))

    def ids(query):
        return {item["id"] for item in api.get(f"/bookings?{query}").json()["items"]}

    assert ids("") == {str(booking.id), str(other.id)}
    assert ids("calendar=second") == ids("from=2026-11-04") == ids(f"contact={other.contact_id}") == {str(other.id)}
    assert ids("to=2026-11-03") == ids(f"from={TEN}&to={ELEVEN}") == {str(booking.id)}
    assert ids("status=cancelled") == ids(f"to={TEN}") == set()


def test_bookings_are_filtered_by_host_and_source(api, calendar, booking):
    other = factories.booking(factories.calendar(calendar.account), datetime(2026, 11, 5, 9, tzinfo=UTC))
    foreign = factories.host(factories.account())

    def ids(query):
        return {item["id"] for item in api.get(f"/bookings?{query}").json()["items"]}

    assert ids(f"host={other.host_id}") == {str(other.id)}
    assert ids("source=workflow") == set()
    assert ids(f"source={other.source}&host={other.host_id}") == {str(other.id)}
    answers = [api.get(f"/bookings?{query}").status_code for query in (f"host={foreign.id}", "host=x", "source=x")]
    assert answers == [404, 404, 422]


def test_bookings_page_without_repeating(api, calendar):
    made = {str(factories.booking(calendar, datetime(2026, 11, 3, 9 + n, tzinfo=UTC)).id) for n in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/bookings?limit=2{'&cursor=' + cursor if cursor else ''}").json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (len(seen), set(seen)) == (5, made)


def test_program_cancels_once(api, booking):
    done = api.post(f"/bookings/{booking.id}/cancellation", {"reason": "Closed"})
    assert (done.status_code, done.json()["status"], done.json()["cancelled_by"]) == (201, "cancelled", "host")
    assert Occupancy.objects.count() == 0
    assert code(api.post(f"/bookings/{booking.id}/cancellation")) == (409, "booking_not_active")


def test_program_reschedules_within_the_hours_only(api, booking):
    path = f"/bookings/{booking.id}/reschedule"
    assert code(api.post(path, {"start": "2026-11-03T02:00:00Z"})) == (422, "slot_unavailable")
    moved = api.post(path, {"start": ELEVEN, "timezone": "Asia/Tokyo"})
    shown = moved.json()
    assert (moved.status_code, shown["start"], shown["rescheduled_from"]) == (201, ELEVEN, TEN)
    assert (shown["timezone"], shown["sequence"]) == ("Asia/Tokyo", 1)


def test_guest_reads_moves_and_cancels_their_own_booking(guest, mine, booking):
    shown = guest.get(mine).json()
    assert (shown["id"], shown["can_cancel"], shown["can_reschedule"]) == (str(booking.id), True, True)
    starts = [slot["start"] for slot in guest.get(f"{mine}/slots?from=2026-11-03&to=2026-11-03").json()["slots"]]
    assert TEN in starts
    moved = guest.post(f"{mine}/reschedule", {"start": ELEVEN})
    assert (moved.status_code, moved.json()["start"]) == (201, ELEVEN)
    cancelled = guest.post(f"{mine}/cancellation", {"reason": "Ill"})
    assert (cancelled.status_code, cancelled.json()["status"]) == (201, "cancelled")
    assert code(guest.post(f"{mine}/reschedule", {"start": TEN})) == (409, "booking_not_active")
    assert code(guest.get(f"{mine}/slots")) == (409, "booking_not_active")
    assert Booking.objects.get().cancelled_by == "guest"


def test_empty_body_cancels(guest, mine):
    assert guest.post(f"{mine}/cancellation").status_code == 201


def test_guest_of_a_locked_booking_can_only_read(guest, mine, booking):
    calendar = booking.calendar
    calendar.guest_can_cancel = calendar.guest_can_reschedule = False
    calendar.plan = calendar.plan.replace('can_cancel":true', 'can_cancel":false').replace(
        'can_reschedule":true', 'can_reschedule":false'
    )
    calendar.save()
    assert guest.get(mine).json()["can_cancel"] is False
    for response in (
        guest.post(f"{mine}/cancellation"),
        guest.post(f"{mine}/reschedule", {"start": ELEVEN}),
        guest.get(f"{mine}/slots"),
    ):
        assert code(response) == (409, "booking_locked")


def test_lost_time_leaves_the_booking_where_it_was(guest, mine, calendar):
    factories.booking(calendar, datetime(2026, 11, 3, 10, tzinfo=UTC))
    assert code(guest.post(f"{mine}/reschedule", {"start": ELEVEN})) == (409, "slot_taken")
    assert guest.get(mine).json()["start"] == TEN


@pytest.mark.parametrize("bad", ["x", "A" * 44, "%00"])
def test_unknown_manage_token_is_not_found(guest, account, bad):
    for response in (guest.get(f"/public/bookings/{bad}"), guest.post(f"/public/bookings/{bad}/cancellation")):
        assert code(response) == (404, "not_found")


def test_contact_is_made_once_and_keeps_what_it_says(api):
    made = api.post("/contacts", {"email": "Ada@example.com", "name": "Ada"})
    again = api.post("/contacts", {"email": "ada@EXAMPLE.com", "name": "Eve"})
    assert (made.status_code, again.json()["id"], again.json()["name"]) == (201, made.json()["id"], "Ada")
    assert Contact.objects.get().source == "api"
    assert [item["id"] for item in api.get("/contacts?search=ada").json()["items"]] == [made.json()["id"]]
    assert api.get(f"/contacts/{made.json()['id']}").json() == made.json()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"name": "Ada"}, "email"),
        ({"email": "nope"}, "email"),
        ({"phone": "twelve"}, "phone"),
        ({"email": "a@example.com", "name": "x" * 201}, "name"),
    ],
)
def test_contact_without_a_usable_address_is_invalid(api, body, field):
    response = api.post("/contacts", body)
    assert code(response) == (422, "invalid")
    assert list(response.json()["errors"]) == [field]


def test_erased_contact_is_gone(api, account):
    contact = factories.contact(account, erased_at=NOW)
    assert code(api.get(f"/contacts/{contact.id}")) == (404, "not_found")
    assert api.get("/contacts").json()["items"] == []
