"""A feed served over real HTTP becomes blocks of its host, and closes the host when it breaks."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests import factories
from tests.integrations.feed_server import FeedServer

from admitone.accounts.models import Account
from admitone.booking import queries as booking
from admitone.calendars import busy, services
from admitone.calendars.models import BusySource, Calendar
from admitone.events import SYSTEM
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db

LUNCH = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:20261026T120000
DTEND;TZID=Europe/Berlin:20261026T130000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
EXDATE;TZID=Europe/Berlin:20261104T120000
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account)


def add(calendar: Calendar, url: str, now: datetime) -> BusySource:
    host = calendar.calendar_hosts.get().host_id
    return services.add_busy_source(
        account=calendar.account, host_id=host, kind="ics", config={"url": url}, actor=SYSTEM, now=now
    )


def open_starts(calendar: Calendar, day: int, now: datetime) -> int:
    first = to_min_floor(datetime(2026, 11, day, tzinfo=UTC))
    return len(booking.open_slots(calendar.compiled, now=now, first=first, end=first + 1440))


def test_a_feed_takes_its_times_out_of_what_is_offered(feeds: FeedServer, calendar: Calendar, now: datetime) -> None:
    source = add(calendar, feeds.put("/work.ics", LUNCH), now)
    assert open_starts(calendar, 3, now) == 0
    assert busy.refresh_source(source.id, now)
    assert (open_starts(calendar, 3, now), open_starts(calendar, 4, now)) == (14, 16)


def test_an_unchanged_feed_is_not_sent_again_on_the_same_day(
    feeds: FeedServer, calendar: Calendar, now: datetime
) -> None:
    source = add(calendar, feeds.put("/work.ics", LUNCH, headers={"ETag": '"v1"'}), now)
    for later in (timedelta(), timedelta(minutes=5), timedelta(days=1)):
        assert busy.refresh_source(source.id, now + later)
    assert [match for _, match in feeds.asked] == ["", '"v1"', ""]
    assert source.blocks.count() > 200


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", LUNCH[:-20].encode(), b"", b"\x00\xff" * 100])
def test_a_broken_feed_closes_the_host_and_says_why(
    feeds: FeedServer, calendar: Calendar, now: datetime, body: bytes
) -> None:
    source = add(calendar, feeds.put("/work.ics", LUNCH), now)
    busy.refresh_source(source.id, now)
    feeds.put("/work.ics", body)
    later = now + timedelta(minutes=6)
    assert busy.refresh_source(source.id, later) is False
    source.refresh_from_db()
    assert source.error.endswith(".")
    assert open_starts(calendar, 4, later) == 0


def test_a_feed_in_the_private_network_is_refused(
    feeds: FeedServer, calendar: Calendar, now: datetime, settings: Any
) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    source = add(calendar, feeds.put("/work.ics", LUNCH), now)
    assert busy.refresh_source(source.id, now) is False
    source.refresh_from_db()
    assert (source.error, feeds.asked) == ("That address lies in a private network.", [])


def test_webcal_addresses_are_read_by_https(calendar: Calendar, now: datetime) -> None:
    source = add(calendar, "webcal://p01.example.com/published/2/abc", now)
    assert busy.unsealed(source) == {"url": "https://p01.example.com/published/2/abc"}


@pytest.mark.parametrize(
    "url", ["", "calendar.ics", "ftp://example.com/a.ics", "https://a b/", "https://u:p@example.com/", "x" * 3000]
)
def test_what_is_no_address_is_refused(calendar: Calendar, now: datetime, url: str) -> None:
    with pytest.raises(Problem) as refused:
        add(calendar, url, now)
    assert list(refused.value.fields) == ["url"]
