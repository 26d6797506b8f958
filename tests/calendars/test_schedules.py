"""Schedules that several calendars share: fortnights, single dates, holidays, blocked time, and what a plan makes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.queries import open_slots, openings
from admitone.calendars import queries, services
from admitone.calendars.models import Calendar, Schedule
from admitone.calendars.plans import compile_plan
from admitone.calendars.services.holidays import due
from admitone.calendars.services.teams import TeamHost
from admitone.events import SYSTEM, Event
from admitone.logic.availability import Override, week_number
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
#: Monday to Sunday of next week; the factories' day is Monday, November 2.
MONDAY = date(2026, 11, 9)


@pytest.fixture
def account() -> Account:
    return factories.account(timezone="UTC")


@pytest.fixture
def who(account: Account, now: datetime) -> dict[str, Any]:
    return {"account": account, "actor": SYSTEM, "now": now}


@pytest.fixture
def shared(who) -> Schedule:
    """Open on Mondays from 9 to 11."""
    return services.create_schedule(**who, name="Practice", week={0: [(540, 660)]})


@pytest.fixture
def calendar(account, shared, who) -> Calendar:
    return uses(factories.calendar(account, notice=0, interval=60, duration=60), shared, who)


def uses(calendar: Calendar, schedule: Schedule, who: dict[str, Any]) -> Calendar:
    return services.choose_schedule(**who, calendar_id=calendar.id, schedule_id=schedule.id)


def minute(day: date, hour: int = 0) -> int:
    return to_min_floor(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def starts(calendar: Calendar, days: int = 7, first: date = MONDAY) -> list[str]:
    plan = Calendar.objects.get(id=calendar.id).compiled
    low = minute(first)
    return [f"{from_min(at):%m-%d %H}" for at in open_slots(plan, now=factories.NOW, first=low, end=low + days * 1440)]


def kinds() -> list[str]:
    return list(Event.objects.exclude(kind__startswith="calendar.").order_by("id").values_list("kind", flat=True))


def test_changing_a_shared_schedule_changes_every_calendar_that_opens_by_it(account, calendar, shared, who) -> None:
    other = uses(factories.calendar(account, notice=0, interval=60, duration=60), shared, who)
    services.set_weekly_hours(**who, schedule_id=shared.id, week={1: [(600, 660)]})
    assert (starts(calendar), starts(other)) == (["11-10 10"], ["11-10 10"])
    assert {one.compiled == compile_plan(one) for one in Calendar.objects.all()} == {True}
    assert {one.id for one in queries.calendars_by(shared)} == {calendar.id, other.id}


def test_hours_of_every_other_week_open_in_their_weeks_only(calendar, shared, who) -> None:
    phase = week_number(MONDAY.toordinal()) % 2
    fortnight = {phase: {2: [(600, 660)]}}
    services.set_weekly_hours(**who, schedule_id=shared.id, week={0: [(540, 600)]}, alternating=fortnight)
    assert starts(calendar, 21) == ["11-09 09", "11-11 10", "11-16 09", "11-23 09", "11-25 10"]


def test_dates_add_subtract_and_replace(calendar, shared, who) -> None:
    where = {**who, "schedule_id": shared.id}
    services.set_override(**where, date=MONDAY, windows=[(600, 660)], mode="subtract")
    services.set_override(**where, date=MONDAY, windows=[(780, 840)], mode="add")
    assert starts(calendar) == ["11-09 09", "11-09 13"]
    services.set_override(**where, date=MONDAY, until=MONDAY + timedelta(days=13))
    assert starts(calendar, 15) == ["11-23 09", "11-23 10"]
    services.clear_override(**where, date=MONDAY, until=MONDAY + timedelta(days=13))
    assert starts(calendar, 7) == ["11-09 09", "11-09 10"]


def test_an_addition_without_hours_is_refused(shared, who) -> None:
    with pytest.raises(Problem) as refused:
        services.set_override(**who, schedule_id=shared.id, date=MONDAY, mode="add")
    assert list(refused.value.fields) == ["windows"]


def test_public_holidays_close_unless_opened_or_replaced(account, calendar, shared, who) -> None:
    services.set_weekly_hours(**who, schedule_id=shared.id, week={day: [(540, 600)] for day in range(7)})
    services.set_holidays(**who, schedule_id=shared.id, country="DE", subdivision="BY")
    christmas = date(2026, 12, 24)
    services.update_calendar(**who, calendar_id=calendar.id, range_kind="unlimited")
    assert starts(calendar, 4, christmas) == ["12-24 09", "12-27 09"]
    services.open_holiday(**who, schedule_id=shared.id, date=date(2026, 12, 25))
    services.set_override(**who, schedule_id=shared.id, date=date(2026, 12, 26), windows=[(720, 780)])
    assert starts(calendar, 4, christmas) == ["12-24 09", "12-25 09", "12-26 12", "12-27 09"]
    services.set_holidays(**who, schedule_id=shared.id, country="")
    assert (starts(calendar, 2, date(2027, 1, 1)), shared.holidays.count()) == (["01-01 09", "01-02 09"], 0)


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"country": "DE", "subdivision": "ZZ"}, "subdivision"),
        ({"country": "", "subdivision": "BY"}, "subdivision"),
    ],
)
def test_unknown_places_of_holidays_are_refused(shared, who, place, field) -> None:
    with pytest.raises(Problem) as refused:
        services.set_holidays(**who, schedule_id=shared.id, **place)
    assert list(refused.value.fields) == [field]


def test_holidays_are_read_again_in_the_new_year_and_stay_open(calendar, shared, who, now) -> None:
    services.set_holidays(**who, schedule_id=shared.id, country="DE")
    services.open_holiday(**who, schedule_id=shared.id, date=date(2027, 5, 1))
    assert due(now) == []
    later = datetime(2027, 1, 1, 1, tzinfo=UTC)
    assert due(later) == [shared.id]
    assert services.refresh_holidays(schedule_id=shared.id, now=later)
    assert shared.holidays.filter(open=True).count() == 1
    assert Override(date(2029, 12, 25)) in Calendar.objects.get(id=calendar.id).compiled.schedule.overrides
    assert not services.refresh_holidays(schedule_id=shared.id, now=later)


def test_a_copy_has_everything_and_is_used_by_nothing(calendar, shared, who) -> None:
    services.set_holidays(**who, schedule_id=shared.id, country="FR")
    services.set_override(**who, schedule_id=shared.id, date=MONDAY)
    copy = services.duplicate_schedule(**who, schedule_id=shared.id, name="Branch")
    assert (copy.hours.count(), copy.overrides.count(), copy.holidays.count()) == (1, 1, shared.holidays.count())
    assert queries.calendars_by(copy) == []


def test_a_schedule_in_use_is_not_deleted(calendar, shared, who) -> None:
    with pytest.raises(Problem) as refused:
        services.delete_schedule(**who, schedule_id=shared.id)
    assert refused.value.code == "schedule_in_use"
    spare = services.create_schedule(**who, name="Spare")
    services.rename_schedule(**who, schedule_id=spare.id, name="Sparer")
    services.delete_schedule(**who, schedule_id=spare.id)
    assert kinds()[-3:] == ["schedule.created", "schedule.changed", "schedule.deleted"]


def test_a_schedule_of_a_host_in_a_team_is_in_use(account, calendar, who) -> None:
    own = services.create_schedule(**who, name="Host's")
    host = calendar.calendar_hosts.get().host_id
    services.set_team(**who, calendar_id=calendar.id, hosts=[TeamHost(host, schedule=own.id)])
    with pytest.raises(Problem):
        services.delete_schedule(**who, schedule_id=own.id)
    services.set_weekly_hours(**who, schedule_id=own.id, week={0: [(600, 660)]})
    assert starts(calendar) == ["11-09 10"]


def test_blocked_time_of_a_host_counts_in_every_calendar_of_theirs(account, calendar, shared, who) -> None:
    host = calendar.calendar_hosts.get().host
    other = uses(factories.calendar(account, host=host, notice=0, interval=60, duration=60), shared, who)
    block = services.block_time(**who, host_id=host.id, start=minute(MONDAY, 9), end=minute(MONDAY, 10), note="Dentist")
    assert (starts(calendar), starts(other)) == (["11-09 10"], ["11-09 10"])
    services.unblock_time(**who, block_id=block.id)
    assert starts(calendar) == ["11-09 09", "11-09 10"]


def test_blocked_time_of_a_calendar_counts_in_it_alone_and_buffers_overhang_it(
    account, calendar, shared, who, django_assert_num_queries
) -> None:
    host = calendar.calendar_hosts.get().host
    other = uses(factories.calendar(account, host=host, notice=0, interval=60, duration=60), shared, who)
    services.update_calendar(**who, calendar_id=calendar.id, buffer_before=60)
    services.block_time(**who, calendar_id=calendar.id, start=minute(MONDAY, 9), end=minute(MONDAY, 10))
    assert (starts(calendar), starts(other)) == (["11-09 10"], ["11-09 09", "11-09 10"])
    plan, at = Calendar.objects.get(id=calendar.id).compiled, minute(MONDAY, 9)
    with django_assert_num_queries(1):
        reasons = openings(plan, now=factories.NOW, first=at, end=at + 1).reasons(at)
    assert [(one.code, one.blocking and one.blocking.kind) for one in reasons] == [("BUSY", "blocked")]


@pytest.mark.parametrize("kind", ["class", "event", "round_robin", "collective"])
def test_blocked_time_of_a_calendar_counts_for_every_type(account, shared, who, kind) -> None:
    made = uses(factories.calendar(account, kind=kind, notice=0, interval=60, duration=60), shared, who)
    services.block_time(**who, calendar_id=made.id, start=minute(MONDAY, 9), end=minute(MONDAY, 10))
    assert starts(made) == ["11-09 10"]


@pytest.mark.parametrize(
    ("length", "note", "field"), [(0, "", "end"), (-60, "", "end"), (400 * 1440, "", "end"), (60, "x" * 300, "note")]
)
def test_bad_blocks_are_refused(calendar, who, length, note, field) -> None:
    at = minute(MONDAY, 9)
    with pytest.raises(Problem) as refused:
        services.block_time(**who, calendar_id=calendar.id, start=at, end=at + length, note=note)
    assert field in refused.value.fields


def test_rules_by_the_week_the_clock_and_working_days_reach_the_plan(calendar, shared, who) -> None:
    services.set_weekly_hours(**who, schedule_id=shared.id, week={day: [(540, 600)] for day in range(5)})
    rules = {"cutoff_days": 1, "cutoff_at": "18:00", "range_kind": "working", "range_days": 2, "per_week_limit": 1}
    services.update_calendar(**who, calendar_id=calendar.id, **rules)
    # Monday at 9: tomorrow can be booked until 18:00 today, and Wednesday is the second working day from now.
    assert starts(calendar, first=date(2026, 11, 2)) == ["11-03 09", "11-04 09"]
    plan = Calendar.objects.get(id=calendar.id).compiled
    factories.booking(calendar, datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert open_slots(plan, now=factories.NOW, first=minute(date(2026, 11, 2)), end=minute(date(2026, 11, 7))) == []


def test_schedules_of_others_are_not_found(calendar, shared, who, now) -> None:
    stranger = {"account": factories.account(), "actor": SYSTEM, "now": now}
    for change in (
        lambda: services.set_weekly_hours(**stranger, schedule_id=shared.id, week={}),
        lambda: services.choose_schedule(**stranger, calendar_id=calendar.id, schedule_id=shared.id),
        lambda: services.choose_schedule(**who, calendar_id=calendar.id, schedule_id=uuid4()),
        lambda: services.delete_schedule(**stranger, schedule_id=shared.id),
        lambda: services.block_time(**stranger, calendar_id=calendar.id, start=minute(MONDAY), end=minute(MONDAY, 1)),
    ):
        with pytest.raises(Problem) as refused:
            change()
        assert refused.value.code == "not_found"
