"""Several hosts and several seats, against the single-host engine and by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.logic.oracle import wall
from tests.logic.strategies import Case, bounded, cases

from admitone.logic.availability import Schedule, Window
from admitone.logic.clock import to_min_floor
from admitone.logic.slots import Busy, Request, Rules, find_slots, reasons
from admitone.logic.teams import Member, Seated, collective, joining, off_blocks, round_robin, seats

MONDAY = to_min_floor(datetime(2026, 6, 8, tzinfo=UTC))
OFFICE = Schedule("UTC", (Window((0, 1, 2, 3, 4), 540, 720),))
RULES = Rules(duration=30, interval=30)
DAY = Request(MONDAY, MONDAY + 1440, datetime(2026, 6, 1, tzinfo=UTC))


def at(hour: int, minute: int = 0) -> int:
    return MONDAY + hour * 60 + minute


def block(start: int, end: int, kind: str = "external") -> Busy:
    return Busy(start, end, kind)


def test_round_robin_slot_names_the_hosts_free_for_all_of_it():
    ada, ben = Member("ada", [block(at(9), at(10))]), Member("ben", [block(at(9, 30), at(12))])
    found = round_robin(OFFICE, RULES, [ada, ben], DAY)
    assert found == {
        at(9): ("ben",),
        **{at(10, minute): ("ada",) for minute in (0, 30, 60, 90)},
    }


def test_two_hosts_free_halves_make_no_slot():
    ada, ben = (
        Member("ada", [block(at(9, 15), at(12))]),
        Member("ben", [block(at(9), at(9, 15)), block(at(9, 30), at(12))]),
    )
    assert round_robin(OFFICE, RULES, [ada, ben], DAY) == {}


@bounded(60)
@given(cases(length=4000), st.lists(st.integers(0, 2), max_size=30))
def test_round_robin_offers_what_any_of_its_hosts_could(case: Case, owners: list[int]) -> None:
    shares = [
        [block for n, block in enumerate(case.busy) if owners[n % len(owners)] == k] if owners else [] for k in range(3)
    ]
    found = round_robin(
        case.schedule, case.rules, [Member(str(k), share) for k, share in enumerate(shares)], case.request
    )
    alone = [set(find_slots(case.schedule, case.rules, share, case.request)) for share in shares]
    assert found == {
        start: tuple(str(k) for k in range(3) if start in alone[k]) for start in sorted(set().union(*alone))
    }


@bounded(60)
@given(
    cases(length=4000),
    st.lists(st.integers(0, 2), max_size=30),
    st.lists(st.dictionaries(st.integers(0, 4), st.integers(1, 3), max_size=4), min_size=3, max_size=3),
    st.integers(1, 3),
)
def test_host_with_enough_of_a_day_takes_no_more_on_it(
    case: Case, owners: list[int], counts: list[dict[int, int]], limit: int
) -> None:
    """Against each host's own calendar, whose day limit the oracle of slots knows."""
    zone, first = case.schedule.timezone, wall(case.schedule.timezone, case.request.first)[0]
    members = [
        Member(
            str(k),
            [block for n, block in enumerate(case.busy) if owners and owners[n % len(owners)] == k],
            counts={first + timedelta(days=day): count for day, count in counts[k].items()},
            day_limit=limit,
        )
        for k in range(3)
    ]
    alone = {
        one.host: {
            start
            for start in find_slots(case.schedule, case.rules, one.busy, case.request)
            if one.counts.get(wall(zone, start)[0], 0) < limit
        }
        for one in members
    }
    assert round_robin(case.schedule, case.rules, members, case.request) == {
        start: tuple(name for name in alone if start in alone[name]) for start in sorted(set().union(*alone.values()))
    }
    all_busy = [block for one in members for block in one.busy]
    assert collective(case.schedule, case.rules, members, case.request) == [
        start
        for start in find_slots(case.schedule, case.rules, all_busy, case.request)
        if all(one.counts.get(wall(zone, start)[0], 0) < limit for one in members)
    ]
    for start in case.request.first, case.request.first + 700:
        barred = [one.limited(zone, start) is not None for one in members]
        assert barred == [one.counts.get(wall(zone, start)[0], 0) >= limit for one in members]


def test_collective_slot_needs_every_required_host_and_tells_who_joins():
    ada, ben = Member("ada", [block(at(9), at(10))]), Member("ben", [block(at(11), at(12))])
    cleo = Member("cleo", [block(at(10), at(10, 30))], required=False)
    assert collective(OFFICE, RULES, [ada, ben, cleo], DAY) == [at(10), at(10, 30)]
    assert joining(OFFICE, RULES, [ada, ben, cleo], DAY, at(10)) == ()
    assert joining(OFFICE, RULES, [ada, ben, cleo], DAY, at(10, 30)) == ("cleo",)


def test_optional_host_with_enough_of_a_day_does_not_join():
    ada, ben = Member("ada"), Member("ben", (), False, {date(2026, 6, 8): 2}, 2)
    assert collective(OFFICE, RULES, [ada, ben], DAY)[0] == at(9)
    assert joining(OFFICE, RULES, [ada, ben], DAY, at(9)) == ()
    assert joining(OFFICE, RULES, [ada, replace(ben, day_limit=3)], DAY, at(9)) == ("ben",)


def test_collective_without_required_hosts_needs_all_of_them():
    team = [Member("ada", [block(at(9), at(10, 30))], False), Member("ben", [block(at(11), at(12))], False)]
    assert collective(OFFICE, RULES, team, DAY) == [at(10, 30)]


def test_hosts_own_hours_close_without_buffers_and_say_so():
    own = Schedule("UTC", (Window((0,), 600, 660),))
    rules = Rules(duration=30, interval=30, before=30, after=30)
    off = off_blocks(own, MONDAY, MONDAY + 1440)
    assert off == [block(MONDAY, at(10), "off"), block(at(11), MONDAY + 1440, "off")]
    assert find_slots(OFFICE, rules, off, DAY) == [at(10), at(10, 30)]
    assert [reason.code for reason in reasons(OFFICE, rules, off, DAY, at(9))] == ["HOSTOFF"]


def test_class_offers_its_free_seats_and_no_second_class_beside_one():
    running = [Seated(at(9), at(9, 30), 3), Seated(at(10, 15), at(10, 45), 1), Seated(at(11), at(11, 30), 4)]
    found = seats(OFFICE, RULES, [], DAY, capacity=4, sessions=running)
    assert found == {at(9): 1, at(9, 30): 4, at(10, 15): 3, at(11, 30): 4}
    assert seats(OFFICE, RULES, [], DAY, capacity=4, sessions=running, party=2) == {
        at(9, 30): 4,
        at(10, 15): 3,
        at(11, 30): 4,
    }
    assert seats(OFFICE, RULES, [], DAY, capacity=4, party=5) == {}


def test_class_that_has_begun_cannot_be_joined():
    later = Request(MONDAY, MONDAY + 1440, datetime(2026, 6, 8, 9, 1, tzinfo=UTC))
    assert at(9) not in seats(OFFICE, RULES, [], later, capacity=4, sessions=[Seated(at(9), at(9, 30), 1)])
