"""Requests through the API: made pending, approved or declined by their host, withdrawn by their guest."""

from __future__ import annotations

import pytest
from tests import factories
from tests.api.conftest import ADA, TEN, code, token

from admitone.booking.models import Booking
from admitone.calendars.services import update_calendar
from admitone.events import SYSTEM, Event

NOW = factories.NOW
GUEST = {"start": TEN, **ADA}


@pytest.fixture
def asking(account, calendar):
    update_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, approval=True, approval_hours=6)
    calendar.refresh_from_db()
    return calendar


@pytest.fixture
def asked(api, asking):
    made = api.post("/bookings", {"calendar": "first", **GUEST})
    assert made.status_code == 201
    return made.json()


def test_booking_is_pending_until_its_answer(api, asked):
    assert (asked["status"], asked["answer_by"]) == ("pending", "2026-11-02T15:00:00Z")
    assert [one["id"] for one in api.get("/bookings?status=pending").json()["items"]] == [asked["id"]]
    assert api.get("/bookings?status=declined").json()["items"] == []


def test_link_booking_says_pending_to_the_guest(guest, asking, link):
    assert guest.get(f"/public/links/{token(link)}").json()["approval"] is True
    made = guest.post(f"/public/links/{token(link)}/bookings", GUEST)
    assert (made.status_code, made.json()["status"]) == (201, "pending")


def test_approval_confirms_once_and_bars_a_decline(api, asked):
    done = api.post(f"/bookings/{asked['id']}/confirmation")
    assert (done.status_code, done.json()["status"], done.json()["answer_by"]) == (201, "confirmed", None)
    assert api.post(f"/bookings/{asked['id']}/confirmation").status_code == 201
    assert code(api.post(f"/bookings/{asked['id']}/decline")) == (409, "booking_not_active")
    assert Event.objects.get(kind="booking.confirmed").actor_kind == "api_key"


def test_decline_frees_the_time_and_keeps_the_reason(api, asked):
    done = api.post(f"/bookings/{asked['id']}/decline", {"reason": "Full"})
    shown = done.json()
    assert (done.status_code, shown["status"], shown["cancelled_by"], shown["cancel_reason"]) == (
        201,
        "declined",
        "host",
        "Full",
    )
    assert api.post(f"/bookings/{asked['id']}/decline").status_code == 201
    assert code(api.post(f"/bookings/{asked['id']}/confirmation")) == (409, "booking_not_active")
    assert api.post("/bookings", {"calendar": "first", **GUEST}).status_code == 201


@pytest.mark.parametrize("reason", ["x" * 1001, 7, None])
def test_wrong_reason_is_refused(api, asked, reason):
    assert api.post(f"/bookings/{asked['id']}/decline", {"reason": reason}).status_code == 422
    assert Booking.objects.get().status == "pending"


def test_answers_of_unknown_bookings_are_not_found(api, asked):
    for verb in ("confirmation", "decline"):
        assert code(api.post(f"/bookings/{factories.uuid4()}/{verb}")) == (404, "not_found")


def test_guest_sees_until_when_and_may_always_withdraw(api, guest, account, asking, asked):
    update_calendar(account=account, calendar_id=asking.id, actor=SYSTEM, now=NOW, guest_can_cancel=False)
    mine = f"/public/bookings/{asked['manage_url'].rpartition('/')[2]}"
    shown = guest.get(mine).json()
    assert (shown["status"], shown["answer_by"], shown["can_cancel"]) == ("pending", "2026-11-02T15:00:00Z", True)
    done = guest.post(f"{mine}/cancellation")
    assert (done.status_code, done.json()["status"]) == (201, "cancelled")
