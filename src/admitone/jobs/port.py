"""The port: what every engine behind `admitone.jobs` can do, and the one place that chooses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone

from admitone.jobs.registry import NewJob, Task, new_jobs


class Worker(Protocol):
    """Runs jobs in threads of this process between `start()` and `stop()`."""

    def start(self) -> None: ...

    def stop(self, grace: float = 10.0) -> None:
        """Finish what runs within `grace` seconds, hand the rest back."""


class Engine(Protocol):
    name: str

    def insert(self, jobs: Sequence[NewJob]) -> None:
        """Insert in the caller's transaction and wake a worker once it commits."""

    def run_pending(self, *, now: datetime, limit: int, ticks: bool = False) -> int: ...

    def worker(self, *, threads: int, lease_seconds: float) -> Worker: ...


def engine() -> Engine:
    """The engine of the configured database."""
    from admitone.jobs.embedded import EmbeddedEngine

    return EmbeddedEngine()


def enqueue_many(requests: Iterable[tuple[Task, dict[str, Any]]]) -> None:
    """Insert all jobs at once, in the caller's transaction."""
    jobs = new_jobs(requests)
    if jobs:
        engine().insert(jobs)


def run_pending(now: datetime | None = None, limit: int = 1000, *, ticks: bool = False) -> int:
    """Run what is due, and what that enqueues, in the calling thread; the number of attempts. `ticks`: periodic too."""
    return engine().run_pending(now=now or timezone.now(), limit=limit, ticks=ticks)


def new_worker(threads: int | None = None, lease_seconds: float | None = None) -> Worker:
    """A worker with the configured threads and lease, not yet started."""
    env = settings.ENV
    return engine().worker(threads=threads or env.job_threads, lease_seconds=lease_seconds or env.job_lease_seconds)
