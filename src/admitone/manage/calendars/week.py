"""The weekly editor: rows of typed times that a person adds, removes and copies, with or without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from admitone.calendars.models import Schedule
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_week, parse_window, show_time

DAYS = range(7)
Hours = dict[int, list[tuple[int, int]]]


@dataclass
class Row:
    """One window as typed; `error` is its sentence."""

    start: str = ""
    end: str = ""
    phase: str = ""  # "": every week; "0", "1": every other, by the number of the week
    error: str = ""

    @property
    def blank(self) -> bool:
        return not self.start.strip() and not self.end.strip()


@dataclass
class Day:
    weekday: int
    rows: list[Row] = field(default_factory=list)
    error: str = ""


@dataclass(frozen=True)
class Cleaned:
    """What set_weekly_hours takes."""

    week: Hours
    alternating: dict[int, Hours]


class Week:
    """Seven days of rows. `apply` does what a button asks; `clean` gives minutes or notes the errors at their rows."""

    def __init__(self, days: list[Day]) -> None:
        self.days = days

    @classmethod
    def stored(cls, hours: Iterable[tuple[int, int, int, int, int]]) -> Week:
        """From (weekday, start, end, every, phase), times in minutes."""
        days = [Day(weekday) for weekday in DAYS]
        for weekday, start, end, every, phase in hours:
            days[weekday].rows.append(Row(show_time(start), show_time(end), str(phase) if every == 2 else ""))
        return cls(days)

    @classmethod
    def of(cls, schedule: Schedule) -> Week:
        rows = schedule.hours.order_by("weekday", "start", "every", "phase")
        return cls.stored(rows.values_list("weekday", "start", "end", "every", "phase"))

    @classmethod
    def posted(cls, data: QueryDict) -> Week:
        """From fields `start-0`, `end-0`, `phase-0` (repeated) ... `start-6`, `end-6`, `phase-6`."""
        days = []
        for weekday in DAYS:
            starts, ends = data.getlist(f"start-{weekday}"), data.getlist(f"end-{weekday}")
            phases = [phase if phase in ("0", "1") else "" for phase in data.getlist(f"phase-{weekday}")]
            phases += [""] * len(starts)
            rows = [Row(str(s)[:20], str(e)[:20], phase) for s, e, phase in zip(starts, ends, phases, strict=False)]
            days.append(Day(weekday, rows[:20]))
        return cls(days)

    def apply(self, action: str, data: QueryDict) -> None:
        """`add-0` another row, `remove-0-1` row 1 of Monday, `copy-0` Monday's rows to the days ticked in `to-0`."""
        name, *numbers = action.split("-")
        places = [int(n) for n in numbers if n.isdecimal()]
        if not places or places[0] not in DAYS:
            return
        day = self.days[places[0]]
        if name == "add":
            day.rows.append(Row())
        elif name == "remove" and len(places) > 1 and places[1] < len(day.rows):
            del day.rows[places[1]]
        elif name == "copy":
            for target in data.getlist(f"to-{day.weekday}"):
                if target.isdecimal() and int(target) in DAYS and int(target) != day.weekday:
                    self.days[int(target)].rows = [Row(row.start, row.end, row.phase) for row in day.rows]

    def clean(self) -> Cleaned | None:
        """Windows by weekday, of every week and of every other; None if a row or a day has an error."""
        found: dict[str, dict[int, list[tuple[int, int]]]] = {"": {}, "0": {}, "1": {}}
        for day in self.days:
            for row in day.rows:
                if window := _window(row):
                    found[row.phase].setdefault(day.weekday, []).append(window)
        if any(row.error for day in self.days for row in day.rows):
            return None
        try:
            week, *others = (clean_week(found[phase]) for phase in ("", "0", "1"))
        except Problem as problem:
            for name, sentence in problem.fields.items():
                self.days[int(name.removeprefix("day-"))].error = sentence
            return None
        return Cleaned(week, {phase: other for phase, other in enumerate(others) if other})

    def errors(self) -> list[dict[str, Any]]:
        """For the summary: where each fault is, and its sentence."""
        rows = [(day, n, row) for day in self.days for n, row in enumerate(day.rows) if row.error]
        at_rows = [{"id": f"start-{day.weekday}-{n}", "day": day.weekday, "text": row.error} for day, n, row in rows]
        return at_rows + [
            {"id": f"day-{day.weekday}", "day": day.weekday, "text": day.error} for day in self.days if day.error
        ]


def _window(row: Row) -> tuple[int, int] | None:
    if row.blank:
        return None
    try:
        return parse_window(row.start, row.end)
    except ValueError as error:
        row.error = str(error)
        return None
