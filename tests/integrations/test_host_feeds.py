"""The feed of a host's appointments: what it says, when it changes, who may read it, and that reading writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar as Ical
from tests import factories

from admitone.accounts.models import Account, Membership
from admitone.booking.models import Booking
from admitone.booking.services import cancel, reschedule
from admitone.calendars.models import Calendar, Host
from admitone.calendars.services import TeamHost, set_team, update_calendar
from admitone.events import SYSTEM
from admitone.integrations.host_feeds import feed_url, make_feed, revoke_feed, rotate_feed
from admitone.integrations.models import HostFeed
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)


@pytest.fixture
def account(freeze: time_machine.Traveller) -> Account:
    return factories.account(slug="north-clinic", name="North Clinic")


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="First visit", host=factories.host(account, name="Dr Klein"))


@pytest.fixture
def feed(account: Account, calendar: Calendar) -> HostFeed:
    return make_feed(account=account, host_id=host_of(calendar).id, **DO)


def host_of(calendar: Calendar) -> Host:
    return calendar.calendar_hosts.get().host


def path(feed: HostFeed) -> str:
    return "/" + feed_url(feed).split("/", 3)[3]


def read(feed: HostFeed) -> Ical:
    response = Client().get(path(feed))
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return Ical.from_ical(b"".join(response.streaming_content))


def events(feed: HostFeed) -> list[Any]:
    return read(feed).walk("VEVENT")


def test_feed_names_guest_calendar_place_and_page_but_no_address_of_the_guest(
    feed: HostFeed, calendar: Calendar
) -> None:
    update_calendar(
        account=calendar.account, calendar_id=calendar.id, location_kind="address", location="Main St 1", **DO
    )
    calendar.refresh_from_db()
    booking = factories.booking(calendar, TOMORROW, name="Ana Röth", email="ana@example.com")
    text = b"".join(Client().get(path(feed)).streaming_content).decode()
    file = Ical.from_ical(text)
    assert str(file["X-WR-CALNAME"]) == str(file["NAME"]) == "Dr Klein (North Clinic)"
    assert (str(file["METHOD"]), file["REFRESH-INTERVAL"].dt) == ("PUBLISH", timedelta(minutes=15))
    [one] = file.walk("VEVENT")
    said = {key: str(one[key]) for key in ("UID", "SUMMARY", "LOCATION", "STATUS", "SEQUENCE")}
    assert said == {
        "UID": f"{booking.id}@admitone",
        "SUMMARY": "Ana Röth: First visit",
        "LOCATION": "Main St 1",
        "STATUS": "CONFIRMED",
        "SEQUENCE": "0",
    }
    assert str(one["URL"]).endswith(f"/app/north-clinic/bookings/{booking.id}/")
    assert (one["DTSTART"].dt, one["DTEND"].dt - one["DTSTART"].dt) == (TOMORROW, timedelta(minutes=30))
    assert one["DTSTAMP"].dt == booking.updated_at
    assert "example.com" not in text.replace(str(one["URL"]), "")
    assert text.endswith("END:VCALENDAR\r\n")


def test_move_keeps_the_uid_and_raises_the_sequence_and_what_is_cancelled_vanishes(
    feed: HostFeed, calendar: Calendar
) -> None:
    ids: dict[str, Any] = {"account_id": calendar.account_id, "booking_id": factories.booking(calendar, TOMORROW).id}
    before = events(feed)[0]
    reschedule(**ids, start=to_min_floor(TOMORROW) + 60, by="host", actor=SYSTEM, now=NOW + timedelta(minutes=5))
    [after] = events(feed)
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(hours=1)
    assert after["DTSTAMP"].dt > before["DTSTAMP"].dt
    cancel(**ids, by="host", **DO)
    assert events(feed) == []


def test_request_is_tentative_and_old_ones_end_after_ninety_days(feed: HostFeed, calendar: Calendar) -> None:
    Booking.objects.filter(id=factories.booking(calendar, TOMORROW).id).update(status="pending")
    factories.booking(calendar, NOW - timedelta(days=89))
    factories.booking(calendar, NOW - timedelta(days=92))
    assert [str(one["STATUS"]) for one in events(feed)] == ["CONFIRMED", "TENTATIVE"]


def test_guests_of_a_class_are_one_entry_with_their_names(account: Account, feed: HostFeed, calendar: Calendar) -> None:
    yoga = factories.calendar(account, kind="class", capacity=8, name="Yoga", host=host_of(calendar))
    for name in ("Ana", "Bob"):
        factories.booking(yoga, TOMORROW, name=name)
    [one] = events(feed)
    assert (str(one["SUMMARY"]), str(one["DESCRIPTION"])) == ("Yoga (2 guests)", "Ana\nBob")


def test_feed_holds_the_host_alone_in_this_account_and_what_they_join(
    account: Account, feed: HostFeed, calendar: Calendar
) -> None:
    factories.booking(factories.calendar(account), TOMORROW)
    sister = factories.account(agency=account.agency)
    factories.booking(factories.calendar(sister, host=host_of(calendar)), TOMORROW)
    lead = factories.host(account)
    factories.calendar(account, host=lead)
    team = [TeamHost(lead.id, priority=9), TeamHost(host_of(calendar).id)]
    both = factories.calendar(account)
    set_team(account=account, calendar_id=both.id, kind="collective", hosts=team, **DO)
    both.refresh_from_db()
    together = factories.booking(both, TOMORROW + timedelta(hours=3))
    assert [str(one["UID"]) for one in events(feed)] == [f"{together.id}@admitone"]


def test_unchanged_feed_is_not_sent_again_and_every_change_is(
    feed: HostFeed, calendar: Calendar, django_assert_num_queries: Any
) -> None:
    booking = factories.booking(calendar, TOMORROW)
    first = Client().get(path(feed))
    assert first["Cache-Control"] == "private, max-age=300"
    same = {"headers": {"If-None-Match": first["ETag"]}}
    with django_assert_num_queries(2):
        assert Client().get(path(feed), **same).status_code == 304
    Booking.objects.filter(id=booking.id).update(name="Erased")
    second = Client().get(path(feed), **same)
    assert (second.status_code, second["ETag"] != first["ETag"]) == (200, True)


@pytest.mark.parametrize("change", [rotate_feed, revoke_feed])
def test_old_address_is_dead_after_a_new_one_and_after_its_end(feed: HostFeed, change: Callable[..., Any]) -> None:
    old = path(feed)
    change(account=feed.account, host_id=feed.host_id, **DO)
    assert Client().get(old).status_code == 404
    left = HostFeed.objects.filter(account=feed.account)
    assert [Client().get(path(one)).status_code for one in left] == ([200] if change is rotate_feed else [])
    assert Client().get("/feed/nonsense.ics").status_code == 404


def test_made_twice_it_is_the_same_and_foreign_hosts_are_not_found(account: Account, feed: HostFeed) -> None:
    assert make_feed(account=account, host_id=feed.host_id, **DO).id == feed.id
    stranger = factories.account()
    for act in (make_feed, rotate_feed, revoke_feed):
        with pytest.raises(Problem, match="not_found"):
            act(account=stranger, host_id=feed.host_id, **DO)
    assert HostFeed.objects.count() == 1


def test_feed_of_somebody_who_left_the_team_is_closed(account: Account) -> None:
    who = factories.member(account)
    host = Host.objects.create(agency=account.agency, user=who, name="Bea", created_at=NOW)
    feed = make_feed(account=account, host_id=host.id, **DO)
    assert Client().get(path(feed)).status_code == 200
    Membership.objects.filter(user=who).delete()
    assert Client().get(path(feed)).status_code == 404


def test_two_thousand_entries_take_three_statements(
    feed: HostFeed, calendar: Calendar, django_assert_num_queries: Any
) -> None:
    one = factories.booking(calendar, TOMORROW)
    rows = []
    for n in range(1, 2000):
        row = Booking.objects.get(id=one.id)
        row.pk = None
        row.id = type(one)._meta.pk.get_default()
        row.start_min, row.end_min = one.start_min + 60 * n, one.end_min + 60 * n
        rows.append(row)
    Booking.objects.bulk_create(rows)
    with django_assert_num_queries(3):
        assert len(events(feed)) == 2000
