"""Statements on the job table: insert, claim (the picking itself is in picking.py), renew, settle, hand back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet

from admitone.jobs import picking
from admitone.jobs.models import DEAD, READY, RUNNING, SLEEPING, Job, Tick
from admitone.jobs.picking import Turn as Turn
from admitone.jobs.registry import PERIODICS, TASKS, NewJob, Periodic
from admitone.jobs.running import SPARED, Again, Dead, Done, Outcome, again_or_dead, announce
from admitone.statements import insert_all

DROP = "DELETE FROM jobs_job WHERE id = %s AND fence = %s AND status = %s"
DROP_ALL = "DELETE FROM jobs_job WHERE status = %s AND "
CRASHED = "The worker stopped while it ran this job."
PARTING = (2.0, 20.0)  # seconds


def insert(jobs: Sequence[NewJob]) -> None:
    """One INSERT; a job whose key is already pending is left out."""
    insert_all([as_row(job) for job in jobs])


def as_row(job: NewJob) -> Job:
    row = Job(queue=job.queue, task=job.task, args=job.args, priority=job.priority, key=job.key)
    row.account_id = job.account_id
    if job.run_after is not None:
        row.run_after, row.status = job.run_after, SLEEPING
    return row


def claim(*, now: datetime, limit: int, lease: timedelta, turn: Turn, finished: Sequence[Job] = ()) -> list[Job]:
    """Take up to `limit` due jobs for `lease`, and drop the finished ones.

    Looks before it opens a write transaction: an idle worker writes nothing.
    """
    ready, sleeping, lost = picking.due(now)
    if not (ready or sleeping or lost):
        drop_all(finished)
        return []
    with transaction.atomic():
        drop_all(finished)
        if sleeping:
            picking.wake_sleepers(now)
        dead = [(job, error) for job in expired(now) if (error := take_over(job, now))] if lost else []
        picked = picking.pick(now + lease, limit, turn)
    for job, error in dead:
        announce(job, error)
    return picked


def expired(now: datetime) -> list[Job]:
    rows = Job.objects.filter(status=RUNNING, lease_until__lt=now).order_by("lease_until")
    return list(rows.select_for_update(skip_locked=True)[: picking.WAKE_AT_ONCE])


def take_over(job: Job, now: datetime) -> str:
    """Free a job whose worker fell silent; its error if it thereby dies.

    The first time it is ready at once. Later it waits, so that a job which kills its worker parts from the innocent
    ones that were running beside it; never long, for most are innocent.
    """
    wait = 0.0 if job.attempts <= 1 else random.uniform(*PARTING)  # noqa: S311
    outcome = again_or_dead(job, now, CRASHED, wait, spared=SPARED)
    written = write(job, outcome, now)
    return outcome.error if written and isinstance(outcome, Dead) else ""


def renew(held: Iterable[tuple[int, int]], lease_until: datetime) -> None:
    """Prolong the leases of (id, fence) pairs that are still ours."""
    ours = Q()
    for job_id, fence in held:
        ours |= Q(pk=job_id, fence=fence)
    if ours:
        Job.objects.filter(ours, status=RUNNING).update(lease_until=lease_until)


def settle(job: Job, outcome: Outcome, now: datetime) -> bool:
    """Record the outcome if the job is still ours; False when somebody else has taken it over."""
    written = write(job, outcome, now)
    if written and isinstance(outcome, Dead):
        announce(job, outcome.error)
    return written


def write(job: Job, outcome: Outcome, now: datetime) -> bool:
    match outcome:
        case Done():
            return drop(job)
        case Dead(error):
            return bool(change(job, status=DEAD, finished_at=now, last_error=error))
        case Again(at, error):
            return to_pending(job, status=READY if at <= now else SLEEPING, run_after=at, last_error=error)


def hand_back(job: Job) -> bool:
    """Give up a job that was not finished, as if it had not been claimed."""
    return to_pending(job, status=READY, attempts=F("attempts") - 1)


def to_pending(job: Job, **values: object) -> bool:
    """Make the job pending again, or drop it if a newer one with its key is pending and will do the same work."""
    try:
        with transaction.atomic():
            return bool(change(job, **values))
    except IntegrityError:
        return drop(job)


def drop(job: Job) -> bool:
    """Delete the job if it is ours; one statement, where a queryset's `delete()` would open a transaction for it."""
    with connection.cursor() as cursor:
        cursor.execute(DROP, [job.pk, job.fence, RUNNING])
        return cursor.rowcount == 1


def drop_all(jobs: Sequence[Job]) -> None:
    """Delete finished jobs, those that are still ours."""
    if jobs:
        ours = " OR ".join(["(id = %s AND fence = %s)"] * len(jobs))
        with connection.cursor() as cursor:
            cursor.execute(DROP_ALL + f"({ours})", [RUNNING, *(value for job in jobs for value in (job.pk, job.fence))])


def change(job: Job, **values: object) -> int:
    return mine(job).update(lease_until=None, fence=F("fence") + 1, **values)


def mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, fence=job.fence, status=RUNNING)


def enqueue_ticks(now: datetime, seen: dict[str, datetime]) -> None:
    """Enqueue each periodic task whose tick nobody has enqueued; `seen` spares the database between ticks."""
    for one in PERIODICS.values():
        tick = one.tick(now)
        if seen.get(one.name) != tick:
            with transaction.atomic():
                if win_tick(one, tick):
                    insert([TASKS[one.name].using(key=f"periodic:{one.name}").new_job({})])
            seen[one.name] = tick


def win_tick(one: Periodic, tick: datetime) -> bool:
    """True for exactly one caller per tick, whatever the number of workers."""
    rows = Tick.objects.filter(name=one.name)
    if rows.filter(at__lt=tick).update(at=tick):
        return True
    if rows.exists():
        return False
    try:
        with transaction.atomic():
            Tick.objects.create(name=one.name, at=tick)
    except IntegrityError:
        return False
    return True
