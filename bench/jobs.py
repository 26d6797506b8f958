"""How fast background jobs are on PostgreSQL: the embedded engine, and PgQueuer as it comes, beside a bare loop.

Prints jobs a second and this process's CPU per job, each as a ratio to the floor of the same run: one connection that
inserts and deletes one row at a time. Every job makes one ORM query. Then how long a claim takes beside a backlog, and
how soon a job starts that another connection inserted. Starts a PostgreSQL of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import psycopg  # noqa: E402
from tests.postgres import cluster  # noqa: E402

JOBS = 3000
THREADS = 2
ROUNDS = 3
PATIENCE_SECONDS = 60.0


def prepare(url: str) -> None:
    os.environ |= {
        "ADMITONE_DATA_DIR": tempfile.mkdtemp(prefix="admitone-bench-"),
        "ADMITONE_SECRET_KEY": "bench",
        "ADMITONE_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "admitone.config.settings",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)

    from admitone.jobs import task
    from admitone.jobs.registry import PERIODICS

    PERIODICS.clear()
    task(name="bench.look")(look)


def look() -> None:
    from admitone.jobs.models import Tick

    Tick.objects.filter(name="none").exists()


def measured(drain: Callable[[], None], jobs: int = JOBS) -> tuple[float, float]:
    """Jobs a second and CPU milliseconds of this process per job."""
    began, cpu = time.monotonic(), time.process_time()
    drain()
    return jobs / (time.monotonic() - began), (time.process_time() - cpu) / jobs * 1000


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"not done after {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.02)


def plain(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgres:", "postgresql:"), autocommit=True)


def floor(url: str) -> tuple[float, float]:
    def drain() -> None:
        for n in range(JOBS):
            connection.execute("INSERT INTO floor (id, args) VALUES (%s, %s)", [n, "{}"])
            connection.execute("DELETE FROM floor WHERE id = %s", [n])

    with plain(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS floor (id bigint PRIMARY KEY, args jsonb)")
        return measured(drain)


def embedded(url: str) -> tuple[float, float]:
    from admitone.jobs import enqueue_many, new_worker
    from admitone.jobs.models import Job
    from admitone.jobs.registry import TASKS

    worker = new_worker(threads=THREADS, lease_seconds=15)

    def drain() -> None:
        worker.start()
        wait_until(lambda: not Job.objects.exists())

    enqueue_many((TASKS["bench.look"], {}) for _ in range(JOBS))
    try:
        return measured(drain)
    finally:
        worker.stop()


def pgqueuer(url: str) -> tuple[float, float]:
    from django.db import connection
    from pgqueuer.adapters.drivers.psycopg import SyncPsycopgDriver
    from pgqueuer.adapters.persistence.queries import SyncQueries

    class OnDjango(SyncPsycopgDriver):
        def __init__(self, connection: psycopg.Connection) -> None:
            self._connection = connection  # inside Django's transactions, which the original refuses

    connection.ensure_connection()
    queries = SyncQueries(OnDjango(connection.connection))
    payload = json.dumps({"task": "bench.look", "args": {}}).encode()
    queries.enqueue(["default"] * JOBS, [payload] * JOBS, [0] * JOBS)
    worker = PgQueuerWorker(url)

    def drain() -> None:
        worker.start()
        with plain(url) as watching:
            wait_until(lambda: watching.execute("SELECT count(*) FROM pgqueuer").fetchone() == (0,))

    try:
        return measured(drain)
    finally:
        worker.stop()


class PgQueuerWorker:
    """PgQueuer's own loop in a thread, handlers in two more; no lease fence, no counted crash, no hand-back."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgres:", "postgresql:")
        self.thread = threading.Thread(target=lambda: asyncio.run(self.work()), daemon=True)
        self.stopping: Callable[[], object] = lambda: None

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping()
        self.thread.join(10)

    async def work(self) -> None:
        from pgqueuer.adapters.persistence.queries import Queries
        from pgqueuer.core.qm import QueueManager
        from pgqueuer.domain.models import Job

        connection = await psycopg.AsyncConnection.connect(self.url, autocommit=True)
        ears = await psycopg.AsyncConnection.connect(self.url, autocommit=True)
        manager = QueueManager(Queries(two_connections(connection, ears)))
        loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(THREADS)
        self.stopping = lambda: loop.call_soon_threadsafe(manager.shutdown.set)

        async def handle(job: Job) -> None:
            await loop.run_in_executor(pool, call, job.payload or b"")

        manager.entrypoint("default", on_failure="hold")(handle)
        await manager.run(batch_size=50, max_concurrent_tasks=100, heartbeat_timeout=timedelta(seconds=15))


