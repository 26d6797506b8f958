"""Schedules, rules and busy times around the days on which clocks change; the same examples on every run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from admitone.logic.availability import Override, Schedule, Window
from admitone.logic.slots import Busy, Request, Rules

PIVOTS = [
    ("UTC", date(2026, 6, 10)),
    ("Asia/Kathmandu", date(2026, 12, 31)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Apia", date(2012, 4, 1)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("America/St_Johns", date(2010, 11, 7)),
    ("America/St_Johns", date(2011, 3, 13)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Antarctica/Troll", date(2026, 10, 25)),
]


def bounded(examples: int) -> settings:
    """A deterministic run without deadline."""
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None, suppress_health_check=quiet)


@dataclass(frozen=True)
class Case:
    schedule: Schedule
    rules: Rules
    busy: list[Busy]
    request: Request


def utc_minute(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 1440


def clocks() -> st.SearchStrategy[int]:
    return st.one_of(
        st.integers(0, 96).map(lambda n: n * 15), st.integers(0, 1440), st.sampled_from([0, 60, 120, 1440])
    )


def windows() -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(clocks(), clocks()).map(lambda pair: (min(pair), max(pair)))


@st.composite
def weekly(draw: st.DrawFn) -> tuple[Window, ...]:
    if draw(st.integers(0, 9)) == 0:
        return (Window(tuple(range(7)), 0, 1440),)
    found = []
    for start, end in draw(st.lists(windows(), min_size=1, max_size=3)):
        days = draw(st.one_of(st.just(tuple(range(7))), st.sets(st.integers(0, 6), min_size=1).map(tuple)))
        every = draw(st.sampled_from([1, 1, 1, 2, 3]))
        found.append(Window(days, start, end, every, draw(st.integers(0, every - 1))))
    return tuple(found)


@st.composite
def schedules(draw: st.DrawFn, pivot: tuple[str, date] | None = None) -> Schedule:
    zone, day = pivot or draw(st.sampled_from(PIVOTS))
    near = st.integers(-3, 3).map(lambda n: day + timedelta(days=n))
    replaced = draw(st.dictionaries(near, st.lists(windows(), max_size=2).map(tuple), max_size=2))
    modes = st.sampled_from(["replace", "replace", "add", "subtract"])
    overrides = [Override(at, spans, draw(modes)) for at, spans in replaced.items()]
    if overrides and draw(st.integers(0, 3)) == 0:
        overrides.append(Override(overrides[0].date, draw(st.lists(windows(), max_size=2).map(tuple)), draw(modes)))
    return Schedule(zone, draw(weekly()), tuple(overrides))


@st.composite
def blocks(draw: st.DrawFn, around: int) -> Busy:
    start = around + draw(st.integers(-2000, 3500))
    length = draw(st.sampled_from([0, 1, 5, 15, 30, 60, 90, 600]))
    buffers = draw(st.sampled_from([(0, 0), (5, 0), (0, 30), (10, 20)]))
    return Busy(start, start + length, draw(st.sampled_from(["external", "booking", "blocked"])), *buffers)


@st.composite
def rules(draw: st.DrawFn, day: date) -> Rules:
    kind = draw(st.sampled_from(["unlimited", "unlimited", "rolling", "working", "fixed"]))
    return Rules(
        duration=draw(st.sampled_from([5, 15, 30, 45, 60, 90, 200])),
        interval=draw(st.sampled_from([7, 10, 15, 30, 45, 50, 60, 120])),
        before=draw(st.sampled_from([0, 0, 5, 30])),
        after=draw(st.sampled_from([0, 0, 10, 45])),
        notice=draw(st.sampled_from([0, 0, 60, 1440])),
        alignment=draw(st.sampled_from(["window", "window", "packed"])),
        buffer_rule=draw(st.sampled_from(["max", "sum"])),
        per_day_limit=draw(st.sampled_from([None, None, 0, 1, 2])),
        per_week_limit=draw(st.sampled_from([None, None, None, 2, 4])),
        per_month_limit=draw(st.sampled_from([None, None, None, 3, 6])),
        cutoff_days=draw(st.sampled_from([None, None, None, 0, 1, 2])),
        cutoff_at=draw(st.sampled_from([0, 540, 1080, 1440])),
        range_kind=kind,
        range_days=draw(st.integers(0, 4)),
        range_first=day + timedelta(days=draw(st.integers(-3, 1))),
        range_last=day + timedelta(days=draw(st.integers(-1, 3))),
    )


@st.composite
def cases(draw: st.DrawFn, length: int = 2000) -> Case:
    """A window of up to `length` minutes around a date of PIVOTS."""
    pivot = draw(st.sampled_from(PIVOTS))
    around = utc_minute(pivot[1])
    first = around + draw(st.integers(-1500, 1500))
    offers = st.tuples(st.integers(-1500, 3000), st.sampled_from([15, 30, 60, 300])).map(
        lambda pair: (around + pair[0], around + pair[0] + pair[1])
    )
    early = st.sampled_from([timedelta(days=-400), timedelta(days=-2, seconds=30), timedelta(seconds=7), timedelta(0)])
    made = draw(rules(pivot[1]))
    if made.range_kind == "working":  # the oracle looks at every minute from now on
        early = st.sampled_from([timedelta(days=-2, seconds=30), timedelta(0)])
    counts = st.dictionaries(st.integers(-1, 2).map(lambda n: pivot[1] + timedelta(days=n)), st.integers(0, 3))
    request = Request(
        first=first,
        end=first + draw(st.integers(1, length)),
        now=datetime(pivot[1].year, pivot[1].month, pivot[1].day, tzinfo=UTC) + draw(early),
        offered=draw(st.one_of(st.none(), st.none(), st.lists(offers, max_size=3).map(tuple))),
        own_counts=draw(counts),
    )
    return Case(draw(schedules(pivot)), made, draw(st.lists(blocks(around), max_size=6)), request)
