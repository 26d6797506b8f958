"""Types and teams: what a calendar of each type may have, and that its plan says so."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar, Schedule
from admitone.calendars.services import TeamHost, set_team, set_weekly_hours
from admitone.events import SYSTEM
from admitone.logic.errors import Problem

NOW = factories.NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account()


def team(calendar: Calendar, **changes: Any) -> Calendar:
    return set_team(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, **changes)


def fields(calendar: Calendar, **changes: Any) -> set[str]:
    with pytest.raises(Problem) as caught:
        team(calendar, **changes)
    return set(caught.value.fields) or {caught.value.code}


def test_round_robin_keeps_hosts_with_priority_weight_and_their_own_hours(account):
    one, two = factories.host(account), factories.host(account)
    own = factories.calendar(account, hours={0: [(600, 660)]}).schedule
    calendar = factories.calendar(account, host=one)
    rows = [TeamHost(one.id, 1, 2), TeamHost(two.id, schedule=own.id)]
    plan = team(calendar, kind="round_robin", hosts=rows, strategy="equal", guest_picks_host=True).compiled
    assert (plan.kind, plan.strategy, plan.guest_picks_host) == ("round_robin", "equal", True)
    assert [(host.id, host.priority, host.weight) for host in plan.hosts] == [(str(one.id), 1, 2), (str(two.id), 0, 1)]
    assert [host.schedule and host.schedule.windows[0].start for host in plan.hosts] == [None, 600]


def test_the_same_team_again_writes_nothing(account):
    one, two = factories.host(account), factories.host(account)
    calendar = factories.calendar(account, host=one)
    rows = [TeamHost(one.id), TeamHost(two.id)]
    first = team(calendar, kind="round_robin", hosts=rows).plan_version
    assert team(calendar, kind="round_robin", hosts=rows[::-1]).plan_version == first


def test_hours_of_a_hosts_own_schedule_reach_the_teams_plan(account):
    other = factories.calendar(account)
    calendar = factories.calendar(account)
    host = calendar.calendar_hosts.get().host
    team(calendar, hosts=[TeamHost(host.id, schedule=other.schedule_id)])
    set_weekly_hours(account=account, calendar_id=other.id, actor=SYSTEM, now=NOW, week={2: [(600, 660)]})
    calendar.refresh_from_db()
    assert [window.days for window in calendar.compiled.hosts[0].schedule.windows] == [(2,)]


@pytest.mark.parametrize(
    ("kind", "changes", "wrong"),
    [
        ("nonsense", {}, {"kind"}),
        ("class", {"capacity": 0}, {"capacity"}),
        ("event", {"capacity": -1}, {"capacity"}),
        ("personal", {"capacity": 2}, {"capacity"}),
        ("personal", {"guest_picks_host": True}, {"guest_picks_host"}),
        ("round_robin", {"strategy": "luck"}, {"strategy"}),
        ("round_robin", {"count_days": 0}, {"count_days"}),
        ("round_robin", {"hosts": []}, {"hosts"}),
    ],
)
def test_nonsense_is_refused_field_by_field(account, kind, changes, wrong):
    assert fields(factories.calendar(account), kind=kind, **changes) == wrong


def test_two_hosts_are_for_teams_only(account):
    one, two = factories.host(account), factories.host(account)
    rows = [TeamHost(one.id), TeamHost(two.id)]
    assert fields(factories.calendar(account), kind="class", hosts=rows) == {"hosts"}


def test_collective_needs_somebody_who_is_required(account):
    one = factories.host(account)
    assert fields(factories.calendar(account), kind="collective", hosts=[TeamHost(one.id, required=False)]) == {"hosts"}


@pytest.mark.parametrize("values", [{"priority": -1}, {"weight": 0}, {"weight": 101}])
def test_priority_and_weight_have_bounds(account, values):
    one = factories.host(account)
    assert fields(factories.calendar(account), kind="round_robin", hosts=[TeamHost(one.id, **values)]) == {"hosts"}


def test_hosts_and_hours_of_strangers_are_not_there(account):
    stranger = factories.account()
    calendar, host = factories.calendar(account), factories.host(account)
    theirs: Schedule = factories.calendar(stranger).schedule
    assert fields(calendar, hosts=[TeamHost(factories.host(stranger).id)]) == {"not_found"}
    assert fields(calendar, hosts=[TeamHost(host.id, schedule=theirs.id)]) == {"not_found"}


@pytest.mark.parametrize(("kind", "seats"), [("class", 10), ("event", 0), ("round_robin", 1)])
def test_new_calendar_of_a_type_has_its_usual_seats(account, kind, seats):
    calendar = factories.calendar(account, kind=kind)
    assert (calendar.kind, calendar.capacity, calendar.compiled.capacity) == (kind, seats, seats)


def test_another_type_takes_its_own_seats_and_drops_what_it_cannot_have(account):
    calendar = team(factories.calendar(account), kind="round_robin", guest_picks_host=True)
    assert team(calendar, kind="class", capacity=5).capacity == 5
    again = team(calendar, kind="personal")
    assert (again.kind, again.capacity, again.guest_picks_host) == ("personal", 1, False)
