"""Where appointments take place: what calendars may say, what bookings get, who may know it when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.places import place_for_guest, plain_place, web_address
from admitone.booking.services import reschedule
from admitone.calendars.models import Calendar, Host
from admitone.calendars.services import TeamHost, set_own_video_room, set_team, set_video_room, update_calendar
from admitone.events.actor import SYSTEM
from admitone.logic.bookings import clean_caller, clean_guest
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW
ANA = {"name": "Ana", "email": "ana@example.com"}


@pytest.fixture
def account() -> Account:
    return factories.account()


def changed(calendar: Calendar, **fields: Any) -> Calendar:
    return update_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, **fields)


def with_room(account: Account, name: str, url: str) -> Host:
    host = factories.host(account, name=name)
    return set_video_room(account=account, host_id=host.id, actor=SYSTEM, now=NOW, video_url=url)


def fresh(booking: Booking) -> Booking:
    return Booking.objects.select_related("calendar", "host").get(id=booking.id)


def test_pattern_makes_another_room_for_each_appointment_and_keeps_it_when_that_moves(account: Account) -> None:
    place = {"location_kind": "room", "room_provider": "pattern", "location": " https://meet.example.org/{room} "}
    calendar = factories.calendar(account, **place)
    one, other = factories.booking(calendar), factories.booking(calendar, NOW + timedelta(days=2))
    assert one.location.startswith("https://meet.example.org/")
    assert one.location != other.location
    assert "{room}" not in one.location
    assert web_address(one) == one.location
    minute = one.start_min + 60
    moved = reschedule(account_id=account.id, booking_id=one.id, start=minute, actor=SYSTEM, now=NOW, by="host")
    assert moved.location == one.location


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"location_kind": "room", "location": "https://meet.example.org/{room}"}, "room_provider"),
        ({"location_kind": "room", "room_provider": "zoom", "location": "https://a.example/{room}"}, "room_provider"),
        ({"location_kind": "room", "room_provider": "pattern", "location": "https://meet.example.org/x"}, "location"),
        ({"location_kind": "room", "room_provider": "pattern", "location": "https://{room}.example.org/"}, "location"),
        ({"location_kind": "host"}, "location"),
        ({"location_kind": "host", "location": "my room"}, "location"),
    ],
)
def test_place_that_could_not_be_reached_is_refused(account: Account, fields: dict[str, str], fault: str) -> None:
    calendar = factories.calendar(account)
    for attempt in (lambda: changed(calendar, **fields), lambda: factories.calendar(account, **fields)):
        with pytest.raises(Problem) as refused:
            attempt()
        assert (refused.value.code, list(refused.value.fields)) == ("invalid", [fault])


def test_room_of_whoever_takes_the_appointment_follows_the_host_who_takes_it_over(account: Account) -> None:
    ana = with_room(account, "Ana", "https://video.example/ana")
    ben = with_room(account, "Ben", "https://video.example/ben")
    calendar = factories.calendar(account, host=ana, location_kind="host")
    set_team(
        account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, kind="round_robin",
        hosts=[TeamHost(ana.id, 1), TeamHost(ben.id)],
    )  # fmt: skip
    calendar.refresh_from_db()
    first = factories.booking(calendar)
    assert (first.host_id, first.location) == (ana.id, "https://video.example/ana")
    second = factories.booking(calendar)
    assert (second.host_id, second.location) == (ben.id, "https://video.example/ben")
    third = factories.booking(calendar, NOW + timedelta(days=2))
    assert third.host_id == ana.id
    start = first.start_min  # Ana is taken then
    Booking.objects.filter(id=second.id).update(status="cancelled")
    from admitone.booking.services.taking import release

    release(fresh(second))
    moved = reschedule(account_id=account.id, booking_id=third.id, start=start, actor=SYSTEM, now=NOW, by="host")
    assert (moved.host_id, moved.location) == (ben.id, "https://video.example/ben")


def test_host_without_a_room_meets_at_the_calendars_address(account: Account) -> None:
    calendar = factories.calendar(account, location_kind="host", location="https://video.example/desk")
    assert factories.booking(calendar).location == "https://video.example/desk"


def test_user_changes_the_room_of_every_host_they_are_and_plans_follow(account: Account) -> None:
    owner = factories.owner(account)
    host = factories.host(account, user=owner)
    calendar = factories.calendar(account, host=host, location_kind="host", location="https://video.example/desk")
    assert set_own_video_room(user=owner, video_url="https://video.example/me") == 1
    assert set_own_video_room(user=owner, video_url="https://video.example/me") == 0
    calendar.refresh_from_db()
    assert factories.booking(calendar).location == "https://video.example/me"
    with pytest.raises(Problem):
        set_own_video_room(user=owner, video_url="javascript:alert(1)")


def test_room_of_another_agencys_host_cannot_be_set(account: Account) -> None:
    stranger = factories.host(factories.account())
    with pytest.raises(Problem) as refused:
        set_video_room(account=account, host_id=stranger.id, actor=SYSTEM, now=NOW, video_url="https://a.example/")
    assert refused.value.code == "not_found"


def test_calendar_that_asks_needs_the_guests_place_and_owners_may_leave_it_out(account: Account) -> None:
    calendar = factories.calendar(account, location_kind="ask")
    plan = calendar.compiled
    with pytest.raises(Problem) as refused:
        clean_guest(plan, ANA)
    assert refused.value.fields == {"place": "Say where we should meet."}
    assert clean_guest(plan, {**ANA, "place": " Café \n Blau "}).place == "Café Blau"
    assert clean_caller(plan, ANA).place == ""
    assert clean_caller(plan, {**ANA, "place": "Office"}).place == "Office"


def test_guests_own_words_never_become_a_link(account: Account) -> None:
    calendar = factories.calendar(account, location_kind="ask")
    booking = fresh(factories.booking(calendar, place="https://evil.example/"))
    assert booking.location == "https://evil.example/"
    assert web_address(booking) == ""
    assert plain_place(booking) == "https evil.example/"


def test_hidden_address_is_told_once_the_appointment_stands(account: Account) -> None:
    calendar = factories.calendar(account, location_kind="address", location="Secret Lane 1", location_hidden=True)
    booking = fresh(factories.booking(calendar))
    assert place_for_guest(booking, hidden=True) == "Secret Lane 1"
    booking.status = "pending"
    assert (place_for_guest(booking, hidden=True), plain_place(booking)) == ("", "")
    assert place_for_guest(booking, hidden=False) == "Secret Lane 1"


def test_hosts_room_is_set_by_api(account: Account) -> None:
    host = factories.host(account)
    factories.calendar(account, host=host)
    api = Api(factories.api_key(account)[1])
    answer = api.patch(f"/hosts/{host.id}", {"video_url": "https://meet.example.org/ada"})
    assert (answer.status_code, answer.json()["video_url"]) == (200, "https://meet.example.org/ada")
    assert api.get("/hosts").json()["items"][0]["video_url"] == "https://meet.example.org/ada"
    assert code(api.patch(f"/hosts/{host.id}", {"video_url": "http://plain.example"})) == (422, "invalid")
    stranger = factories.host(factories.account())
    for key in (stranger.id, "nobody"):
        assert code(api.patch(f"/hosts/{key}", {"video_url": ""})) == (404, "not_found")
