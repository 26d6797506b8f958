from datetime import datetime, timedelta

import pytest
from tests.contract import jobs_tasks as tasks

from admitone.jobs import queries, run_pending, services
from admitone.jobs.models import READY, Job, WorkerBeat
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db


def test_worker_is_alive_for_three_beats(now: datetime) -> None:
    WorkerBeat.objects.create(name="w", at=now)
    assert queries.worker_alive(now + timedelta(seconds=30))
    assert not queries.worker_alive(now + timedelta(seconds=31))


def test_no_worker_is_not_alive(now: datetime) -> None:
    assert not queries.worker_alive(now)


def test_backlog_counts_by_status(now: datetime) -> None:
    tasks.note.enqueue(path="/dev/null")
    tasks.note.using(run_after=now + timedelta(days=1)).enqueue(path="/dev/null")
    assert queries.backlog() == {"ready": 1, "sleeping": 1, "running": 0, "dead": 0}


def test_oldest_ready_is_its_age(now: datetime) -> None:
    assert queries.oldest_ready_seconds(now) == 0
    Job.objects.create(task="x", run_after=now - timedelta(minutes=2))
    assert queries.oldest_ready_seconds(now) == 120


def test_listing_is_newest_first_and_by_status(now: datetime) -> None:
    tasks.hopeless.enqueue()
    run_pending(now)
    tasks.note.enqueue(path="/dev/null")
    assert [job.task for job in queries.listing()] == [tasks.note.name, tasks.hopeless.name]
    assert [job.task for job in queries.listing("dead")] == [tasks.hopeless.name]


def test_dead_job_is_ready_after_retry(now: datetime) -> None:
    tasks.hopeless.enqueue()
    run_pending(now)
    services.retry_dead(job_id=Job.objects.get().pk, now=now)
    job = Job.objects.get()
    assert (job.status, job.attempts, job.finished_at) == (READY, 0, None)


def test_retry_of_a_living_job_is_refused(now: datetime) -> None:
    tasks.note.enqueue(path="/dev/null")
    with pytest.raises(Problem) as refusal:
        services.retry_dead(job_id=Job.objects.get().pk, now=now)
    assert refusal.value.code == "not_found"


def test_retry_beside_a_pending_job_with_its_key_is_refused(now: datetime) -> None:
    tasks.hopeless.using(key="k").enqueue()
    run_pending(now)
    dead = Job.objects.get()
    tasks.hopeless.using(key="k").enqueue()
    with pytest.raises(Problem) as refusal:
        services.retry_dead(job_id=dead.pk, now=now)
    assert refusal.value.code == "invalid"