def two_connections(connection: psycopg.AsyncConnection, ears: psycopg.AsyncConnection) -> Any:
    """PgQueuer's psycopg driver, listening on a second connection: on one, every statement waits for the listener."""
    from pgqueuer.adapters.drivers.psycopg import PsycopgDriver

    class Driver(PsycopgDriver):
        async def add_listener(self, channel: str, callback: Callable[[str | bytes | bytearray], None]) -> None:
            await ears.execute(f'LISTEN "{channel}"')
            self._listeners[channel] = [callback]
            self._watcher = asyncio.create_task(self.watch_notifies())
            self._tm.add(self._watcher)

        async def watch_notifies(self) -> None:
            while not self.shutdown.is_set():
                async for note in ears.notifies(timeout=0.5):
                    for callback in self._listeners.get(note.channel, []):
                        callback(note.payload)

    return Driver(connection)


def call(payload: bytes) -> None:
    from django.db import close_old_connections

    from admitone.jobs.registry import TASKS

    document = json.loads(payload)
    TASKS[document["task"]].func(**document["args"])
    close_old_connections()


def install_pgqueuer(url: str) -> bool:
    """False when the package is not installed."""
    try:
        from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
    except ImportError:
        return False
    with plain(url) as connection:
        connection.execute(QueryBuilderEnvironment().build_install_query())
    return True


def claims(status: str, count: int) -> float:
    """Median milliseconds of one claim beside `count` more jobs of that status."""
    from django.db import connection
    from django.utils import timezone

    from admitone.jobs import store

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_job")
        cursor.execute(FILL, [status, count])
        cursor.execute(FILL, ["ready", 100])
        cursor.execute("ANALYZE jobs_job")
    times, turn = [], store.Turn()
    for _ in range(31):
        began = time.perf_counter()
        assert store.claim(now=timezone.now(), limit=1, lease=timedelta(minutes=1), turn=turn)
        times.append((time.perf_counter() - began) * 1000)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_job")
    return statistics.median(times)


FILL = """INSERT INTO jobs_job (queue, task, args, status, priority, run_after, attempts, fence, account_id, created_at, last_error)
SELECT 'default', 'bench.look', '{}', s, 0, now() + CASE s WHEN 'sleeping' THEN interval '20 days' ELSE interval '0' END,
0, 0, '00000000-0000-0000-0000-000000000000', now(), '' FROM (SELECT %s::text AS s) AS one, generate_series(1, %s)"""


def starts(url: str) -> list[float]:
    """Milliseconds from the commit of another connection to the start of the job."""
    from admitone.jobs import new_worker, task

    began = threading.Event()
    task(name="bench.begin")(began.set)
    worker, times = new_worker(threads=THREADS, lease_seconds=15), []
    worker.start()
    with plain(url) as connection:
        for _ in range(20):
            time.sleep(0.1)
            began.clear()
            connection.execute(FILL.replace("bench.look", "bench.begin"), ["ready", 1])
            at = time.perf_counter()
            began.wait(5)
            times.append((time.perf_counter() - at) * 1000)
    worker.stop()
    return sorted(times)


def report(name: str, run: Callable[[str], tuple[float, float]], url: str, base: tuple[float, float]) -> None:
    rounds = [run(url) for _ in range(ROUNDS)]
    rate, cpu = max(rate for rate, _ in rounds), min(cpu for _, cpu in rounds)
    print(f"{name:22} {rate:6.0f} jobs/s {rate / base[0]:5.2f} x floor   {cpu:.2f} ms CPU {cpu / base[1]:5.2f} x floor")


def main() -> None:
    with cluster() as url:
        prepare(url)
        base = max(floor(url) for _ in range(ROUNDS))
        print(f"floor: INSERT + DELETE  {base[0]:6.0f} pairs/s                {base[1]:.2f} ms CPU")
        report("embedded", embedded, url, base)
        if install_pgqueuer(url):
            report("PgQueuer, bare", pgqueuer, url, base)
        alone = claims("ready", 1)
        for status, count in (("ready", 100_000), ("sleeping", 10_000), ("sleeping", 100_000)):
            took = claims(status, count)
            print(f"claim beside {count:7,} {status:8} {took:.1f} ms  {took / alone:4.1f} x claim alone")
        times = starts(url)
        print(f"start after another connection's commit: p50 {times[10]:.0f} ms, max {times[-1]:.0f} ms")


if __name__ == "__main__":
    main()
