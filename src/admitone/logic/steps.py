"""A workflow's steps as a tree and as a graph: where one stands, what comes next, what is surely there by then.

A document's `steps` is a list of `{"name", "type", "params", "branches"?, "disabled"?}`; a branch is
`{"name"?, "when"?, "steps"}`. A position is a path of numbers: [2, 1, 0] is the first step of branch 1 of the third step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Step = Mapping[str, Any]
Steps = Sequence[Step]
Path = tuple[int, ...]
START: Path = (0,)
GOTO, END, GOAL = "goto", "end", "goal"


def branches(step: Step) -> Sequence[Mapping[str, Any]]:
    return step.get("branches") or ()


def walk(steps: Steps, before: Path = ()) -> Iterator[tuple[Path, Step]]:
    """Every step with its path, in the order they are read."""
    for index, step in enumerate(steps):
        path = (*before, index)
        yield path, step
        for place, branch in enumerate(branches(step)):
            yield from walk(branch.get("steps") or (), (*path, place))


def at(steps: Steps, path: Path) -> Step | None:
    """The step at a path; None past the end of its list."""
    for place in range(0, len(path) - 1, 2):
        inside = branches(steps[path[place]])
        steps = inside[path[place + 1]].get("steps") or ()
    return steps[path[-1]] if path[-1] < len(steps) else None


def settle(steps: Steps, path: Path) -> Path | None:
    """The path itself, or past the end of a branch the step after what branched; None at the end of all."""
    while at(steps, path) is None:
        if len(path) == 1:
            return None
        path = (*path[:-3], path[-3] + 1)
    return path


def after(steps: Steps, path: Path) -> Path | None:
    """Where to go once the step at `path`, and whatever it branched into, is done."""
    return settle(steps, (*path[:-1], path[-1] + 1))


def beyond(steps: Steps, path: Path) -> Path | None:
    """Past the next step of the same list too; what follows anyway where there is none."""
    following = (*path[:-1], path[-1] + 1)
    return after(steps, following if at(steps, following) else path)


def into(steps: Steps, path: Path, branch: int | None) -> Path | None:
    """The first step of a branch; of no branch, or an empty one, what follows the whole."""
    return after(steps, path) if branch is None else settle(steps, (*path, branch, 0))


def switched_off(steps: Steps, path: Path) -> bool:
    """Is the step, or one that it stands in, disabled?"""
    return any((at(steps, path[: n + 1]) or {}).get("disabled") for n in range(0, len(path), 2))


def named(steps: Steps, name: str) -> Path | None:
    return next((path for path, step in walk(steps) if step["name"] == name), None)


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a step: where it leads (None is the end) and the values it adds on the way."""

    to: Path | None
    adds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """`adds(step, n)`: values made on the way out by branch n (None: past all of them); `closed(step)`: a branch is
    always taken; `leaps(step)`: it may pass over the step after it."""

    adds: Callable[[Step, int | None], frozenset[str]] = lambda _step, _branch: frozenset()
    closed: Callable[[Step], bool] = lambda _step: False
    leaps: Callable[[Step], bool] = lambda _step: False


def exits(steps: Steps, path: Path, rules: Rules) -> list[Exit]:
    step = at(steps, path)
    assert step is not None
    if step.get("disabled"):
        return [Exit(after(steps, path))]
    if step["type"] == END:
        return []
    if step["type"] == GOTO:
        return [Exit(named(steps, str(step["params"].get("step", ""))), rules.adds(step, None))]
    found = [Exit(into(steps, path, n), rules.adds(step, n)) for n in range(len(branches(step)))]
    if not branches(step) or not rules.closed(step):
        found.append(Exit(after(steps, path), rules.adds(step, None)))
    return [*found, Exit(beyond(steps, path), rules.adds(step, None))] if rules.leaps(step) else found


def known_before(steps: Steps, first: frozenset[str], rules: Rules) -> dict[Path, frozenset[str]]:
    """For every step that can be reached, the values that every way to it has made. A goal is reached from anywhere."""
    known: dict[Path, frozenset[str]] = {START: first} if steps else {}
    known |= {path: first for path, step in walk(steps) if step["type"] == GOAL and not switched_off(steps, path)}
    waiting = list(known)
    while waiting:
        path = waiting.pop()
        for way in exits(steps, path, rules):
            if way.to is None:
                continue
            arriving = known[path] | way.adds
            merged = arriving & known.get(way.to, arriving)
            if merged != known.get(way.to):
                known[way.to] = merged
                waiting.append(way.to)
    return known


def endless(steps: Steps, waits: Callable[[Step], bool], rules: Rules) -> list[str]:
    """Names of steps that stand in a loop on which no time passes."""
    edges: dict[Path, set[Path]] = {}
    for path, step in walk(steps):
        ways = [] if waits(step) else exits(steps, path, rules)
        edges[path] = {way.to for way in ways if way.to is not None}
    return [step["name"] for path, step in walk(steps) if reaches(edges, path, path)]


def reaches(edges: Mapping[Path, set[Path]], start: Path, goal: Path) -> bool:
    seen: set[Path] = set()
    waiting = list(edges[start])
    while waiting:
        path = waiting.pop()
        if path == goal:
            return True
        if path not in seen:
            seen.add(path)
            waiting += edges[path]
    return False


def next_open(now: datetime, zone: ZoneInfo, days: Sequence[int], first: int, last: int) -> datetime:
    """`now`, or the next instant inside a daily window of local minutes on the given weekdays (0 = Monday).

    In the hour that daylight saving skips, the window opens when that hour is over.
    """
    local = now.astimezone(zone)
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        if day.weekday() not in days:
            continue
        opens = datetime(day.year, day.month, day.day, first // 60, first % 60, tzinfo=zone)
        minute = local.hour * 60 + local.minute
        if ahead == 0 and first <= minute < last:
            return now
        if ahead > 0 or minute < first:
            return opens.astimezone(now.tzinfo)
    return now
