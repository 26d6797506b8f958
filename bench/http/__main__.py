"""Link page, a month of slots and a booking through HTTP, beside the same statements in a bare loop, with ever more past.

Prints requests a second, p50, p99, the server's CPU a request, and the ratio to the floor of the same run; at the end how
much slower the largest past made each. `--sizes 1000,100000,1000000` (past bookings), `--database sqlite,postgresql`.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import local
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
os.environ["TESTS_ON_DISK"] = "1"

import psycopg  # noqa: E402
from bench.http.floor import floor_of  # noqa: E402
from bench.http.past import fill  # noqa: E402
from tests import postgres  # noqa: E402
from tests.server import COMMAND, Live, live_server  # noqa: E402
from tests.smtp import free_port  # noqa: E402

CLIENTS = 4
CALENDARS = 4
PAGES, BOOKINGS = 400, 300
LIMITS = {"ADMITONE_POST_LIMIT": "1000000", "ADMITONE_GET_LIMIT": "1000000", "ADMITONE_LOG_LEVEL": "ERROR"}
LINE = "{name:12} {past:>9,}  {rate:6.0f}/s  p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  CPU {cpu:5.2f} ms   {ratio:5.2f} of the floor ({floor:.0f}/s), {by_cpu}"


@dataclass(frozen=True, slots=True)
class Figures:
    rate: float
    cpu: float


class Guests:
    """Clients with a connection each to one of the servers."""

    def __init__(self, ports: list[int]) -> None:
        self.ports, self.local, self.seen = ports, local(), 0

    def ask(self, method: str, path: str, body: Any = None) -> int:
        if not hasattr(self.local, "connection"):
            self.seen += 1
            self.local.connection = HTTPConnection("127.0.0.1", self.ports[self.seen % len(self.ports)], timeout=60)
        data = json.dumps(body) if body else None
        self.local.connection.request(method, path, data, {"Content-Type": "application/json"} if body else {})
        answer = self.local.connection.getresponse()
        answer.read()
        return int(answer.status)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="1000,100000")
    options.add_argument("--database", default="sqlite,postgresql")
    chosen = options.parse_args()
    sizes = sorted(int(size) for size in chosen.sizes.split(","))
    for vendor in chosen.database.split(","):
        print(f"\n{vendor}")
        found = [at_size(vendor, size) for size in sizes]
        for name in found[0]:
            slower, dearer = found[0][name].rate / found[-1][name].rate, found[-1][name].cpu / found[0][name].cpu
            print(
                f"{name}: {sizes[0]:,} to {sizes[-1]:,} past bookings: {slower:.2f} times slower, {dearer:.2f} times the CPU"
            )


def at_size(vendor: str, past: int) -> dict[str, Figures]:
    with ExitStack() as stack:
        if vendor == "postgresql":
            postgres.SETTINGS.update(fsync="on", synchronous_commit="on", full_page_writes="on")
            os.environ["ADMITONE_DATABASE_URL"] = stack.enter_context(postgres.cluster())
        live = live_server(**LIMITS)
        stack.callback(os.environ.pop, "ADMITONE_DATABASE_URL", None)
        stack.callback(live.close)
        stage = prepare(live)
        live.stop()
        grow(live, stage.booking, past)
        ports = stack.enter_context(web_servers(live, 2 if live.database else 1))
        return measured(live, stage, ports, past)


@dataclass(frozen=True, slots=True)
class Stage:
    """A calendar of one host with open starts, and one unused link for each booking that is to be made."""

    tokens: list[str]
    starts: list[str]
    booking: str  # the one to copy, as the database writes its id


def prepare(live: Live) -> Stage:
    """Calendars of our own beside the demo's, of a host each, and one booking to copy."""
    demo = live.demo()
    tokens, starts = [], []
    with live.client(demo["api_key"]) as api:
        for host in more_hosts(live):
            terms = {
                "name": "Bench",
                "notice": 0,
                "range_kind": "unlimited",
                "timezone": "UTC",
                "hosts": [{"host": host}],
            }
            made = api.post("/api/v1/calendars", json=terms).raise_for_status()
            starts.append(open_starts(api, made.json()["id"], 2 * BOOKINGS // CALENDARS + 2))
            tokens.append([link(api, made.json()["id"]) for _ in starts[-1]])
        first = api.post(f"/api/v1/public/links/{tokens[0].pop()}/bookings", json=guest(starts[0].pop(), "template"))
        booking = str(first.raise_for_status().json()["id"])
    return Stage(by_turns(tokens), by_turns(starts), booking if live.database else booking.replace("-", ""))


def by_turns(lists: list[list[str]]) -> list[str]:
    """Neighbours are of different calendars, so that guests do not wait for one host's lock."""
    return [one for row in zip(*lists, strict=False) for one in row]


def more_hosts(live: Live) -> list[str]:
    """Hosts without anything but an id and a name; there is no API to make them by the dozen."""
    found = [str(uuid4()) for _ in range(CALENDARS)]
    with closing(database(live)) as connection:
        columns = [column[0] for column in connection.execute("SELECT * FROM calendars_host WHERE 1 = 0").description]
        for host in found:
            own = {"id": f"'{host if live.database else host.replace('-', '')}'", "user_id": "NULL"}
            values = ", ".join(own.get(name, f'"{name}"') for name in columns)
            listed = ", ".join(f'"{name}"' for name in columns)
            connection.execute(f"INSERT INTO calendars_host ({listed}) SELECT {values} FROM calendars_host LIMIT 1")
        connection.commit()
    return found


def open_starts(api: Any, calendar: str, count: int) -> list[str]:
    starts: list[str] = []
    first = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    while len(starts) < count:
        window = {"from": first.isoformat(), "to": (first + timedelta(days=60)).isoformat()}
        found = api.get(f"/api/v1/calendars/{calendar}/slots", params=window).raise_for_status().json()["slots"]
        starts += [one["start"] for one in found]
        first += timedelta(days=60)
    return starts[:count]


def link(api: Any, calendar: str) -> str:
    return str(api.post("/api/v1/one-time-links", json={"calendar": calendar}).json()["url"]).rsplit("/", 1)[-1]


def guest(start: str, name: str) -> dict[str, str]:
    return {"start": start, "name": "Ada", "email": f"{name}@example.com", "timezone": "UTC"}


def database(live: Live) -> Any:
    if live.database:
        return psycopg.connect(live.env["ADMITONE_DATABASE_URL"].replace("postgres:", "postgresql:", 1))
    return sqlite3.connect(path_of(live))


def path_of(live: Live) -> Path:
    return next(live.data_dir.glob("*.sqlite3"))


def grow(live: Live, booking: str, past: int) -> None:
    """The past, and the statistics that a server's own housekeeping would make of it."""
    with closing(database(live)) as connection:

        def execute(sql: str) -> list[tuple[Any, ...]]:
            found = connection.execute(sql)
            return list(found.fetchall()) if found.description else []

        def columns(table: str) -> list[str]:
            return [column[0] for column in connection.execute(f"SELECT * FROM {table} WHERE 1 = 0").description]

        fill(execute, columns, "postgresql" if live.database else "sqlite", past, booking)
        connection.commit()
        if live.database:
            connection.execute("ANALYZE")
            connection.commit()


@contextmanager
def web_servers(live: Live, count: int) -> Iterator[list[int]]:
    """`admitone web`, without the worker whose mails would be counted with the bookings that cause them."""
    ports, running = [free_port() for _ in range(count)], []
    try:
        for port in ports:
            command = [COMMAND, "web", "--port", str(port)]
            log = live.log_path.open("ab")
            running.append(subprocess.Popen(command, env=live.env, stdout=log, stderr=log, start_new_session=True))
        PROCESSES[:] = [one.pid for one in running]
        for port in ports:
            wait_for(port)
        yield ports
    finally:
        for one in running:
            one.terminate()
            one.wait(30)


PROCESSES: list[int] = []


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if Guests([port]).ask("GET", "/healthz") == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not come up")


def cpu_seconds() -> float:
    """User and system time of the servers' processes so far."""
    found, ticks = 0.0, os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) in PROCESSES:  # its process group
            found += (int(fields[11]) + int(fields[12])) / ticks
    return found


def measured(live: Live, stage: Stage, ports: list[int], past: int) -> dict[str, Figures]:
    page, slots = f"/o/{stage.tokens[-1]}", f"/api/v1/public/links/{stage.tokens[-1]}/slots?{month()}"
    books = [
        ["POST", f"/api/v1/public/links/{token}/bookings", guest(start, f"guest{n}")]
        for n, (token, start) in enumerate(zip(stage.tokens[: 2 * BOOKINGS], stage.starts, strict=False))
    ]
    again, through = books[:BOOKINGS], books[BOOKINGS:]
    shown = traces(live, [["GET", page, None], ["GET", slots, None], *again])
    guests = Guests(ports)
    url = live.env["ADMITONE_DATABASE_URL"] if live.database else str(path_of(live))

    def line(name: str, ask: Callable[[int], int], count: int, floor: tuple[float, float]) -> Figures:
        return measure(name, ask, count, floor, past, len(ports))

    return {
        "link page": line(
            "link page", lambda _: guests.ask("GET", page), PAGES, floor_of(url, shown[:1] * PAGES, writes=False)
        ),
        "slots": line(
            "slots, month", lambda _: guests.ask("GET", slots), PAGES, floor_of(url, shown[1:2] * PAGES, writes=False)
        ),
        "book": line("book", lambda n: guests.ask(*through[n]), len(through), floor_of(url, shown[2:], writes=True)),
    }


def month() -> str:
    first = datetime.now(UTC) + timedelta(days=1)
    return f"from={first:%Y-%m-%d}&to={first + timedelta(days=31):%Y-%m-%d}"


def traces(live: Live, requests: list[Any]) -> list[Any]:
    command = [sys.executable, "-m", "bench.http.tracing"]
    done = subprocess.run(
        command, cwd=ROOT, env=live.env, input=json.dumps(requests), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return list(json.loads(done.stdout))


def measure(
    name: str, ask: Callable[[int], int], count: int, floor: tuple[float, float], past: int, servers: int
) -> Figures:
    """Ask `count` times from a few clients and print one line; the floor is that of as many loops as there are servers."""
    times: list[float] = []

    def timed(n: int) -> int:
        began = time.perf_counter()
        status = ask(n)
        times.append(time.perf_counter() - began)
        return status

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: ask(-1) if name != "book" else 0, range(20)))  # warm
        before, began = cpu_seconds(), time.perf_counter()
        statuses = set(pool.map(timed, range(count)))
        seconds, cpu = time.perf_counter() - began, (cpu_seconds() - before) / count
    if statuses - {200, 201}:
        raise SystemExit(f"{name}: {sorted(statuses)}")
    times.sort()
    rate, least = count / seconds, servers / floor[0]
    print(
        LINE.format(
            name=name, past=past, rate=rate, p50=times[count // 2] * 1000, p99=times[int(count * 0.99)] * 1000,
            cpu=cpu * 1000, ratio=rate / least, floor=least, by_cpu=f"{floor[1] / cpu:.2f} by CPU",
        ),
        flush=True,
    )  # fmt: skip
    return Figures(rate, cpu)


if __name__ == "__main__":
    main()
