"""What every engine behind the jobs port must do, with real workers in threads and processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests import environment
from tests.contract import jobs_tasks as tasks
from tests.contract.jobs_tasks import marks
from tests.server import with_database

from admitone.jobs import DeadJob, enqueue_many, new_worker, on_dead, periodic, port, run_pending
from admitone.jobs.embedded import EmbeddedEngine
from admitone.jobs.models import DEAD, READY, SLEEPING, Job
from admitone.jobs.port import Engine, Worker
from admitone.jobs.registry import NO_ACCOUNT, PERIODICS, TASKS

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
LEASE = 1.5
MANY = """INSERT INTO jobs_job (queue, task, args, status, priority, run_after, attempts, fence, account_id, created_at, last_error)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
SELECT queue, task, args, {status}, priority, run_after, attempts, fence, account_id, created_at, last_error
FROM jobs_job, n WHERE id = {model}"""


@pytest.fixture(autouse=True, params=[EmbeddedEngine], ids=["embedded"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Each engine in turn stands behind the port; periodic tasks of the product stay out."""
    made = request.param()
    monkeypatch.setattr(port, "engine", lambda: made)
    for name in list(PERIODICS):
        monkeypatch.delitem(PERIODICS, name)
    return made


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "marks")


@contextmanager
def working(threads: int = 2, lease: float = LEASE, grace: float = 5.0) -> Iterator[Worker]:
    worker = new_worker(threads=threads, lease_seconds=lease)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop(grace)


