"""Batches, imports, waiting lists, series and CalDAV writes go on while processes and database sessions are killed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.faults.database import broken, rows
from tests.faults.fleet import Fleet
from tests.faults.throng import IMPORTS, ROWS
from tests.radicale_server import Radicale
from tests.server import NO_TLS, live_server
from tests.smtp import SmtpServer

pytestmark = [pytest.mark.storm, pytest.mark.soak]
ROOT = Path(__file__).resolve().parents[2]
KILLS, PEOPLE, BATCH = 30, 4, 300
#: The lease of a CalDAV write is a minute: who was killed in one is waited for so long.
RECOVERY_SECONDS = 120
CUT_OFF = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.6"""


@dataclass
class Throng:
    """People at the API, each with dice of their own; whoever gets no answer asks again with the same key."""

    fleet: Fleet
    facts: dict[str, Any]
    over: threading.Event = field(default_factory=threading.Event)
    seen: Counter[str] = field(default_factory=Counter)
    batches: set[str] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def come(self, seed: int) -> None:
        dice = Random(seed)
        acts: list[Callable[[Random], None]] = [self.book, self.redeem, self.wait, self.cancel, self.move, self.batch]
        while not self.over.is_set():
            (act,) = dice.choices(acts, [5, 4, 4, 3, 3, 0.7])
            act(dice)

    def ask(self, path: str, body: dict[str, Any], keyed: bool = True) -> dict[str, Any]:
        """The answer; {} if there was none before everything was over. An unforeseen error is not forgiven."""
        headers = {"Authorization": f"Bearer {self.facts['key']}"} | (
            {"Idempotency-Key": str(uuid4())} if keyed else {}
        )
        while not self.over.is_set():
            try:
                url = f"{self.fleet.live.base_url}/api/v1{path}"
                answer = httpx.post(url, json=body, headers=headers, timeout=30, trust_env=False, verify=NO_TLS)
            except httpx.TransportError:
                self.seen["no answer"] += 1
            else:
                found = answer.json()
                self.seen[str(found["code"]) if answer.is_error else "done"] += 1
                if answer.status_code != 503:
                    return found if answer.is_success else {}
            time.sleep(0.3)
        return {}

    def wait_for(self, answers: int) -> None:
        """So many, or a while: however slow the machine is, something goes on when it is killed."""
        wanted, until = self.answers() + answers, time.monotonic() + 15
        while self.answers() < wanted and time.monotonic() < until:
            time.sleep(0.02)

    def answers(self) -> int:
        return self.seen.total() - self.seen["no answer"]

    def guest(self, dice: Random) -> dict[str, str]:
        n = dice.randrange(40)
        return {"name": f"Guest {n}", "email": f"g{n}@guest.example", "timezone": "UTC"}

    def start(self, dice: Random, few: bool = False) -> str:
        """On one of four Tuesdays to Fridays ahead; a class has few times, so that it fills."""
        monday = (datetime.now(UTC) + timedelta(days=14 - datetime.now(UTC).weekday())).replace(
            hour=9, minute=0, second=0, microsecond=0
        )
        days, slots = (1, 4) if few else (4, 16)
        at = timedelta(days=1 + dice.randrange(days), minutes=30 * dice.randrange(slots))
        return (monday + at).isoformat()

    def book(self, dice: Random) -> None:
        name = dice.choice(("alone", "team", "room", "room"))
        body = {"calendar": self.facts[name], "start": self.start(dice, name == "room"), **self.guest(dice)}
        if name != "room" and dice.random() < 0.5:
            body["repeat"] = {"every": "week", "count": 3}
        if made := self.ask("/bookings", body):
            self.made.append(made["id"])

    def batch(self, dice: Random) -> None:
        body = {"calendar": self.facts[dice.choice(("alone", "room", "team"))], "count": BATCH}
        if made := self.ask("/one-time-links/batches", body):
            self.batches.add(made["id"])

    def redeem(self, dice: Random) -> None:
        link = self.ask("/one-time-links", {"calendar": self.facts["room"]})
        if link:
            token = link["url"].rpartition("/")[2]
            self.ask(f"/public/links/{token}/bookings", {"start": self.start(dice, few=True), **self.guest(dice)})

    def wait(self, dice: Random) -> None:
        path = f"/public/calendars/{self.facts['room']}/waitlist"
        self.ask(path, {"start": self.start(dice, few=True), **self.guest(dice)}, keyed=False)

    def cancel(self, dice: Random) -> None:
        if self.made:
            self.ask(
                f"/bookings/{dice.choice(self.made)}/cancellation", {"following": dice.random() < 0.3}, keyed=False
            )

    def move(self, dice: Random) -> None:
        if self.made:
            self.ask(f"/bookings/{dice.choice(self.made)}/reschedule", {"start": self.start(dice)}, keyed=False)


