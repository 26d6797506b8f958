"""Links that agree on something else than their calendar: page, times and booking hold to it, and so do moves."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.api.conftest import ADA, ELEVEN, TEN, Api, code
from tests.api.conftest import token as token_of

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar, Host
from admitone.calendars.services import TeamHost, set_team, update_calendar
from admitone.events import SYSTEM
from admitone.links.models import OneTimeLink
from admitone.links.services import reissue
from admitone.links.services.batches import issue_chunk
from admitone.logic.errors import Problem

NOW = factories.NOW
DAY = "?from=2026-11-03&to=2026-11-03"


@pytest.fixture
def team(account: Account) -> Calendar:
    """A round robin of Ann and Bob, whose guests choose."""
    hosts = [factories.host(account, name=name) for name in ("Ann", "Bob")]
    made = factories.calendar(account, slug="team", host=hosts[0])
    return staff(made, "Ann", "Bob", kind="round_robin", guest_picks_host=True)


def staff(calendar: Calendar, *names: str, **changes: Any) -> Calendar:
    hosts = [TeamHost(Host.objects.get(name=name).id) for name in names]
    return set_team(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, hosts=hosts, **changes)


def host(name: str) -> str:
    return str(Host.objects.get(name=name).id)


def issue(api: Api, calendar: str, **terms: Any) -> str:
    answer = api.post("/one-time-links", {"calendar": calendar, **terms})
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in terms} == terms
    return str(answer.json()["url"]).rsplit("/", 1)[-1]


def look(guest: Api, token: str) -> dict[str, Any]:
    found: dict[str, Any] = guest.get(f"/public/links/{token}").json()
    return found


def starts(guest: Api, token: str, query: str = "") -> list[str]:
    return [one["start"] for one in guest.get(f"/public/links/{token}/slots{DAY}{query}").json()["slots"]]


def book(guest: Api, token: str, **body: Any) -> Any:
    return guest.post(f"/public/links/{token}/bookings", ADA | body)


def booked(guest: Api, token: str, **body: Any) -> Booking:
    answer = book(guest, token, **body)
    assert answer.status_code == 201, answer.content
    return Booking.objects.select_related("host").get(id=answer.json()["id"])


def move(guest: Api, booking: Booking, manage: str, start: str) -> Any:
    return guest.post(f"/public/bookings/{manage}/reschedule", {"start": start})


def manage_of(answer: Any) -> str:
    return str(answer.json()["manage_url"]).rstrip("/").rsplit("/", 1)[-1]


def test_links_own_length_is_the_only_one(api, guest, calendar) -> None:
    update_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, durations=[15])
    token = issue(api, "first", duration=50)
    shown = look(guest, token)
    assert (shown["duration"], shown["durations"]) == (50, [50])
    assert starts(guest, token)[-1] == "2026-11-03T15:00:00Z"
    assert code(book(guest, token, duration=15)) == (422, "invalid")
    answer = book(guest, token)
    assert (answer.json()["start"], answer.json()["end"]) == (TEN, "2026-11-03T09:50:00Z")
    manage = manage_of(answer)
    offered = guest.get(f"/public/bookings/{manage}/slots{DAY}").json()["slots"]
    assert {one["end"][14:16] for one in offered} == {"20", "50"}
    moved = guest.post(f"/public/bookings/{manage}/reschedule", {"start": ELEVEN})
    assert (moved.json()["start"], moved.json()["end"]) == (ELEVEN, "2026-11-03T10:50:00Z")


def test_links_own_host_is_met_named_and_kept(api, guest, team) -> None:
    token = issue(api, "team", host=host("Bob"))
    shown = look(guest, token)
    assert (shown["host"], shown["hosts"]) == ("Bob", [])
    assert code(book(guest, token, host=host("Ann"))) == (422, "invalid")
    other = factories.link(team)
    answer = book(guest, token)
    manage = manage_of(answer)
    assert Booking.objects.select_related("host").get().host.name == "Bob"
    # Bob is taken at eleven: his guest is not moved to Ann, though she is free.

    assert booked(guest, token_of(other), start=ELEVEN, email="eve@example.com", host=host("Bob")).host.name == "Bob"
    assert ELEVEN not in [one["start"] for one in guest.get(f"/public/bookings/{manage}/slots{DAY}").json()["slots"]]
    assert code(guest.post(f"/public/bookings/{manage}/reschedule", {"start": ELEVEN})) == (409, "slot_taken")
    noon = guest.post(f"/public/bookings/{manage}/reschedule", {"start": "2026-11-03T12:00:00Z"})
    assert noon.status_code == 201
    assert Booking.objects.select_related("host").get(email=ADA["email"]).host.name == "Bob"


def test_nobody_stands_in_for_an_agreed_host_who_left(api, guest, team) -> None:
    token = issue(api, "team", host=host("Bob"))
    staff(team, "Ann")
    assert (look(guest, token)["host"], starts(guest, token)) == ("", [])
    assert code(book(guest, token)) == (422, "slot_unavailable")
    assert OneTimeLink.objects.get().uses == 0
    assert guest.client.get(f"/o/{token}").status_code == 200
    staff(team, "Ann", kind="personal")
    assert starts(guest, token) == []
    staff(team, "Bob", kind="personal")
    assert (look(guest, token)["host"], len(starts(guest, token))) == ("Bob", 16)
    assert booked(guest, token).host.name == "Bob"


def test_appointment_whose_agreed_host_left_can_move_to_others(api, guest, team) -> None:
    answer = book(guest, issue(api, "team", host=host("Bob")))
    staff(team, "Ann")
    assert guest.post(f"/public/bookings/{manage_of(answer)}/reschedule", {"start": ELEVEN}).status_code == 201
    assert Booking.objects.select_related("host").get().host.name == "Ann"


@pytest.mark.parametrize(("place", "kind"), [("12 High Street", "address"), ("https://meet.example.com/ada", "video")])
def test_links_own_place_is_shown_and_booked(api, guest, calendar, place: str, kind: str) -> None:
    token = issue(api, "first", location=place)
    assert look(guest, token)["location_kind"] == kind
    booking = booked(guest, token)
    assert (booking.location_kind, booking.location) == (kind, place)


def test_link_takes_one_place_unless_it_says_more(api, guest, account) -> None:
    factories.calendar(account, slug="yoga", kind="class", capacity=4, max_party=3)
    alone, four = issue(api, "yoga"), issue(api, "yoga", seats=4)
    assert (look(guest, alone)["max_party"], look(guest, four)["max_party"]) == (1, 4)
    assert code(book(guest, alone, party=2)) == (422, "invalid")
    assert booked(guest, alone).seats == 1
    assert TEN not in starts(guest, four, "&party=4")
    assert code(book(guest, four, party=4)) == (409, "slot_taken")
    assert booked(guest, four, party=3, guests=[{"name": "Ben"}]).seats == 3


@pytest.mark.parametrize(
    ("calendar", "terms", "field"),
    [
        ("first", {"host": "{ann}"}, "host"),
        ("team", {"host": "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"}, "host"),
        ("first", {"seats": 2}, "seats"),
        ("yoga", {"seats": 5}, "seats"),
        ("yoga", {"duration": 90}, "duration"),
        ("first", {"duration": 0}, "duration"),
    ],
)
def test_terms_that_the_calendar_cannot_keep_are_refused(api, account, calendar, team, terms, field) -> None:
    factories.calendar(account, slug="first")
    factories.calendar(account, slug="yoga", kind="class", capacity=4)
    filled = {name: host("Ann") if value == "{ann}" else value for name, value in terms.items()}
    answer = api.post("/one-time-links", {"calendar": calendar, **filled})
    assert (code(answer), list(answer.json()["errors"])) == ((422, "invalid"), [field])


def test_reissued_link_keeps_the_terms_or_is_refused(api, guest, team) -> None:
    token = issue(api, "team", host=host("Bob"), duration=50, location="Room 5")
    booked(guest, token)
    old = OneTimeLink.objects.get()
    new = reissue(account=old.account, link_id=old.id, actor=SYSTEM, now=NOW)
    assert (new.host_id, new.duration, new.location) == (old.host_id, 50, "Room 5")
    staff(team, "Ann")
    with pytest.raises(Problem) as caught:
        reissue(account=old.account, link_id=old.id, actor=SYSTEM, now=NOW)
    assert caught.value.detail == "This host does not take appointments of the calendar."


def test_batch_makes_links_on_its_terms(api, guest, team) -> None:
    terms = {"duration": 45, "host": host("Ann"), "location": "Room 5"}
    made = api.post("/one-time-links/batches", {"calendar": "team", "count": 2, **terms})
    assert made.status_code == 202, made.content
    issue_chunk(batch_id=made.json()["id"], now=NOW)
    found = OneTimeLink.objects.values_list("duration", "host__name", "location")
    assert list(found) == [(45, "Ann", "Room 5")] * 2
    assert code(api.post("/one-time-links/batches", {"calendar": "team", "count": 2, "seats": 2})) == (422, "invalid")
