"""Series through the API: with a key, with a link, and by their guests."""

from __future__ import annotations

import pytest
from tests import factories
from tests.api.conftest import ADA, TEN, code, token

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.calendars.services import update_calendar
from admitone.events import SYSTEM

NOW = factories.NOW
WEEKLY = {"every": "week", "count": 3}


@pytest.fixture
def weekly(account, calendar):
    return update_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, series_max=5)


def book(api, **more):
    return api.post("/bookings", {**ADA, "calendar": "first", **more}, Idempotency_Key="once")


def test_series_is_booked_with_a_key_and_listed(api, weekly):
    made = book(api, repeat=WEEKLY)
    body = made.json()
    assert (made.status_code, body["series"]) == (201, {"id": body["id"], "n": 1})
    assert [(one["n"], one["start"]) for one in body["bookings"]] == [
        (1, TEN), (2, "2026-11-10T09:00:00Z"), (3, "2026-11-17T09:00:00Z"),
    ]  # fmt: skip
    factories.booking(weekly, NOW.replace(day=5))
    listed = api.get(f"/bookings?series={body['id']}").json()["items"]
    assert sorted(one["series"]["n"] for one in listed) == [1, 2, 3]
    assert book(api, repeat=WEEKLY).json() == body


@pytest.mark.parametrize("series", ["nothing", "01a1fc6b-c2c9-77df-bcf4-dbfe8be5f7c2"])
def test_series_of_nobody_has_no_bookings(api, calendar, series):
    factories.booking(calendar)
    assert api.get(f"/bookings?series={series}").json()["items"] == []


def test_single_booking_is_no_series(api, calendar):
    body = book(api).json()
    assert (body["series"], body["bookings"]) == (None, [])


def test_conflict_lists_every_date(api, weekly):
    factories.booking(weekly, NOW.replace(day=10))
    refused = book(api, repeat=WEEKLY)
    assert code(refused) == (409, "series_conflict")
    assert [(one["start"], one["reason"]) for one in refused.json()["dates"]] == [
        (TEN, ""), ("2026-11-10T09:00:00Z", "BOOKED"), ("2026-11-17T09:00:00Z", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "repeat", [{"every": "day", "count": 2}, {"every": "week", "count": 1}, {"count": 2}, "weekly"]
)
def test_odd_series_are_refused(api, weekly, repeat):
    assert code(book(api, repeat=repeat)) == (422, "invalid")


@pytest.mark.parametrize("count", [6, 52])
def test_series_longer_than_the_calendar_allows_are_refused(api, weekly, count):
    refused = book(api, repeat={"every": "month", "count": count})
    assert (code(refused), list(refused.json()["errors"])) == ((422, "invalid"), ["repeat"])


def test_following_appointments_are_cancelled_by_the_owner(api, weekly):
    dates = book(api, repeat=WEEKLY).json()["bookings"]
    done = api.post(f"/bookings/{dates[1]['id']}/cancellation", {"following": True})
    assert (done.status_code, done.json()["status"]) == (201, "cancelled")
    assert [row.status for row in Booking.objects.order_by("series_n")] == ["confirmed", "cancelled", "cancelled"]


def test_following_appointments_are_cancelled_by_their_guest(api, guest, weekly):
    dates = book(api, repeat=WEEKLY).json()["bookings"]
    mine = dates[1]["manage_url"].rpartition("/")[2]
    assert guest.post(f"/public/bookings/{mine}/cancellation", {"following": True}).status_code == 201
    assert [row.status for row in Booking.objects.order_by("series_n")] == ["confirmed", "cancelled", "cancelled"]


def test_link_books_as_long_a_series_as_it_says_and_is_used_once(guest, calendar):
    link = factories.link(calendar, series=3)
    path = f"/public/links/{keyring().sign('o1', link.id)}"
    assert guest.get(path).json()["series"] == 3
    assert code(guest.post(f"{path}/bookings", {**ADA, "repeat": {"every": "week", "count": 4}})) == (422, "invalid")
    made = guest.post(f"{path}/bookings", {**ADA, "repeat": WEEKLY}, Idempotency_Key="k")
    assert (made.status_code, len(made.json()["bookings"])) == (201, 3)
    assert guest.post(f"{path}/bookings", {**ADA, "repeat": WEEKLY}, Idempotency_Key="k").json() == made.json()
    assert code(guest.post(f"{path}/bookings", ADA)) == (410, "link_used")


def test_link_without_series_books_none(guest, link):
    assert code(guest.post(f"/public/links/{token(link)}/bookings", {**ADA, "repeat": WEEKLY})) == (422, "invalid")
