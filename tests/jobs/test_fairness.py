"""One account whose provider hangs must not hold every thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from admitone.jobs import new_worker, task
from admitone.jobs.registry import TASKS
from admitone.jobs.store import Turn, claim

SLOW, QUICK = UUID(int=1), UUID(int=2)
done: list[str] = []


@task(queue="fair", name="fair.hang")
def hang() -> None:
    time.sleep(1.2)
    done.append("hang")


@task(queue="fair", name="fair.quick")
def quick(*, name: str) -> None:
    done.append(name)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    done.clear()
    TASKS.update({one.name: one for one in (hang, quick)})
    yield
    for one in (hang, quick):
        TASKS.pop(one.name, None)


def wait_for(check, seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not check():
        time.sleep(0.05)
    return bool(check())


@pytest.mark.django_db(transaction=True)
def test_account_that_hangs_leaves_a_thread_to_the_others() -> None:
    for _ in range(12):
        hang.using(account_id=SLOW).enqueue()
    worker = new_worker(threads=2, lease_seconds=15)
    worker.start()
    try:
        assert wait_for(lambda: done.count("hang") >= 2)  # from now on it is known to be slow
        for n in range(3):
            quick.using(account_id=QUICK).enqueue(name=str(n))
            assert wait_for(lambda n=n: str(n) in done, 3)
        assert done.count("hang") < 10
    finally:
        worker.stop(5)


@pytest.mark.django_db
def test_avoided_account_gets_no_turn(now) -> None:
    from datetime import timedelta

    for account in (SLOW, QUICK):
        quick.using(account_id=account, run_after=now - timedelta(minutes=1)).enqueue(name="x")
    turn = Turn(avoid=frozenset({("fair", SLOW), ("other", QUICK)}))
    taken = claim(now=now, limit=5, lease=timedelta(seconds=5), turn=turn)
    assert [job.account_id for job in taken] == [QUICK]
    assert claim(now=now, limit=5, lease=timedelta(seconds=5), turn=turn) == []
    turn.avoid = frozenset({("fair", uuid4())})
    assert [job.account_id for job in claim(now=now, limit=5, lease=timedelta(seconds=5), turn=turn)] == [SLOW]