@pytest.fixture
def radicale() -> Iterator[Radicale]:
    with Radicale() as server:
        yield server


@pytest.fixture
def fleet(smtp_server: SmtpServer) -> Iterator[Fleet]:
    limits = {"ADMITONE_POST_LIMIT": "1000000", "ADMITONE_GET_LIMIT": "1000000"}
    live = live_server(ADMITONE_SMTP_URL=smtp_server.url, ADMITONE_JOB_LEASE_SECONDS="5", **limits)
    live.stop()
    fleet = Fleet(live)
    try:
        yield fleet
    finally:
        fleet.close()
        live.close()


def told(fleet: Fleet, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.throng", *arguments]
    done = subprocess.run(command, env=fleet.live.env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def kill(fleet: Fleet, chance: Random) -> None:
    """One process with all it does, or more than half of the sessions at the database."""
    if fleet.live.database and chance.random() < 0.5:
        fleet.kills += int(rows(fleet.live, CUT_OFF)[0][0] > 0)
    else:
        fleet.kill_one(chance)


def storm(fleet: Fleet, throng: Throng, kills: int) -> None:
    chance = Random(kills)
    fleet.start_all()
    with ThreadPoolExecutor(PEOPLE) as pool:
        coming = [pool.submit(throng.come, seed) for seed in range(PEOPLE)]
        try:
            while fleet.kills < kills:
                throng.wait_for(chance.randint(1, 30))
                kill(fleet, chance)
        finally:
            throng.over.set()
        for one in coming:
            one.result()


def unfinished(fleet: Fleet) -> list[tuple[str, int]]:
    """Jobs due within two minutes, by task."""
    soon = datetime.now(UTC) + timedelta(minutes=2)
    due = f"status IN ('ready', 'running') OR (status = 'sleeping' AND run_after < '{soon:%Y-%m-%d %H:%M:%S}+00:00')"
    if not fleet.live.database:
        due = due.replace("+00:00", "")
    return [
        (str(task), int(n))
        for task, n in rows(fleet.live, f"SELECT task, count(*) FROM jobs_job WHERE {due} GROUP BY 1")
    ]


def recovered(fleet: Fleet) -> float:
    """Seconds until no work is left."""
    began = time.monotonic()
    while unfinished(fleet) and time.monotonic() - began < RECOVERY_SECONDS:
        time.sleep(0.5)
    return time.monotonic() - began


def check(fleet: Fleet, radicale: Radicale, throng: Throng) -> None:
    found = told(fleet, "state", throng.facts["account"])
    nothing: dict[str, Any] = {"faults": [], "dead": [], "overlaps": 0, "oversold": 0, "offers forgotten": 0}
    assert {name: found[name] for name in nothing} == nothing
    assert found["batches"] == [["done", BATCH, 0, BATCH]] * len(found["batches"])
    assert found["imports"] == [["done", ROWS, 0]] * IMPORTS
    assert found["people"] == [IMPORTS * ROWS] * 2
    entries = found["entries"]
    assert (entries["undone"], entries["missing"], entries["too many"]) == ([], 0, 0)
    files = [*radicale.files(f"{radicale.url}/ada/work/"), *radicale.files(f"{radicale.url}/ada/room/")]
    assert len(files) == len(entries["files"])
    assert {url for url in files if f"DTSTART:{entries['files'][url]}" not in radicale.get(url)} == set()
    assert broken(fleet.live) == {}


def test_killed_in_the_middle_of_anything_nothing_is_lost_or_doubled(fleet, radicale, record_property):
    radicale.calendar("Work"), radicale.calendar("Room")
    radicale.holds["PUT"] = lambda: time.sleep(0.05)
    throng = Throng(fleet, told(fleet, "begin", radicale.url))
    storm(fleet, throng, KILLS)
    seconds = recovered(fleet)
    record_property("kills", fleet.kills)
    record_property("answers", dict(throng.seen))
    record_property("batches of links", len(throng.batches))
    record_property("CalDAV writes", sum(method == "PUT" for method, _ in radicale.asked))
    record_property("seconds to recover", round(seconds, 1))
    assert unfinished(fleet) == [], fleet.live.log()[-3000:]
    assert throng.seen["internal"] == 0, fleet.live.log()[-5000:]
    check(fleet, radicale, throng)
