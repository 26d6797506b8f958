"""Pages and bookings through HTTP against a running server, beside the same statements in a bare loop (the floor).

Prints requests per second, p50/p99, the server's CPU per request, and the ratio to the floor of the same run.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from tests.server import Live, live_server  # noqa: E402

CLIENTS = 4
PAGES, BOOKINGS = 600, 200


def cpu_seconds(live: Live) -> float:
    """User and system time of the server's processes so far."""
    assert live.process
    found, ticks = 0.0, os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == live.process.pid:  # its process group
            found += (int(fields[11]) + int(fields[12])) / ticks
    return found


def measure(name: str, live: Live, work: Callable[[int], int], count: int, floor: float) -> None:
    """Run `work(n)` for n < count from a few clients and print one line."""
    times: list[float] = []

    def timed(n: int) -> int:
        began = time.perf_counter()
        status = work(n)
        times.append(time.perf_counter() - began)
        return status

    before, began = cpu_seconds(live), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = set(pool.map(timed, range(count)))
    seconds, cpu = time.perf_counter() - began, cpu_seconds(live) - before
    times.sort()
    print(
        f"{name:18} {count / seconds:7.0f}/s  p50 {times[count // 2] * 1000:6.1f} ms  p99 {times[int(count * 0.99)] * 1000:6.1f} ms  "
        f"CPU {cpu / count * 1000:5.1f} ms  {count / seconds / floor:6.3f} of the floor ({floor:.0f}/s)  {sorted(statuses)}"
    )


def floor_of(statements: list[str], commits: bool) -> float:
    """Times a second that a bare loop runs these statements on a file with the same settings."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "floor.sqlite3", isolation_level=None)
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id text primary key, v text)"
        )
        count, ends = 0, time.perf_counter() + 2
        while time.perf_counter() < ends:
            if commits:
                connection.execute("BEGIN IMMEDIATE")
            for sql in statements:
                connection.execute(sql, [uuid4().hex] if "?" in sql else [])
            if commits:
                connection.execute("COMMIT")
            count += 1
        connection.close()
    return count / 2


def main() -> None:
    live = live_server(ADMITONE_POST_LIMIT="1000000", ADMITONE_GET_LIMIT="1000000", ADMITONE_LOG_LEVEL="ERROR")
    try:
        run(live)
    finally:
        live.close()


def run(live: Live) -> None:
    demo = live.demo()
    read = floor_of(["SELECT * FROM t WHERE id = 'x'", "SELECT * FROM t WHERE id > 'x' LIMIT 60"], commits=False)
    write = floor_of(["SELECT * FROM t WHERE id = 'x'"] * 4 + ["INSERT INTO t VALUES (?, 'x')"] * 9, commits=True)
    with live.client(demo["api_key"]) as api, live.client() as guest:
        page = demo["one_time_url"].removeprefix(live.base_url)
        token = page.rsplit("/", 1)[-1]
        measure("link page", live, lambda n: guest.get(page).status_code, PAGES, read)
        slots_path = f"/api/v1/public/links/{token}/slots"
        measure("slots, 14 days", live, lambda n: guest.get(slots_path).status_code, PAGES, read)
        tokens = [issue(api, demo) for _ in range(BOOKINGS)]
        starts = open_starts(api, demo)

        def book(n: int) -> int:
            who = {"start": starts[n % len(starts)], "name": "Ada", "email": f"a{n}@example.com", "timezone": "UTC"}
            return guest.post(f"/api/v1/public/links/{tokens[n]}/bookings", json=who).status_code

        measure("book", live, book, min(BOOKINGS, len(starts)), write)


def issue(api: Any, demo: dict[str, Any]) -> str:
    answer = api.post("/api/v1/one-time-links", json={"calendar": demo["calendar_id"]})
    return str(answer.json()["url"]).rsplit("/", 1)[-1]


def open_starts(api: Any, demo: dict[str, Any]) -> list[str]:
    first = datetime.now(UTC) + timedelta(days=1)
    window = {"from": first.isoformat(), "to": (first + timedelta(days=55)).isoformat()}
    slots = api.get(f"/api/v1/calendars/{demo['calendar_id']}/slots", params=window).json()["slots"]
    return [slot["start"] for slot in slots]


if __name__ == "__main__":
    main()
