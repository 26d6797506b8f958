from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoAssertNumQueries
from tests.contract import jobs_tasks as tasks

from admitone.jobs import Task, enqueue_many, picking, run_pending, store
from admitone.jobs.models import DEAD, READY, RUNNING, SLEEPING, Job
from admitone.jobs.registry import PERIODICS, TASKS, periodic, task
from admitone.jobs.running import Again, Dead, Done, attempt, delay

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=10)
ONE, TWO = UUID(int=1), UUID(int=2)


def take(now: datetime, limit: int = 1, turn: picking.Turn | None = None) -> list[Job]:
    return store.claim(now=now, limit=limit, lease=LEASE, turn=turn or picking.Turn())


def words(jobs: list[Job]) -> list[str]:
    return [job.args["word"] for job in jobs]


def note(word: str, task: Task = tasks.note) -> tuple[Task, dict[str, str]]:
    return task, {"path": "/dev/null", "word": word}


def test_many_jobs_are_inserted_by_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        enqueue_many(note(str(n)) for n in range(50))


def test_argument_that_is_not_json_is_refused_at_enqueue() -> None:
    with pytest.raises(TypeError):
        tasks.note.enqueue(path=ONE)


def test_claim_takes_the_highest_priority_first(now: datetime) -> None:
    enqueue_many([note("low"), note("high", tasks.note.using(priority=5))])
    assert words(take(now)) == ["high"]


def test_claim_lets_accounts_take_turns(now: datetime) -> None:
    enqueue_many(note(f"a{n}", tasks.note.using(account_id=ONE)) for n in range(9))
    enqueue_many([note("b0", tasks.note.using(account_id=TWO))])
    assert words(take(now, limit=4)) == ["a0", "b0", "a1", "a2"]


def test_claim_lets_queues_take_turns(now: datetime) -> None:
    enqueue_many(note(f"a{n}", tasks.note.using(queue="a")) for n in range(3))
    enqueue_many([note("b0", tasks.note.using(queue="b"))])
    turn = picking.Turn()
    assert [words(take(now, turn=turn)) for _ in range(4)] == [["a0"], ["b0"], ["a1"], ["a2"]]


def test_sleeper_is_claimed_from_its_time_on(now: datetime) -> None:
    enqueue_many([note("later", tasks.note.using(run_after=now + timedelta(hours=1)))])
    assert take(now) == []
    assert words(take(now + timedelta(hours=1))) == ["later"]


