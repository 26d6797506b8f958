"""Reads for /readyz, /metrics and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min

from admitone.jobs.models import DEAD, READY, RUNNING, SLEEPING, Job, WorkerBeat

ALIVE_FOR = timedelta(seconds=30)


def worker_alive(now: datetime) -> bool:
    """Whether any worker has shown a sign of life within three beats."""
    return WorkerBeat.objects.filter(at__gte=now - ALIVE_FOR).exists()


def backlog() -> dict[str, int]:
    """Number of jobs by status: ready, sleeping, running, dead."""
    counts = dict(Job.objects.order_by().values_list("status").annotate(n=Count("pk")))
    return {status: counts.get(status, 0) for status in (READY, SLEEPING, RUNNING, DEAD)}


def oldest_ready_seconds(now: datetime) -> float:
    """Age of the job that has waited longest, 0 when none waits."""
    oldest = Job.objects.filter(status=READY).aggregate(at=Min("run_after"))["at"]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def listing(status: str = "", limit: int = 100) -> list[Job]:
    """The newest jobs, of one status when given."""
    jobs = Job.objects.filter(status=status) if status else Job.objects.all()
    return list(jobs.order_by("-pk")[:limit])


def unfinished(account_id: UUID, queues: Sequence[str], limit: int) -> int:
    """How many jobs of the account are ready or running in these queues, counted up to `limit`."""
    rows = Job.objects.filter(status__in=(READY, RUNNING), queue__in=queues, account_id=account_id)
    return len(rows.order_by().values_list("pk", flat=True)[:limit])
