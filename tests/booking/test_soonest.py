"""What a group's page calls the next open time is the first that each calendar's own page offers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.queries import open_slots
from admitone.booking.services import book
from admitone.booking.soonest import AHEAD, soonest
from admitone.calendars.models import BusyBlock, BusySource, Calendar
from admitone.calendars.services import TeamHost, block_time, set_team, update_calendar
from admitone.events import GUEST, SYSTEM
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_ceil
from admitone.logic.plan import CalendarPlan

NOW = factories.NOW
FIRST = to_min_ceil(NOW)
TOMORROW = NOW.replace(hour=8) + timedelta(days=1)  # 09:00 in Berlin

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account()


def team(account: Account, kind: str, **changes: Any) -> Calendar:
    hosts = [factories.host(account) for _ in range(2)]
    calendar = factories.calendar(account, host=hosts[0], notice=1440)
    who = [TeamHost(host.id) for host in hosts]
    do: dict[str, Any] = {"account": account, "calendar_id": calendar.id, "actor": SYSTEM, "now": NOW}
    set_team(**do, kind=kind, hosts=who)
    return update_calendar(**do, **changes)


def plans(*calendars: Calendar) -> list[CalendarPlan]:
    for one in calendars:
        one.refresh_from_db()
    return [one.compiled for one in calendars]


def fill(calendar: Calendar, *starts: datetime) -> None:
    plan = plans(calendar)[0]
    for n, start in enumerate(starts):
        guest = clean_guest(plan, {"name": "Ada", "email": f"ada{n}@example.com"})
        book(plan=plan, start=to_min_ceil(start), guest=guest, source="api", actor=GUEST, now=NOW)


def test_each_kind_of_calendar_says_what_its_own_page_offers_first(account: Account) -> None:
    calendars = {
        "free": factories.calendar(account),
        "noticed": factories.calendar(account, notice=1440, buffer_before=15, alignment="packed"),
        "limited": factories.calendar(account, notice=1440, per_day_limit=2),
        "robin": team(account, "round_robin", per_host_day_limit=1),
        "together": team(account, "collective"),
        "class": factories.calendar(account, kind="class", capacity=1, notice=1440, waitlist=True),
        "roomy": factories.calendar(account, kind="class", capacity=3, notice=1440),
        "event": factories.calendar(account, kind="event", capacity=1, notice=1440),
        "blocked": factories.calendar(account, notice=1440),
        "never": factories.calendar(account, hours={}),
    }
    later = TOMORROW + timedelta(hours=1, minutes=30)
    fill(calendars["noticed"], later)
    for name in ("limited", "robin", "together", "class", "roomy", "event"):
        fill(calendars[name], later, later + timedelta(hours=1))
    busy = calendars["noticed"].calendar_hosts.get().host
    source = BusySource.objects.create(account=account, host=busy, kind="ics", fetched_at=NOW, created_at=NOW)
    minute = to_min_ceil(later) + 60
    BusyBlock.objects.create(source=source, host=busy, start_min=minute, end_min=minute + 60)
    block_time(
        account=account, actor=SYSTEM, now=NOW, calendar_id=calendars["blocked"].id,
        start=to_min_ceil(TOMORROW), end=to_min_ceil(TOMORROW) + 120,
    )  # fmt: skip
    asked = plans(*calendars.values())
    for moment in (NOW, later - timedelta(hours=24)):
        first = to_min_ceil(moment)
        offered = {
            plan.calendar_id: slots[0]
            for plan in asked
            if (slots := open_slots(plan, now=moment, first=first, end=first + AHEAD))
        }
        assert soonest(asked, now=moment) == offered
        assert str(calendars["never"].id) not in offered


@pytest.mark.parametrize("count", [1, 3])
def test_more_calendars_take_no_more_statements(
    account: Account, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plain = [factories.calendar(account) for _ in range(count)]
    limits = [factories.calendar(account, per_day_limit=1) for _ in range(count)]
    robins = [team(account, "round_robin", per_host_day_limit=1) for _ in range(count)]
    classes = [factories.calendar(account, kind="class", capacity=2, waitlist=True) for _ in range(count)]
    for calendars, expected in ((plain, 2), ([*plain, *limits], 3), ([*plain, *limits, *robins, *classes], 7)):
        asked = plans(*calendars)
        with django_assert_num_queries(expected):
            assert len(soonest(asked, now=NOW)) == len(calendars)
    assert Booking.objects.count() == 0