def test_idle_claim_only_reads(now: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert take(now) == []


@pytest.mark.database("postgresql")
def test_idle_look_beside_many_sleepers_reads_indexes_in_a_prepared_plan(now: datetime) -> None:
    later = tasks.note.using(run_after=now + timedelta(days=20))
    enqueue_many(note(str(n), later) for n in range(5000))
    said: list[tuple[str, tuple[object, ...]]] = []

    def record(run: Callable[..., Any], sql: str, params: tuple[object, ...], *rest: Any) -> Any:
        said.append((sql, params))
        return run(sql, params, *rest)

    with connection.execute_wrapper(record):
        picking.due(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_job")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        plans = [generic_plan(cursor, n, sql, params) for n, (sql, params) in enumerate(said)]
    assert ["Seq Scan" in plan for plan in plans] == [False]


def generic_plan(cursor: CursorWrapper, n: int, sql: str, params: tuple[object, ...]) -> str:
    """The plan PostgreSQL makes once it no longer looks at the values."""
    for place in range(len(params)):
        sql = sql.replace("%s", f"${place + 1}", 1)
    cursor.execute(f"PREPARE look{n} AS {sql}")
    cursor.execute(f"EXPLAIN EXECUTE look{n} ({', '.join(repr(str(value)) for value in params)})")
    return "\n".join(line for (line,) in cursor.fetchall())


def test_lost_lease_makes_the_first_worker_s_result_void(now: datetime) -> None:
    enqueue_many([note("x")])
    (first,) = take(now)
    (second,) = take(now + LEASE * 2)
    assert not store.settle(first, Done(), now)
    assert store.settle(second, Done(), now)
    assert (first.fence < second.fence, second.attempts, Job.objects.count()) == (True, 2, 0)


def test_renewed_lease_is_not_taken_over(now: datetime) -> None:
    enqueue_many([note("x")])
    (job,) = take(now)
    store.renew([(job.pk, job.fence)], now + LEASE * 5)
    assert take(now + LEASE * 2) == []


def test_renewal_with_an_old_fence_changes_nothing(now: datetime) -> None:
    enqueue_many([note("x")])
    (job,) = take(now)
    store.renew([(job.pk, job.fence - 1)], now + LEASE * 5)
    assert len(take(now + LEASE * 2)) == 1


def test_second_crash_makes_the_job_wait(now: datetime) -> None:
    enqueue_many([note("x")])
    take(now)
    (job,) = take(now + LEASE * 2)
    assert take(now + LEASE * 4) == []
    job.refresh_from_db()
    assert (job.status, job.attempts, job.last_error) == (SLEEPING, 2, store.CRASHED)


def test_wait_after_many_crashes_is_short(now: datetime) -> None:
    enqueue_many([note("x")])
    take(now)
    Job.objects.update(attempts=8)
    take(now + LEASE * 2)
    assert Job.objects.get().run_after <= now + LEASE * 2 + timedelta(seconds=20)


@pytest.mark.parametrize(
    ("error", "left"), [(OperationalError("the connection is closed"), [SLEEPING]), (ValueError("wrong"), [DEAD])]
)
def test_task_without_retries_outlives_its_worker_and_its_connection_but_no_fault(
    now: datetime, error: Exception, left: list[str]
) -> None:
    def fault() -> None:
        raise error

    once = task(name="store.once", retries=0)(fault)
    try:
        once.enqueue()
        take(now)
        (job,) = take(now + LEASE * 2)  # its worker fell silent
        store.settle(job, attempt(job, now), now)
    finally:
        TASKS.pop(once.name)
    assert list(Job.objects.values_list("status", flat=True)) == left


def test_handed_back_job_counts_no_attempt(now: datetime) -> None:
    enqueue_many([note("x")])
    (job,) = take(now)
    assert store.hand_back(job)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.lease_until) == (READY, 0, None)


def test_retried_job_gives_way_to_a_newer_one_with_its_key(now: datetime) -> None:
    keyed = tasks.note.using(key="k")
    enqueue_many([note("old", keyed)])
    (job,) = take(now)
    enqueue_many([note("new", keyed)])
    assert store.settle(job, Again(now + LEASE, "busy"), now)
    assert [row.args["word"] for row in Job.objects.all()] == ["new"]


def test_dead_job_does_not_hold_its_key(now: datetime) -> None:
    keyed = tasks.note.using(key="k")
    enqueue_many([note("old", keyed)])
    store.settle(take(now)[0], Dead("no"), now)
    enqueue_many([note("new", keyed)])
    assert sorted(Job.objects.values_list("status", flat=True)) == [DEAD, READY]


def test_permanent_failure_is_dead_at_once(now: datetime) -> None:
    tasks.hopeless.enqueue()
    assert run_pending(now) == 1
    job = Job.objects.get()
    assert (job.status, job.last_error, job.finished_at) == (DEAD, "Permanent: there is no such address", now)


def test_retry_is_tried_after_the_time_it_asked_for(now: datetime) -> None:
    tasks.later.enqueue()
    run_pending(now)
    assert Job.objects.get().run_after == now + timedelta(minutes=2)


def test_task_that_exits_is_a_failure_like_any_other(now: datetime) -> None:
    tasks.leave.enqueue()
    assert run_pending(now) == 1
    assert Job.objects.get().last_error == "SystemExit: 3"


def test_task_with_now_in_its_signature_is_given_it(now: datetime, tmp_path) -> None:
    tasks.note_now.enqueue(path=str(tmp_path / "marks"))
    run_pending(now)
    assert tasks.marks(tmp_path / "marks") == [now.isoformat()]


def test_limited_queue_gives_no_more_than_its_free_places(now: datetime) -> None:
    enqueue_many((tasks.narrow, {"path": "/dev/null"}) for _ in range(3))
    assert [len(take(now, limit=5)) for _ in range(2)] == [1, 0]
    assert Job.objects.filter(status=RUNNING).count() == 1


def test_tick_is_enqueued_once_by_two_workers_and_again_at_the_next(now: datetime) -> None:
    made = periodic(every=5, name="store.five")(lambda: None)
    only = {made.name: PERIODICS[made.name]}
    saved = dict(PERIODICS)
    PERIODICS.clear()
    PERIODICS.update(only)
    try:
        mine: dict[str, datetime] = {}
        theirs: dict[str, datetime] = {}
        counts = []
        for minutes in (0, 1, 5, 6):
            for seen in (mine, theirs):
                store.enqueue_ticks(now + timedelta(minutes=minutes), seen)
            counts.append(run_pending(now))
    finally:
        PERIODICS.clear()
        PERIODICS.update(saved)
        PERIODICS.pop(made.name)
        TASKS.pop(made.name)
    assert counts == [1, 0, 1, 0]


def test_delay_doubles_and_is_capped_at_an_hour() -> None:
    assert [delay(attempts, 10, 0.5) for attempts in (1, 2, 3, 20)] == [10, 20, 40, 3600]
    assert (delay(1, 10, 0), delay(1, 10, 1)) == (7.5, 12.5)
