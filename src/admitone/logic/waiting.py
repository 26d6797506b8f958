"""Seats of a full time that somebody waits for: kept for the holder of a link, or promised to whoever is next in line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """Of one time: `seats` are kept for others, `wants` is the smallest party that waits without an offer (0: nobody),
    `own` says that whoever asks has seats kept for them."""

    seats: int = 0
    wants: int = 0
    own: bool = False


def left(free: int, held: Held | None) -> int:
    """Of `free` seats those that can be taken. Nobody jumps the queue: what suits somebody who waits is theirs, and
    only a seat that suits none of them is for everybody."""
    if held is None:
        return free
    after = free - held.seats
    return 0 if held.wants and held.wants <= after and not held.own else after


def gathered(rows: Iterable[tuple[int, int, bool]]) -> Held:
    """From rows of one time: (seats, kind, own), kind 1 a hold and 0 somebody who waits."""
    seats, wants, own = 0, 0, False
    for n, kind, mine in rows:
        if not kind:
            wants = min(wants or n, n)
        elif mine:
            own = True
        else:
            seats += n
    return Held(seats, wants, own)


def next_in_line(waiting: Iterable[tuple[str, int]], free: int) -> list[str]:
    """Who gets an offer of `free` seats: the ids of (id, party) in their order, first come, first served, among those
    whose party fits."""
    found = []
    for key, party in waiting:
        if party <= free:
            found.append(key)
            free -= party
    return found
