"""Every statement on the job table: insert, claim, renew, settle, hand back. The same ones on SQLite and PostgreSQL.

On PostgreSQL rows are claimed with FOR UPDATE SKIP LOCKED; SQLite has no row locks and needs none, because its
transactions begin IMMEDIATE and so claim one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet

from admitone.jobs.models import DEAD, READY, RUNNING, SLEEPING, Job, Tick
from admitone.jobs.registry import NO_ACCOUNT, PERIODICS, QUEUE_LIMITS, TASKS, NewJob, Periodic
from admitone.jobs.running import Again, Dead, Done, Outcome, again_or_dead, announce

WAKE_AT_ONCE = 500
PASS_OVER = 3
DROP = "DELETE FROM jobs_job WHERE id = %s AND fence = %s AND status = %s"
CRASHED = "The worker stopped while it ran this job."


@dataclass(slots=True)
class Turn:
    """Whose turn it was last, so that queues and accounts take turns."""

    queue: str = ""
    account: dict[str, UUID] = field(default_factory=dict)


def insert(jobs: Sequence[NewJob]) -> None:
    """One INSERT; a job whose key is already pending is left out."""
    Job.objects.bulk_create([as_row(job) for job in jobs], ignore_conflicts=True)


def as_row(job: NewJob) -> Job:
    row = Job(queue=job.queue, task=job.task, args=job.args, priority=job.priority, key=job.key)
    row.account_id = job.account_id
    if job.run_after is not None:
        row.run_after, row.status = job.run_after, SLEEPING
    return row


def claim(*, now: datetime, limit: int, lease: timedelta, turn: Turn) -> list[Job]:
    """Take up to `limit` due jobs for `lease`. Looks before it opens a write transaction: an idle worker writes nothing."""
    if not anything_due(now):
        return []
    with transaction.atomic():
        wake_sleepers(now)
        dead = [(job, error) for job in expired(now) if (error := take_over(job, now))]
        picked = pick(now + lease, limit, turn)
    for job, error in dead:
        announce(job, error)
    return picked


def anything_due(now: datetime) -> bool:
    """Asked in the order of an index: without one, a prepared plan reads the whole table when nothing matches."""
    ready = Job.objects.filter(status=READY).order_by("run_after")
    sleepers = Job.objects.filter(status=SLEEPING, run_after__lte=now).order_by("run_after")
    lost = Job.objects.filter(status=RUNNING, lease_until__lt=now).order_by("lease_until")
    return any(rows.values_list("pk").first() for rows in (ready, sleepers, lost))


def wake_sleepers(now: datetime) -> None:
    due = locked(Job.objects.filter(status=SLEEPING, run_after__lte=now).order_by("run_after"))
    ids = list(due.values_list("pk", flat=True)[:WAKE_AT_ONCE])
    if ids:
        Job.objects.filter(pk__in=ids).update(status=READY)


def expired(now: datetime) -> list[Job]:
    return list(locked(Job.objects.filter(status=RUNNING, lease_until__lt=now).order_by("lease_until"))[:WAKE_AT_ONCE])


def take_over(job: Job, now: datetime) -> str:
    """Free a job whose worker fell silent; its error if it thereby dies.

    The first time it is ready at once. Later it waits, so that a job which kills its worker parts from the innocent
    ones that were running beside it.
    """
    outcome = again_or_dead(job, now, CRASHED, 0.0 if job.attempts <= 1 else None)
    written = write(job, outcome, now)
    return outcome.error if written and isinstance(outcome, Dead) else ""


def pick(lease_until: datetime, limit: int, turn: Turn) -> list[Job]:
    """Ready jobs: queues take turns, then the highest priority, then accounts take turns, then the oldest."""
    picked: list[Job] = []
    names = ready_queues()
    for queue in [*(name for name in names if name > turn.queue), *(name for name in names if name <= turn.queue)]:
        if len(picked) < limit:
            picked += pick_queue(queue, min(limit - len(picked), free_places(queue)), lease_until, turn)
    return picked


def pick_queue(queue: str, room: int, lease_until: datetime, turn: Turn) -> list[Job]:
    """Up to `room` jobs of the queue; an account whose rows another worker is just claiming is passed over."""
    picked: list[Job] = []
    for _ in range(room + PASS_OVER if room > 0 else 0):
        jobs = pick_account(queue, room - len(picked), lease_until, turn)
        if jobs is None:
            break
        picked += jobs
        turn.queue = queue
        if len(picked) >= room:
            break
    return picked


def pick_account(queue: str, room: int, lease_until: datetime, turn: Turn) -> list[Job] | None:
    """Jobs of the account whose turn it is: one, or all there is room for when it is alone. None: nothing is ready."""
    ready = Job.objects.filter(status=READY, queue=queue)
    top = ready.order_by("-priority").values_list("priority", flat=True).first()
    if top is None:
        return None
    last = turn.account.get(queue, NO_ACCOUNT)
    accounts = ready.filter(priority=top).order_by("account_id").values_list("account_id", flat=True)
    account = accounts.filter(account_id__gt=last).first() or accounts.first() or NO_ACCOUNT
    turn.account[queue] = account
    rows = locked(ready.filter(priority=top, account_id=account).order_by("run_after", "pk"))
    return hold(list(rows[: room if account == last else 1]), lease_until)


def hold(jobs: list[Job], lease_until: datetime) -> list[Job]:
    if jobs:
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
            status=RUNNING, lease_until=lease_until, fence=F("fence") + 1, attempts=F("attempts") + 1
        )
    for job in jobs:
        job.status, job.fence, job.attempts = RUNNING, job.fence + 1, job.attempts + 1
    return jobs


def ready_queues() -> list[str]:
    """Names of queues with ready jobs, one index seek each, whatever the backlog."""
    names: list[str] = []
    queues = Job.objects.filter(status=READY).order_by("queue").values_list("queue", flat=True)
    while (name := queues.filter(queue__gt=names[-1] if names else "").first()) is not None:
        names.append(name)
    return names


def free_places(queue: str) -> int:
    """How many more jobs of the queue may run; limited queues are counted under a lock."""
    limit = QUEUE_LIMITS.get(queue)
    if limit is None:
        return 1_000_000
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s::text))", [f"jobs:{queue}"])
    return limit - Job.objects.filter(status=RUNNING, queue=queue).count()


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


def change(job: Job, **values: object) -> int:
    return mine(job).update(lease_until=None, fence=F("fence") + 1, **values)


def mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, fence=job.fence, status=RUNNING)


def locked(rows: QuerySet[Job]) -> QuerySet[Job]:
    return rows.select_for_update(skip_locked=True)


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
