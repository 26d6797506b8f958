"""Which local dates of a calendar may be booked: date range, cut-off by the clock, limits of a day, week and month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from admitone.logic.availability import DAY, Schedule, day_spans, is_working_day, local_date, zone
from admitone.logic.clock import to_min_floor
from admitone.logic.rules import EARLIEST, LATEST, Request, Rules
from admitone.logic.spans import Span, normalize, subtract

#: Days ahead that working days are looked for in a schedule that hardly opens.
LOOK_AHEAD = 400
_BEFORE, _BEYOND = date(1999, 12, 1).toordinal(), date(2101, 1, 31).toordinal()


def until_day(name: str, day: int) -> list[Span]:
    """All minutes whose local date (ordinal) is `day` or earlier."""
    later = day + 1
    while not day_spans(name, later):
        later += 1
    return normalize([(min(EARLIEST - 60 * DAY, 0), day_spans(name, later)[0][0]), *day_spans(name, day)])


def from_day(name: str, day: int) -> list[Span]:
    """All minutes whose local date (ordinal) is `day` or later."""
    return subtract([(EARLIEST - DAY, LATEST + DAY)], until_day(name, day - 1))


def limits(rules: Rules) -> Iterator[tuple[int, Callable[[date], range], str]]:
    """Each limit with the dates (ordinals) that share it with a date, and its reason code."""
    for limit, days_of, code in (
        (rules.per_day_limit, _day_of, "DAYLIMIT"),
        (rules.per_week_limit, week_of, "WEEKLIMIT"),
        (rules.per_month_limit, month_of, "MONTHLIMIT"),
    ):
        if limit is not None:
            yield limit, days_of, code


def _day_of(day: date) -> range:
    return range(day.toordinal(), day.toordinal() + 1)


def week_of(day: date) -> range:
    """Ordinals of the dates of a date's week, Monday to Sunday."""
    monday = day.toordinal() - day.weekday()
    return range(monday, monday + 7)


def month_of(day: date) -> range:
    """Ordinals of the dates of a date's month."""
    first = day.replace(day=1).toordinal()
    return range(first, first + monthrange(day.year, day.month)[1])


def below_limit(
    name: str, spans: list[Span], request: Request, limit: int, days_of: Callable[[date], range]
) -> list[Span]:
    if limit <= 0:
        return []
    counts: dict[range, int] = {}
    for day, count in dict(request.own_counts).items():
        counts[days_of(day)] = counts.get(days_of(day), 0) + count
    full = [day for days, count in counts.items() if count >= limit for day in days]
    return subtract(spans, normalize(span for day in full for span in day_spans(name, day)))


def cutoff(name: str, rules: Rules, request: Request) -> date | None:
    """The first local date that can still be booked by the clock of the days before it, like 18:00 the day before."""
    if rules.cutoff_days is None:
        return None
    local = request.now.astimezone(zone(name))
    passed = local.hour * 60 + local.minute >= rules.cutoff_at
    return date.fromordinal(known_day(local.toordinal() + rules.cutoff_days + passed))


def date_range(schedule: Schedule, rules: Rules, request: Request) -> tuple[date | None, date | None]:
    """First and last bookable local date; `rolling` ends `range_days` after today, `working` so many days on which the
    schedule opens after today."""
    if rules.range_kind == "fixed":
        return rules.range_first, rules.range_last
    if rules.range_days is None or rules.range_kind == "unlimited":
        return None, None
    today = local_date(schedule.timezone, to_min_floor(request.now)).toordinal()
    ahead = rules.range_days if rules.range_kind == "rolling" else _working_days(schedule, today, rules.range_days)
    return None, date.fromordinal(known_day(today + ahead))


@lru_cache(maxsize=1024)
def _working_days(schedule: Schedule, today: int, count: int) -> int:
    """How many days ahead the `count`-th working day lies; of a schedule that hardly opens, as far as is looked."""
    far = LOOK_AHEAD + count * 2
    for ahead in range(1, far):
        if count <= 0:
            return ahead - 1
        count -= is_working_day(schedule, today + ahead)
    return far


def known_day(day: int) -> int:
    """The ordinal itself, or that of the nearest date just outside the days this product knows."""
    return min(max(day, _BEFORE), _BEYOND)
