"""Which jobs are next: the statements that every worker asks all day, written by hand for that reason.

On PostgreSQL rows are claimed with FOR UPDATE SKIP LOCKED; SQLite has no row locks and needs none, because its
transactions begin IMMEDIATE and so claim one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from admitone.jobs.models import Job
from admitone.jobs.registry import NO_ACCOUNT, QUEUE_LIMITS
from admitone.statements import Prepared

WAKE_AT_ONCE = 500
FEW = 8
PICKED = Prepared(lambda key: Job.objects.filter(pk=key), key=int)
PASS_OVER = 3
#: Each in the order of an index: without one, a prepared plan reads the whole table when nothing matches.
DUE = """SELECT
(SELECT 1 FROM jobs_job WHERE status = 'ready' ORDER BY run_after LIMIT 1),
(SELECT 1 FROM jobs_job WHERE status = 'sleeping' AND run_after <= %s ORDER BY run_after LIMIT 1),
(SELECT 1 FROM jobs_job WHERE status = 'running' AND lease_until < %s ORDER BY lease_until LIMIT 1)"""
SLEEPERS = "SELECT id FROM jobs_job WHERE status = 'sleeping' AND run_after <= %s ORDER BY run_after LIMIT %s"
WAKE = "UPDATE jobs_job SET status = 'ready' WHERE id IN "
#: One index seek a queue, whatever the backlog.
QUEUES = """WITH RECURSIVE ready(queue) AS (
SELECT (SELECT queue FROM jobs_job WHERE status = 'ready' ORDER BY queue LIMIT 1) UNION ALL
SELECT (SELECT j.queue FROM jobs_job j WHERE j.status = 'ready' AND j.queue > ready.queue ORDER BY j.queue LIMIT 1)
FROM ready WHERE ready.queue IS NOT NULL) SELECT queue FROM ready WHERE queue IS NOT NULL"""
RUNNING = "SELECT count(*) FROM jobs_job WHERE status = 'running' AND queue = %s"
TOP = "SELECT priority FROM jobs_job WHERE status = 'ready' AND queue = %s ORDER BY priority DESC LIMIT 1"
ACCOUNT = """SELECT account_id FROM jobs_job WHERE status = 'ready' AND queue = %s AND priority = %s
AND account_id > %s ORDER BY account_id LIMIT 1"""
FIRST_ACCOUNT = """SELECT account_id FROM jobs_job WHERE status = 'ready' AND queue = %s AND priority = %s
ORDER BY account_id LIMIT 1"""
OLDEST = """SELECT id FROM jobs_job WHERE status = 'ready' AND queue = %s AND priority = %s AND account_id = %s
ORDER BY run_after, id LIMIT %s"""
HOLD = (
    "UPDATE jobs_job SET status = 'running', lease_until = %s, fence = fence + 1, attempts = attempts + 1 WHERE id IN "
)


@dataclass(slots=True)
class Turn:
    """Whose turn it was last, so that queues and accounts take turns; accounts as the database spells them.

    `avoid` holds (queue, account) pairs that get no turn for now.
    """

    queue: str = ""
    account: dict[str, Any] = field(default_factory=dict)
    avoid: frozenset[tuple[str, UUID]] = frozenset()


def due(now: datetime) -> tuple[bool, bool, bool]:
    """Whether jobs are ready, asleep past their hour, and lost by their worker."""
    ready, sleeping, lost = rows(DUE, [at(now), at(now)])[0]
    return bool(ready), bool(sleeping), bool(lost)


def wake_sleepers(now: datetime) -> None:
    change(WAKE, ids(SLEEPERS, [at(now), WAKE_AT_ONCE]))


def pick(lease_until: datetime, limit: int, turn: Turn) -> list[Job]:
    """Ready jobs: queues take turns, then the highest priority, then accounts take turns, then the oldest."""
    picked: list[int] = []
    names = [name for (name,) in rows(QUEUES)]
    for queue in [*(name for name in names if name > turn.queue), *(name for name in names if name <= turn.queue)]:
        if len(picked) < limit:
            picked += pick_queue(queue, min(limit - len(picked), free_places(queue)), lease_until, turn)
    if len(picked) <= FEW:
        return [job for key in picked for job in PICKED.all(key=key)]
    found = Job.objects.in_bulk(picked)
    return [found[key] for key in picked]


def pick_queue(queue: str, room: int, lease_until: datetime, turn: Turn) -> list[int]:
    """Up to `room` jobs of the queue; an account whose rows another worker is just claiming is passed over."""
    picked: list[int] = []
    for _ in range(room + PASS_OVER if room > 0 else 0):
        found = pick_account(queue, room - len(picked), lease_until, turn)
        if found is None:
            break
        picked += found
        turn.queue = queue
        if len(picked) >= room:
            break
    return picked


def pick_account(queue: str, room: int, lease_until: datetime, turn: Turn) -> list[int] | None:
    """Jobs of the account whose turn it is: one, or all there is room for when it is alone. None: nothing is ready."""
    top = rows(TOP, [queue])
    if not top:
        return None
    last, priority = turn.account.get(queue, key(NO_ACCOUNT)), top[0][0]
    account = next_account(queue, priority, last, {key(one) for name, one in turn.avoid if name == queue})
    if account is None:
        return None
    turn.account[queue] = account
    chosen = ids(OLDEST, [queue, priority, account, room if account == last else 1])
    change(HOLD, chosen, [at(lease_until)])
    return chosen


def next_account(queue: str, priority: int, last: Any, shunned: set[Any]) -> Any:
    """The account after the last one, round and round; None if all that have jobs are shunned."""
    for _ in range(len(shunned) + 1):
        after = rows(ACCOUNT, [queue, priority, last]) or rows(FIRST_ACCOUNT, [queue, priority])
        last = after[0][0] if after else key(NO_ACCOUNT)
        if last not in shunned:
            return last
    return None


def free_places(queue: str) -> int:
    """How many more jobs of the queue may run; limited queues are counted under a lock."""
    limit = QUEUE_LIMITS.get(queue)
    if limit is None:
        return 1_000_000
    if connection.vendor == "postgresql":
        rows("SELECT pg_advisory_xact_lock(hashtext(%s::text))", [f"jobs:{queue}"])
    return limit - int(rows(RUNNING, [queue])[0][0])


def rows(sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def ids(sql: str, values: Sequence[Any]) -> list[int]:
    """Ids of rows that nobody else is just claiming, and which are ours until the transaction ends."""
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    return [one for (one,) in rows(sql + skip, values)]


def change(sql: str, keys: Sequence[int], values: Sequence[Any] = ()) -> None:
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(f"{sql}({', '.join(['%s'] * len(keys))})", [*values, *keys])


def at(moment: datetime) -> Any:
    """An instant as this database stores it."""
    return connection.ops.adapt_datetimefield_value(moment)


def key(account_id: UUID) -> Any:
    return account_id.hex if connection.vendor == "sqlite" else account_id
