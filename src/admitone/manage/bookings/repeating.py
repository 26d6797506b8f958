"""An appointment by hand that repeats: all dates are shown, those that are taken marked, before any is booked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.booking.services.series import look
from admitone.logic.calendars import MAX_SERIES
from admitone.logic.clock import from_min
from admitone.logic.plan import CalendarPlan
from admitone.logic.series import Repeat, clean_repeat
from admitone.logic.wishes import for_host, for_length

RHYTHMS: dict[str, str | Promise] = {
    "week": gettext_lazy("Every week"),
    "two_weeks": gettext_lazy("Every two weeks"),
    "month": gettext_lazy("Every month, on the same weekday"),
}


@dataclass(frozen=True, slots=True)
class Date:
    """`why` it cannot be had, "" if it can."""

    start: datetime
    end: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Dates:
    """What is asked to be confirmed; `sure` comes back with the button that books these very dates."""

    rows: list[Date]
    sure: str

    @property
    def taken(self) -> int:
        return sum(1 for row in self.rows if row.why)


def wanted(data: Mapping[str, str]) -> Repeat | None:
    """What the form asks for; None for a single appointment. Problem("invalid")."""
    return clean_repeat({"every": data.get("repeat"), "count": data.get("times")}, MAX_SERIES)


def token(start: int, repeat: Repeat) -> str:
    return f"{start}:{repeat.every}:{repeat.count}"


def dates(
    plan: CalendarPlan, start: int, repeat: Repeat, *, now: datetime, host: str, length: int | None, party: int
) -> Dates:
    """Every date of the series; an owner is in the way of nothing but taken time."""
    own = for_length(for_host(plan, host, by_hand=True), length)
    spots = look(own, start, repeat, now=now, party=party, booking=True, by_hand=True)
    rows = [Date(from_min(one.start), from_min(one.end), _why(one.reason)) for one in spots]
    return Dates(rows, token(start, repeat))


def _why(code: str) -> str:
    if not code:
        return ""
    return _("All places are taken.") if code == "SEATS" else _("Something else is there.")
