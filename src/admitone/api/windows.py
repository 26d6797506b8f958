"""`from`, `to` and `tz` of slot requests, and slots as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ninja import Query
from pydantic import BaseModel, ConfigDict, Field

from admitone.api.fields import Id, Moment, Out, Times, Zone
from admitone.logic.clock import iso_min, to_min_ceil
from admitone.logic.errors import Problem
from admitone.logic.identity import zone
from admitone.logic.openings import OpenTime

MAX_DAYS = 62
DEFAULT = timedelta(days=14)


class Window(BaseModel):
    """The stretch in which starts are wanted: from <= start < to; a date as `to` means until its end."""

    since: Moment | None = Field(None, alias="from", description="An instant or a date in `tz`; default: now.")
    to: Moment | None = Field(None, description="An instant or a date in `tz`, that day included; default: 14 days on.")
    tz: Zone | None = Field(None, description="An IANA time zone for dates; default: the calendar's.")


class Slot(Times):
    """An open time. `seats` are the places left, in classes and events that count them; `hosts` are the ids of those who
    are free, in round robins. Elsewhere they are left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    seats: int | None = None
    hosts: list[Id] | None = None


class Slots(Out):
    """Open times, in order."""

    slots: list[Slot]


@dataclass(frozen=True, slots=True)
class Minutes:
    """Epoch minutes [first, end)."""

    first: int
    end: int


#: Default of a parameter that takes the whole query.
WANTED = Query(...)


def minutes(window: Window, *, now: datetime, timezone: str) -> Minutes:
    """Problem("invalid") for more than 62 days or an end before its beginning."""
    name = window.tz or timezone
    first = now if window.since is None else instant_of(window.since, name)
    end = first + DEFAULT if window.to is None else instant_of(window.to, name, days=1)
    if end < first:
        raise Problem("invalid", fields={"to": "Choose an end after the beginning."})
    whole = 1 if window.to is not None and not isinstance(window.to, datetime) else 0
    if end - first > timedelta(days=MAX_DAYS + whole, hours=2):  # two hours: clocks may change on the way
        raise Problem("invalid", fields={"to": f"Ask for at most {MAX_DAYS} days."})
    return Minutes(to_min_ceil(first), to_min_ceil(end))


def instant_of(moment: datetime | date, name: str, days: int = 0) -> datetime:
    """The instant; of a date the midnight it begins with, or `days` later."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment + timedelta(days=days), time(), zone(name)).astimezone(UTC)


def shown(starts: Iterable[int], duration: int) -> list[dict[str, str]]:
    return [times(start, start + duration) for start in starts]


def open_slots(found: Iterable[OpenTime], duration: int, *, hosts: bool) -> list[dict[str, Any]]:
    """Open times as JSON; hosts are left out unless they may be shown."""
    return [
        times(one.start, one.start + duration)
        | ({} if one.seats is None else {"seats": one.seats})
        | ({"hosts": list(one.hosts)} if hosts and one.hosts else {})
        for one in found
    ]


def times(start: int, end: int) -> dict[str, str]:
    return {"start": iso_min(start), "end": iso_min(end)}
