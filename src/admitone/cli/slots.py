"""`admitone slots -`: the slot engine on cases as JSON lines, for comparing with other schedulers. No Django."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import IO, Any

import click

from admitone.logic import slots as engine
from admitone.logic.availability import Override, Schedule, Window, zone
from admitone.logic.clock import from_min, iso, to_min_ceil

#: The longest window one case may ask for, in minutes.
LONGEST = 3660 * 1440

Case = dict[str, Any]


@click.command("slots")
@click.argument("source", type=click.File("rb"))
@click.pass_context
def slots_command(context: click.Context, source: IO[bytes]) -> None:
    """Print the bookable starts of each case: one JSON object a line in, one a line out."""
    failed = False
    for line in source:
        if line.strip():
            answer = _answer(line)
            failed = failed or "error" in answer
            click.echo(json.dumps(answer))
    context.exit(1 if failed else 0)


def _answer(line: bytes) -> Case:
    name = None
    try:
        case = json.loads(line)
        if not isinstance(case, dict):
            raise ValueError("a case is a JSON object")
        if not isinstance(case.get("id"), dict | list):
            name = case.get("id")
        return {"id": name, "slots": [iso(from_min(start)) for start in starts(case)]}
    except KeyError as error:
        return {"id": name, "error": f"{error.args[0]} is missing"}
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        return {"id": name, "error": str(error) or type(error).__name__}


def starts(case: Case) -> list[int]:
    """Bookable starts (epoch minutes) of one case; ValueError or KeyError if it cannot be read."""
    schedule, rules = _schedule(case), _rules(case)
    busy = [block for entry in _list(case, "busy") if (block := _busy(entry))]
    request = _request(case, rules)
    return engine.find_slots(schedule, rules, busy, request) if request else []


def _schedule(case: Case) -> Schedule:
    zone(case["timezone"])
    windows = tuple(Window(_days(entry), *_window(entry)) for entry in _list(case, "hours"))
    overrides = tuple(_override(entry) for entry in _list(case, "overrides"))
    return Schedule(case["timezone"], windows, overrides)


def _rules(case: Case) -> engine.Rules:
    return engine.Rules(
        duration=_minutes(case, "duration"),
        interval=_minutes(case, "interval"),
        before=_minutes(case, "buffer_before", 0),
        after=_minutes(case, "buffer_after", 0),
        notice=_minutes(case, "notice", 0),
    )


def _busy(entry: Case) -> engine.Busy | None:
    kind = entry.get("kind", "external")
    if kind not in ("external", "booking"):
        raise ValueError(f"unknown kind of busy time: {kind!r}")
    before, after = _minutes(entry, "buffer_before", 0), _minutes(entry, "buffer_after", 0)
    return engine.Busy.of(_instant(entry, "start"), _instant(entry, "end"), kind, before=before, after=after)


def _request(case: Case, rules: engine.Rules) -> engine.Request | None:
    """The window; None if it is over before the first bookable minute, which no date needs to be known for."""
    now = _instant(case, "now")
    first, end = to_min_ceil(_instant(case, "from")), to_min_ceil(_instant(case, "to"))
    _known("now", to_min_ceil(now))
    if end <= to_min_ceil(now) + rules.notice:
        return None
    _known("from", first)
    _known("to", end)
    if end - first > LONGEST:
        raise ValueError(f"from and to are more than {LONGEST // 1440} days apart")
    return engine.Request(first, end, now)


def _known(key: str, minute: int) -> None:
    if not engine.EARLIEST <= minute <= engine.LATEST:
        raise ValueError(f"{key} lies outside 2000-2100")


def _list(case: Case, key: str) -> list[Any]:
    value = case.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError(f"{key} is not a list of objects")
    return value


def _minutes(case: Case, key: str, default: int | None = None) -> int:
    value = case[key] if default is None else case.get(key, default)
    if type(value) is not int or not 0 <= value <= LONGEST:
        raise ValueError(f"{key} is not a whole number of minutes")
    return value


def _days(entry: Case) -> tuple[int, ...]:
    days = entry["days"]
    if not isinstance(days, list) or not all(type(day) is int and 0 <= day <= 6 for day in days):
        raise ValueError("days is not a list of weekdays, 0 (Monday) to 6")
    return tuple(days)


def _override(entry: Case) -> Override:
    return Override(date.fromisoformat(entry["date"]), tuple(_window(window) for window in _list(entry, "windows")))


def _window(entry: Case) -> tuple[int, int]:
    start, end = _clock(entry, "start"), _clock(entry, "end")
    if start >= end:
        raise ValueError(f"a window ends after it starts: {entry['start']}-{entry['end']}")
    return start, end


def _clock(entry: Case, key: str) -> int:
    hours, colon, minutes = str(entry[key]).partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal()):
        raise ValueError(f"{key} is not HH:MM: {entry[key]!r}")
    value = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or value > 1440:
        raise ValueError(f"{key} is not a time of day: {entry[key]!r}")
    return value


def _instant(case: Case, key: str) -> datetime:
    at = datetime.fromisoformat(case[key])
    if at.tzinfo is None:
        raise ValueError(f"{key} has no UTC offset: {case[key]!r}")
    return at