@contextmanager
def worker_process(lease: float = LEASE, grace: float = 5.0) -> Iterator[subprocess.Popen[bytes]]:
    name = str(connection.settings_dict["NAME"])
    url = with_database(environment.server_url(), name) if environment.is_postgres() else f"sqlite:///{name}"
    env = {**os.environ, "ADMITONE_DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.contract.jobs_worker", str(lease), str(grace)]
    process = subprocess.Popen(command, env=env, cwd=ROOT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def multiply(status: str, count: int) -> None:
    """`count` more rows like the only one there is, with `status`."""
    with connection.cursor() as cursor:
        cursor.execute(MANY.format(count=count, status=f"'{status}'", model=Job.objects.get().pk))
        cursor.execute("ANALYZE jobs_job")


def attempt_seconds() -> float:
    """Median time of one claim and run."""
    times = []
    for _ in range(15):
        start = time.perf_counter()
        assert run_pending(limit=1) == 1
        times.append(time.perf_counter() - start)
    return median(times)


def test_rollback_leaves_no_job(path: str) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        tasks.note.enqueue(path=path)
        raise RuntimeError
    assert Job.objects.count() == 0


def test_job_and_write_commit_together(path: str) -> None:
    with working():
        with transaction.atomic():
            tasks.note.enqueue(path=path)
            time.sleep(0.7)
            before_commit = marks(path)
        assert until(lambda: marks(path) == ["done"])
    assert before_commit == []
    assert Job.objects.count() == 0


def test_many_jobs_are_all_run_once(path: str) -> None:
    enqueue_many((tasks.note, {"path": path, "word": str(n)}) for n in range(300))
    with working(lease=60):  # a machine that stalls must not look like a worker that died
        assert until(lambda: Job.objects.count() == 0)
    assert sorted(map(int, marks(path))) == list(range(300))


def test_jobs_enqueued_by_a_job_run_at_once(path: str) -> None:
    with working():
        start = time.monotonic()
        tasks.chain.enqueue(path=path, left=10)
        assert until(lambda: len(marks(path)) == 11)
        assert time.monotonic() - start < 10 * 0.5


def test_killed_worker_is_taken_over_within_twice_the_lease(path: str) -> None:
    tasks.hang_once.enqueue(path=path)
    with worker_process() as victim:
        assert until(lambda: len(marks(path)) == 1)
        with working():
            time.sleep(LEASE * 1.5)
            alive = marks(path)
            victim.send_signal(signal.SIGKILL)
            killed = time.monotonic()
            assert until(lambda: len(marks(path)) == 2)
            taken_over = time.monotonic() - killed
            assert until(lambda: Job.objects.count() == 0)
    assert alive == [f"start-{victim.pid}"]
    assert marks(path)[1] == f"start-{os.getpid()}"
    assert taken_over < 2 * LEASE + 0.5


def test_run_after_is_kept_within_two_seconds(path: str) -> None:
    due = timezone.now() + timedelta(seconds=1)
    tasks.note_clock.using(run_after=due).enqueue(path=path)
    with working():
        assert until(lambda: len(marks(path)) == 1)
    assert 0 <= float(marks(path)[0]) - due.timestamp() < 2


def test_sleepers_and_backlog_do_not_slow_the_claim(path: str) -> None:
    tasks.note.using(run_after=timezone.now() + timedelta(days=1)).enqueue(path=path)
    multiply(READY, 100)
    alone = attempt_seconds()
    Job.objects.filter(status=READY).delete()
    multiply(SLEEPING, 10_000)
    Job.objects.exclude(pk=(model := Job.objects.order_by("pk")[0].pk)).update(priority=5)
    with connection.cursor() as cursor:
        cursor.execute(MANY.format(count=100_000, status=f"'{READY}'", model=model))
        cursor.execute("ANALYZE jobs_job")
    assert Job.objects.count() == 110_001
    ready = Job.objects.filter(status=READY, queue="default", priority=0, account_id=NO_ACCOUNT)
    assert "job_turn" in ready.order_by("run_after", "pk")[:1].explain()
    assert "job_due" in Job.objects.filter(status=SLEEPING, run_after__lte=timezone.now())[:1].explain()
    assert attempt_seconds() < max(5 * alone, 0.1)


def test_failing_job_backs_off_then_dies_and_tells_the_hooks(path: str, now: datetime) -> None:
    told: list[DeadJob] = []
    on_dead.append(told.append)
    try:
        tasks.fail.enqueue(path=path)
        waits = []
        for _ in range(3):
            assert run_pending(now) == 1
            waits.append((Job.objects.get().run_after - now).total_seconds())
            assert run_pending(now) == 0
            now = Job.objects.get().run_after
    finally:
        on_dead.remove(told.append)
    job = Job.objects.get()
    assert (job.status, job.attempts, job.last_error) == (DEAD, 3, "ValueError: no luck")
    assert told == [DeadJob(job.pk, tasks.fail.name, {"path": path}, None, 3, "ValueError: no luck")]
    assert 7.5 <= waits[0] <= 12.5
    assert 15 <= waits[1] <= 25


def test_periodic_task_runs_once_per_tick_with_two_workers(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def yearly() -> None:
        tasks.mark(path, "tick")

    made = periodic(every=timedelta(days=3650), name="contract.yearly")(yearly)
    try:
        with working(), working():
            assert until(lambda: marks(path) == ["tick"])
            time.sleep(1.5)
        with working():
            time.sleep(1.2)
    finally:
        del PERIODICS[made.name], TASKS[made.name]
    assert marks(path) == ["tick"]


def all_dead_without_waiting() -> bool:
    """Are only dead jobs left? Those that wait after a crash are tried now."""
    Job.objects.filter(status=SLEEPING).update(run_after=timezone.now())
    return not Job.objects.exclude(status=DEAD).exists()


def test_job_that_kills_its_worker_blocks_nobody(path: str) -> None:
    tasks.kill_worker.enqueue()
    enqueue_many((tasks.note, {"path": path, "word": str(n)}) for n in range(20))
    for _ in range(4):
        with worker_process(lease=1) as worker:
            until(lambda worker=worker: worker.poll() is not None or all_dead_without_waiting(), 30)
            if worker.poll() is None:
                break
    dead = Job.objects.get()
    assert (dead.task, dead.status, dead.attempts) == (tasks.kill_worker.name, DEAD, 3)
    assert {int(word) for word in marks(path)} == set(range(20))


def test_job_that_never_ends_is_given_up_and_blocks_nobody(path: str) -> None:
    tasks.never_end.enqueue(path=path)
    with working(threads=1, grace=0.1):
        assert until(lambda: marks(path) == ["start"])
        tasks.note.enqueue(path=path)
        assert until(lambda: marks(path) == ["start", "done"], 4)
    assert Job.objects.get().status == DEAD


def test_sigterm_finishes_the_running_job(path: str) -> None:
    tasks.nap.enqueue(path=path, seconds=0.8)
    with worker_process(lease=10) as worker:
        assert until(lambda: marks(path) == ["start"])
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    assert marks(path) == ["start", "end"]
    assert Job.objects.count() == 0


def test_sigterm_hands_back_what_does_not_finish(path: str) -> None:
    tasks.hang_once.enqueue(path=path)
    with worker_process(lease=60, grace=0.2) as worker:
        assert until(lambda: len(marks(path)) == 1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
    job = Job.objects.get()
    assert (job.status, job.attempts) == (READY, 0)
    with working():
        assert until(lambda: Job.objects.count() == 0)


def test_limited_queue_runs_no_more_than_its_limit(path: str) -> None:
    enqueue_many((tasks.narrow, {"path": path}) for _ in range(5))
    with working(), working():
        assert until(lambda: Job.objects.count() == 0)
    assert marks(path) == ["start", "end"] * 5


def test_second_pending_job_with_the_same_key_is_left_out(path: str) -> None:
    for word in ("first", "second"):
        tasks.note.using(key="one").enqueue(path=path, word=word)
    assert run_pending() == 1
    tasks.note.using(key="one").enqueue(path=path, word="third")
    assert run_pending() == 1
    assert marks(path) == ["first", "third"]


def test_unknown_task_is_dead_with_a_clear_error(path: str) -> None:
    Job.objects.create(task="gone.away", args={})
    tasks.note.enqueue(path=path)
    assert run_pending() == 2
    job = Job.objects.get()
    assert job.status == DEAD
    assert job.last_error.startswith("Unknown task gone.away")
