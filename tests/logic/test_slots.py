"""The slot engine against the collected cases, a brute-force oracle, and itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.logic.oracle import Oracle
from tests.logic.strategies import Case, bounded, cases

from admitone.cli.slots import starts
from admitone.logic.availability import Override, Schedule, Window
from admitone.logic.clock import from_min, iso, to_min_floor
from admitone.logic.slots import LATEST, Busy, Reason, Request, Rules, find_slots, nearest, reasons, refusal

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "slots.json").read_text())["cases"]
MONDAY = to_min_floor(datetime(2026, 6, 8, tzinfo=UTC))
OFFICE = Schedule("UTC", (Window((0, 1, 2, 3, 4), 540, 720),))
ALWAYS = Schedule("UTC", (Window((0, 1, 2, 3, 4, 5, 6), 0, 1440),))
HALF_HOURS = Rules(duration=30, interval=30)
WEEK = Request(MONDAY, MONDAY + 5 * 1440, datetime(2026, 6, 1, tzinfo=UTC))


def at(hour: int, minute: int = 0, day: int = 0) -> int:
    """An epoch minute of the week that begins on Monday 2026-06-08."""
    return MONDAY + day * 1440 + hour * 60 + minute


def monday(rules: Rules = HALF_HOURS, busy: list[Busy] | None = None, **changes: Any) -> list[str]:
    request = replace(WEEK, **{"end": at(24), **changes})
    return [iso(from_min(start))[11:16] for start in find_slots(OFFICE, rules, busy or [], request)]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_collected_case_has_the_expected_slots(case: dict[str, Any]) -> None:
    assert [iso(from_min(start)) for start in starts(case)] == case["expected"]


@bounded(110)
@given(cases())
def test_slots_agree_with_brute_force(case: Case) -> None:
    found = find_slots(case.schedule, case.rules, case.busy, case.request)
    assert found == Oracle(case.schedule, case.rules, case.busy, case.request).slots()


@bounded(60)
@given(cases(length=4000), st.lists(st.integers(0, 4000), max_size=40))
def test_refusal_and_reasons_agree_with_the_slots_whatever_window_is_asked(case: Case, offsets: list[int]) -> None:
    found = set(find_slots(case.schedule, case.rules, case.busy, case.request))
    width = case.request.end - case.request.first
    elsewhere = replace(case.request, first=0, end=1)
    for start in {case.request.first + offset % width for offset in offsets} | set(list(found)[:20]):
        refused = refusal(case.schedule, case.rules, case.busy, elsewhere, start)
        listed = [reason.code for reason in reasons(case.schedule, case.rules, case.busy, elsewhere, start)]
        assert (refused is None) == (start in found)
        assert listed[:1] == ([refused] if refused else [])


@bounded(60)
@given(cases(length=6000), st.integers(0, 6000), st.integers(1, 3000))
def test_slots_of_a_part_are_the_part_of_the_slots(case: Case, skip: int, width: int) -> None:
    part = replace(case.request, first=case.request.first + skip, end=case.request.first + skip + width)
    whole = replace(case.request, end=max(case.request.end, part.end))
    found = find_slots(case.schedule, case.rules, case.busy, whole)
    assert find_slots(case.schedule, case.rules, case.busy, part) == [s for s in found if part.first <= s < part.end]


def test_grid_stays_on_the_span_start_whatever_is_busy() -> None:
    busy = [Busy(at(9, 10), at(9, 40))]
    assert monday(busy=busy) == ["10:00", "10:30", "11:00", "11:30"]


def test_packed_grid_begins_again_after_busy_time() -> None:
    busy = [Busy(at(9, 10), at(9, 40))]
    assert monday(replace(HALF_HOURS, alignment="packed"), busy) == ["09:40", "10:10", "10:40", "11:10"]


def test_two_bookings_share_their_buffer_unless_the_calendar_sums() -> None:
    busy = [Busy(at(9), at(9, 30), "booking", after=30)]
    rules = replace(HALF_HOURS, before=30)
    assert monday(rules, busy)[0] == "10:00"
    assert monday(replace(rules, buffer_rule="sum"), busy)[0] == "10:30"


def test_buffers_may_overhang_the_hours() -> None:
    assert monday(replace(HALF_HOURS, before=60, after=60))[:1] == ["09:00"]


def test_block_without_length_is_dropped_before_rounding() -> None:
    moment = datetime(2026, 6, 8, 9, 0, 20, tzinfo=UTC)
    assert Busy.of(moment, moment) is None
    assert Busy.of(moment, moment + timedelta(seconds=1)) == Busy(at(9), at(9, 1))
    assert len(monday(busy=[Busy(at(9, 15), at(9, 15))])) == 6


def test_notice_rounds_up_to_the_minute() -> None:
    now = datetime(2026, 6, 8, 8, 30, 1, tzinfo=UTC)
    assert monday(replace(HALF_HOURS, notice=30), now=now)[0] == "09:30"
    assert monday(replace(HALF_HOURS, notice=30), now=now - timedelta(seconds=1))[0] == "09:00"


def test_offered_times_that_touch_do_not_join() -> None:
    quarters = replace(HALF_HOURS, interval=15)
    assert monday(quarters, offered=((at(9), at(9, 30)), (at(9, 30), at(10)))) == ["09:00", "09:30"]
    assert monday(quarters, offered=((at(9), at(10)),)) == ["09:00", "09:15", "09:30"]
    assert monday(quarters, offered=()) == []


def test_rolling_range_includes_its_last_date() -> None:
    rules = replace(HALF_HOURS, range_kind="rolling", range_days=1)
    found = find_slots(OFFICE, rules, [], replace(WEEK, now=datetime(2026, 6, 7, 23, 59, tzinfo=UTC)))
    assert {from_min(start).day for start in found} == {8}


@pytest.mark.parametrize(("first", "last"), [(None, None), (date.min, date.max), (date(1970, 1, 1), None)])
def test_fixed_range_far_beyond_the_known_days_hides_nothing(first: date | None, last: date | None) -> None:
    rules = replace(HALF_HOURS, range_kind="fixed", range_first=first, range_last=last)
    assert len(monday(rules)) == 6


def test_full_date_has_no_slots_and_the_next_has() -> None:
    rules = replace(HALF_HOURS, per_day_limit=2)
    found = find_slots(OFFICE, rules, [], replace(WEEK, own_counts=((date(2026, 6, 8), 2), (date(2026, 6, 9), 1))))
    assert found[0] == at(9, day=1)


def test_schedule_that_never_closes_has_its_grid_from_each_midnight() -> None:
    rules = replace(HALF_HOURS, interval=50)
    days = [find_slots(ALWAYS, rules, [], replace(WEEK, first=at(0, day=n), end=at(24, day=n)))[:2] for n in range(3)]
    assert days == [[at(0, day=n), at(0, 50, day=n)] for n in range(3)]


def test_long_span_keeps_its_grid_for_thirty_one_dates_and_then_starts_at_midnight() -> None:
    schedule = replace(ALWAYS, overrides=(Override(date(2026, 6, 8), ((607, 1440),)),))
    rules = replace(HALF_HOURS, interval=50)
    grids = [
        (find_slots(schedule, rules, [], replace(WEEK, first=at(0, day=n), end=at(24, day=n)))[0] - at(10, 7)) % 50
        for n in (1, 31, 32, 33)
    ]
    midnights = [(at(0, day=n) - at(10, 7)) % 50 for n in (32, 33)]
    assert grids == [0, 0, *midnights]


def test_packed_grid_of_a_date_that_a_clock_change_interrupts_is_one_grid() -> None:
    schedule = replace(ALWAYS, timezone="America/St_Johns")  # 2010-11-07 is shown for a minute, then again an hour on
    first = to_min_floor(datetime(2010, 11, 7, 2, 30, tzinfo=UTC))
    rules = Rules(duration=5, interval=7, alignment="packed")
    found = find_slots(schedule, rules, [], replace(WEEK, first=first, end=first + 75, now=from_min(0)))
    assert [start - first for start in found] == [0, *[n for n in range(1, 60) if (n + 1440) % 7 == 0], 63, 70]


def test_days_outside_2000_to_2100_have_no_slots() -> None:
    request = Request(0, 10**12, datetime(2100, 12, 31, tzinfo=UTC))
    assert find_slots(ALWAYS, Rules(duration=720, interval=720), [], request) == [LATEST - 1440, LATEST - 720]
    assert refusal(ALWAYS, HALF_HOURS, [], request, LATEST) == "TOOFAR"
    assert refusal(ALWAYS, HALF_HOURS, [], request, 0) == "PAST"


@pytest.mark.parametrize("bad", [{"duration": 0}, {"interval": 0}, {"before": -1}, {"after": -1}, {"notice": -1}])
def test_rules_that_make_no_sense_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"must be at least|cannot be negative"):
        Rules(**{"duration": 30, "interval": 30, **bad})


def code(start: int, rules: Rules = HALF_HOURS, busy: list[Busy] | None = None, **changes: Any) -> str | None:
    overrides = (Override(date(2026, 6, 9), ()),)
    return refusal(replace(OFFICE, overrides=overrides), rules, busy or [], replace(WEEK, **changes), start)


def test_each_refusal_has_its_code() -> None:
    noon = datetime(2026, 6, 8, 9, 45, tzinfo=UTC)
    fixed = replace(HALF_HOURS, range_kind="fixed", range_first=date(2026, 6, 9), range_last=date(2026, 6, 10))
    booked, outside = Busy(at(9), at(9, 30), "booking"), Busy(at(9), at(9, 30))
    assert {
        "free": code(at(9)),
        "past": code(at(9), now=noon),
        "notice": code(at(10), replace(HALF_HOURS, notice=60), now=noon),
        "far": code(at(9, day=3), fixed),
        "before the range": code(at(9), fixed),
        "closed": code(at(11, 45)),
        "override": code(at(9, day=1)),
        "booked": code(at(9), busy=[outside, booked]),
        "busy": code(at(9), busy=[outside]),
        "buffer": code(at(9, 30), replace(HALF_HOURS, before=5), [outside]),
        "limit": code(at(9), replace(HALF_HOURS, per_day_limit=1), own_counts={date(2026, 6, 8): 1}),
        "not offered": code(at(9), offered=((at(10), at(11)),)),
        "off the grid": code(at(9, 10)),
    } == {
        "free": None,
        "past": "PAST",
        "notice": "NOTICE",
        "far": "TOOFAR",
        "before the range": "TOOFAR",
        "closed": "HOURS",
        "override": "OVERRIDE",
        "booked": "BOOKED",
        "busy": "BUSY",
        "buffer": "BUFFER",
        "limit": "DAYLIMIT",
        "not offered": "LINKWINDOW",
        "off the grid": "GRID",
    }


def test_reasons_list_all_that_stands_in_the_way() -> None:
    outside, booked = Busy(at(9, 20), at(10)), Busy(at(8), at(8, 50), "booking", after=30)
    rules = replace(HALF_HOURS, notice=60, per_day_limit=1)
    request = replace(WEEK, now=datetime(2026, 6, 8, 8, 45, tzinfo=UTC), own_counts={date(2026, 6, 8): 1})
    assert reasons(OFFICE, rules, [booked, outside], request, at(9, 10)) == [
        Reason("NOTICE", None, "2026-06-08T09:45:00Z"),
        Reason("BUSY", outside),
        Reason("BUFFER", booked),
        Reason("DAYLIMIT", None, "1/1"),
        Reason("GRID", None, "10/30"),
    ]


def test_nearest_starts_are_in_order_of_time_and_the_earlier_of_two_wins() -> None:
    assert nearest([10, 20, 30, 40, 50], 31) == [20, 30, 40]
    assert nearest([10, 20, 40, 50], 30, count=1) == [20]
    assert nearest([10, 20], 99) == [10, 20]
    assert nearest([], 5) == []
