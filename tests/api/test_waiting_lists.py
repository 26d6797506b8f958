"""Waiting lists through the API."""

from __future__ import annotations

import pytest
from tests import factories
from tests.api.conftest import TEN, code
from tests.links.test_waiting_list import drop, fill, follow

from admitone.booking.models import WaitlistEntry

NOW = factories.NOW


@pytest.fixture
def room(account):
    return factories.calendar(account, slug="yoga", kind="class", capacity=2, waitlist=True)


def join(guest, room, name="Ada", **more):
    body = {"start": TEN, "name": name, "email": f"{name.lower()}@example.com", **more}
    return guest.post(f"/public/calendars/{room.id}/waitlist", body)


def test_anybody_joins_the_list_of_a_full_time_and_keeps_their_place(guest, room, freeze):
    fill(room)
    made = join(guest, room)
    body = made.json()
    assert (made.status_code, body["status"], body["start"]) == (201, "waiting", TEN)
    assert "/w/" in body["manage_url"]
    freeze.shift(60)
    again = join(guest, room).json()
    assert again == body | {"manage_url": None}  # anybody may have typed the address


def test_time_with_room_has_no_list(guest, room):
    assert code(join(guest, room)) == (409, "waitlist_closed")


def test_calendar_for_links_only_is_not_there(guest, account):
    hidden = factories.calendar(account, kind="class", capacity=1, waitlist=True, access="one_time")
    assert code(join(guest, hidden)) == (404, "not_found")
    assert code(guest.post("/public/calendars/nothing/waitlist", {"start": TEN, "name": "A", "email": "a@b.co"})) == (
        404,
        "not_found",
    )


@pytest.mark.parametrize("more", [{"party": 3}, {"party": 0}, {"email": "nobody"}, {"start": "soon"}])
def test_odd_wishes_are_refused(guest, room, more):
    fill(room)
    assert code(join(guest, room, **more)) == (422, "invalid")


def test_owner_lists_who_waits(api, guest, room):
    fill(room)
    join(guest, room)
    join(guest, room, "Ben")
    listed = api.get("/calendars/yoga/waitlist").json()["items"]
    assert [(one["name"], one["status"], one["seats"]) for one in listed] == [
        ("Ada", "waiting", 1),
        ("Ben", "waiting", 1),
    ]
    assert api.get("/calendars/yoga/waitlist?status=offered").json()["items"] == []
    assert len(api.get(f"/calendars/yoga/waitlist?start={TEN}").json()["items"]) == 2


def test_owner_takes_somebody_off_the_list(api, guest, room):
    fill(room)
    key = join(guest, room).json()["id"]
    for _ in range(2):
        assert api.delete(f"/calendars/yoga/waitlist/{key}").status_code == 204
    assert WaitlistEntry.objects.get().status == "left"


def test_owner_offers_a_seat_to_somebody(api, guest, room):
    seats = fill(room)
    ada, ben = join(guest, room).json()["id"], join(guest, room, "Ben").json()["id"]
    assert code(api.post(f"/calendars/yoga/waitlist/{ben}/offer")) == (409, "slot_taken")
    drop(seats[0])
    follow()
    drop(seats[1])
    states = {one["id"]: one["status"] for one in api.get("/calendars/yoga/waitlist").json()["items"]}
    assert states == {ada: "offered", ben: "offered"}
    assert code(api.post(f"/calendars/yoga/waitlist/{ben}/offer")) == (404, "not_found")


def test_entry_of_another_calendar_is_not_there(api, guest, account, room, calendar):
    fill(room)
    key = join(guest, room).json()["id"]
    assert code(api.delete(f"/calendars/{calendar.id}/waitlist/{key}")) == (404, "not_found")
