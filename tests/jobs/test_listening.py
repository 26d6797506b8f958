from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import transaction
from django.utils import timezone
from tests.contract import jobs_tasks as tasks

from admitone.jobs import embedded, listening
from admitone.jobs.embedded import EmbeddedEngine, EmbeddedWorker
from admitone.jobs.listening import CHANNEL, connect
from admitone.jobs.models import Job
from admitone.jobs.registry import PERIODICS

pytestmark = [pytest.mark.database("postgresql"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ears() -> Iterator[psycopg.Connection]:
    with connect() as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        yield connection


@pytest.fixture
def sleepy_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedWorker]:
    """One that would look for work by itself only after a minute."""
    monkeypatch.setattr(embedded, "POLL_SECONDS", 60.0)
    for name in list(PERIODICS):
        monkeypatch.delitem(PERIODICS, name)
    worker = EmbeddedEngine().worker(threads=1, lease_seconds=30)
    worker.start()
    yield worker
    worker.stop()


def heard(ears: psycopg.Connection, seconds: float = 0.3) -> int:
    return len(list(ears.notifies(timeout=seconds)))


def row(path: Path) -> Job:
    """A job as another process would insert it: nothing in this one is woken."""
    return Job(task=tasks.note.name, args={"path": str(path)})


def test_ready_jobs_are_announced_once_per_transaction_and_after_it(ears: psycopg.Connection, tmp_path: Path) -> None:
    with transaction.atomic():
        Job.objects.bulk_create([row(tmp_path), row(tmp_path)])
        row(tmp_path).save()
        before = heard(ears)
    assert (before, heard(ears)) == (0, 1)


def test_sleeper_is_not_announced(ears: psycopg.Connection, tmp_path: Path) -> None:
    tasks.note.using(run_after=timezone.now() + timedelta(days=1)).enqueue(path=str(tmp_path))
    assert heard(ears) == 0


def test_idle_worker_runs_a_job_of_another_process_at_once(sleepy_worker: EmbeddedWorker, tmp_path: Path) -> None:
    time.sleep(1.5)
    row(tmp_path / "marks").save()
    assert soon(lambda: tasks.marks(tmp_path / "marks") == ["done"])


def test_lost_listener_comes_back(
    sleepy_worker: EmbeddedWorker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listening, "PAUSE_SECONDS", 0.1)
    time.sleep(1.0)
    with connect() as connection:
        ended = connection.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            f" WHERE datname = current_database() AND query = 'LISTEN {CHANNEL}'"
        ).fetchone()
    assert ended == (1,)
    row(tmp_path / "marks").save()
    assert soon(lambda: tasks.marks(tmp_path / "marks") == ["done"])
    assert "jobs are found by polling for now" in caplog.text


def soon(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
