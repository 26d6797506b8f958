"""How fast the slot engine is: a month of 30-minute slots, as a ratio to a bare loop over the same candidates.

python bench/slots.py
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

from admitone.logic import availability
from admitone.logic.availability import Schedule, Window
from admitone.logic.clock import to_min_floor
from admitone.logic.slots import Busy, Request, Rules, find_slots, refusal
from admitone.logic.teams import Member, collective, round_robin

NOW = datetime(2026, 10, 1, 8, 3, tzinfo=UTC)
FIRST, END = (to_min_floor(datetime(2026, month, 1, tzinfo=UTC)) for month in (10, 11))
OFFICE = Schedule("Europe/Berlin", (Window((0, 1, 2, 3, 4), 540, 1020),))
ALWAYS = Schedule("Europe/Berlin", (Window((0, 1, 2, 3, 4, 5, 6), 0, 1440),))
RULES = Rules(duration=30, interval=30, before=5, after=10, notice=60)
REQUEST = Request(FIRST, END, NOW)


def blocks(count: int, seed: int = 7) -> list[Busy]:
    """Blocks of 15 to 90 minutes anywhere in the month, one in three a booking with its own buffers."""
    source = random.Random(seed)
    found = []
    for number in range(count):
        start = source.randrange(FIRST, END, 5)
        kind, after = ("booking", 10) if number % 3 == 0 else ("external", 0)
        found.append(Busy(start, start + source.choice((15, 30, 60, 90)), kind, 0, after))
    return found


def team(count: int) -> list[Member]:
    """Hosts with 60 blocks each."""
    return [Member(str(n), blocks(60, n)) for n in range(count)]


def fastest(work: Callable[[], object], rounds: int = 7, repeats: int = 50) -> float:
    """Milliseconds of one call, the best of several rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = perf_counter()
        for _ in range(repeats):
            work()
        best = min(best, (perf_counter() - began) / repeats * 1000)
    return best


def bare_loop() -> list[int]:
    """The floor: one comparison for each start of a 30-minute grid over the month."""
    return [start for start in range(FIRST, END, 30) if start >= FIRST]


def forget() -> None:
    """Empty every cache of zone work."""
    for cached in (availability.spans_between, availability.day_spans, availability._offsets):
        cached.cache_clear()


def cold() -> None:
    forget()
    find_slots(OFFICE, RULES, [], REQUEST)


def main() -> None:
    floor = fastest(bare_loop)
    print(f"floor: bare loop over {len(bare_loop())} candidates  {floor:.3f} ms")
    few, many = blocks(60), blocks(500)
    free = find_slots(OFFICE, RULES, few, REQUEST)[40]
    ten, fifty = team(10), team(50)
    cases: dict[str, Callable[[], object]] = {
        "month, office hours, 60 busy": lambda: find_slots(OFFICE, RULES, few, REQUEST),
        "month, office hours, 500 busy": lambda: find_slots(OFFICE, RULES, many, REQUEST),
        "month, always open, 60 busy": lambda: find_slots(ALWAYS, RULES, few, REQUEST),
        "month, round robin, 10 hosts": lambda: round_robin(OFFICE, RULES, ten, REQUEST),
        "month, round robin, 50 hosts": lambda: round_robin(OFFICE, RULES, fifty, REQUEST),
        "month, collective, 10 hosts": lambda: collective(OFFICE, RULES, ten, REQUEST),
        "one start checked, 60 busy": lambda: refusal(OFFICE, RULES, few, REQUEST, free),
    }
    for name, work in cases.items():
        took = fastest(work)
        print(f"{name:32} {took:.3f} ms  {took / floor:5.1f} x floor")
    took = fastest(cold, repeats=5)
    print(f"{'month, no cached zone work':32} {took:.3f} ms  {took / floor:5.1f} x floor")


if __name__ == "__main__":
    main()
