"""P5: web and workers are killed at random while forms come in, and every acknowledged one ends in one mail."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import pytest
from tests.faults.database import broken, rows
from tests.faults.fleet import Fleet, post
from tests.server import live_server
from tests.smtp import SmtpServer

pytestmark = pytest.mark.storm
ROOT = Path(__file__).resolve().parents[2]
RECOVERY_SECONDS = 60
SENDERS = 6
SECONDS_PER_FORM = 1.0
LEFT = "SELECT task, status, count(*), max(attempts), max(run_after), max(lease_until) FROM jobs_job GROUP BY 1, 2"


@dataclass
class Intake:
    """People who send the form until so many were acknowledged; who got no answer tries again under another name."""

    fleet: Fleet
    form: str
    wanted: int
    numbers: Iterator[int] = field(default_factory=count)
    acknowledged: dict[str, str] = field(default_factory=dict)  # name -> submission
    lock: threading.Lock = field(default_factory=threading.Lock)
    given_up: threading.Event = field(default_factory=threading.Event)

    def done(self) -> bool:
        with self.lock:
            return self.given_up.is_set() or len(self.acknowledged) >= self.wanted

    def send(self) -> None:
        while not self.done():
            with self.lock:
                number = next(self.numbers)
            name, address = f"guest{number}", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            made = post(self.fleet.live, self.form, name, address)
            if made is None:
                time.sleep(0.2)
                continue
            with self.lock:
                self.acknowledged[name] = made


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def fleet(smtp: SmtpServer) -> Iterator[Fleet]:
    live = live_server(
        ADMITONE_SMTP_URL=smtp.url, ADMITONE_TRUSTED_PROXIES="127.0.0.1", ADMITONE_JOB_LEASE_SECONDS="15"
    )
    live.stop()
    fleet = Fleet(live)
    try:
        yield fleet
    finally:
        fleet.close()
        live.close()


def prepared(fleet: Fleet) -> str:
    """The id of the form whose answers are mailed a link."""
    command = [sys.executable, "-m", "tests.faults.intake"]
    done = subprocess.run(command, env=fleet.live.env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["form"])


def unfinished(fleet: Fleet) -> int:
    """Jobs that are due and enrollments that go on; what is only waiting for its hour is no work."""
    due = rows(fleet.live, "SELECT count(*) FROM jobs_job WHERE status <> 'dead' AND task NOT LIKE '%purge%'")[0][0]
    inside = rows(fleet.live, "SELECT count(*) FROM workflows_enrollment WHERE status IN ('active', 'waiting')")[0][0]
    return int(due + inside)


def recovered(fleet: Fleet) -> float:
    """Seconds until no work is left."""
    began = time.monotonic()
    while unfinished(fleet) and time.monotonic() - began < RECOVERY_SECONDS:
        time.sleep(0.25)
    return time.monotonic() - began


def storm(fleet: Fleet, forms: int, kills: int, seed: int) -> Intake:
    form, chance = prepared(fleet), Random(seed)
    fleet.start_all()
    intake = Intake(fleet, form, forms)
    with ThreadPoolExecutor(SENDERS) as pool:
        sending = [pool.submit(intake.send) for _ in range(SENDERS)]
        try:
            while fleet.kills < kills:
                time.sleep(chance.uniform(0.1, 1.5))
                fleet.kill_one(chance)
            for one in as_completed(sending, timeout=SECONDS_PER_FORM * forms):
                one.result()
        finally:
            intake.given_up.set()  # a server that stays away would be asked for ever
    return intake


def check(fleet: Fleet, smtp: SmtpServer, intake: Intake) -> None:
    """Each acknowledged submission: one enrollment, one link, one mail; a second mail only where a send was cut off."""
    live = fleet.live
    submitted = {name.partition("@")[0] for (name,) in rows(live, "SELECT email FROM contacts_contact")}
    assert set(intake.acknowledged) <= submitted
    assert rows(live, "SELECT count(*) FROM jobs_job WHERE status = 'dead'") == [(0,)]
    people = len(submitted)
    assert dict(rows(live, "SELECT status, count(*) FROM workflows_enrollment GROUP BY status")) == {"done": people}
    assert rows(live, "SELECT count(*), count(DISTINCT contact_id) FROM links_onetimelink") == [(people, people)]
    unsent = "SELECT status, attempts, interrupted, error FROM messaging_message WHERE status <> 'sent'"
    assert rows(live, unsent) == []
    assert rows(live, "SELECT count(DISTINCT link_id), count(*) FROM messaging_message") == [(people, people)]
    mails = Counter(mail.recipients[0].partition("@")[0] for mail in smtp.messages)
    assert set(mails) == submitted
    twice = {name for name, number in mails.items() if number > 1}
    logged = "SELECT \"to\" FROM messaging_message WHERE interrupted > 0 AND error <> ''"
    told = {name.partition("@")[0] for (name,) in rows(live, logged)}
    assert twice <= told
    assert sum(mails.values()) - people <= fleet.kills * 2  # two sending threads a process
    assert len({mail.text() for mail in smtp.messages}) == people
    assert broken(live) == {}


@pytest.mark.parametrize(
    ("forms", "kills"), [(100, 10), pytest.param(1000, 100, marks=pytest.mark.soak)], ids=["tenth", "whole"]
)
def test_killed_processes_lose_no_submission_and_mail_each_link_once(fleet, smtp, forms, kills, record_property):
    intake = storm(fleet, forms, kills, seed=kills)
    seconds = recovered(fleet)
    mails = [mail.recipients[0] for mail in smtp.messages]
    record_property("acknowledged forms", len(intake.acknowledged))
    record_property("kills", fleet.kills)
    record_property("mails sent twice", len(mails) - len(set(mails)))
    record_property("seconds to recover", round(seconds, 1))
    assert unfinished(fleet) == 0, (seconds, rows(fleet.live, LEFT), fleet.live.log()[-3000:])
    assert fleet.kills == kills
    check(fleet, smtp, intake)
