"""Sleeping enrollments are rows: they cost a worker no memory and wake on time."""

from __future__ import annotations

import re
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from tests import factories
from tests.workflows.workers import until, workers

from admitone.jobs import enqueue_many
from admitone.workflows.engine import advance
from admitone.workflows.models import Enrollment, StepRun, Workflow

pytestmark = [pytest.mark.storm, pytest.mark.django_db(transaction=True)]
MEGABYTE = 1024
LENGTH = timedelta(hours=1)


def sleeping(workflow: Workflow, count: int, first: datetime, seconds: float) -> None:
    """So many that have waited for most of an hour; they are to wake evenly from `first` on."""
    version, account = workflow.versions.get(), workflow.account
    contact = factories.contact(account)
    dues = [first + timedelta(seconds=seconds * n / count) for n in range(count)]
    one = {"account": account, "workflow": workflow, "version": version, "contact": contact, "trigger": "manual"}
    rows = [
        Enrollment(
            **one,
            status="waiting",
            path=[0],
            visits=1,
            resume_at=due,
            created_at=due - LENGTH,
            updated_at=due - LENGTH,
        )
        for due in dues
    ]
    Enrollment.objects.bulk_create(rows, batch_size=500)
    step = {"step": "pause", "type": "wait.for", "visit": 1, "status": "waiting"}
    runs = [StepRun(enrollment=row, started_at=due - LENGTH, **step) for row, due in zip(rows, dues, strict=True)]
    StepRun.objects.bulk_create(runs, batch_size=500)
    timers = zip(rows, dues, strict=True)
    enqueue_many([(advance.using(run_after=due), {"enrollment_id": str(row.id)}) for row, due in timers])


def memory(process: subprocess.Popen[bytes]) -> int:
    """Resident kB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) if found else 0


def lateness() -> list[float]:
    """Seconds after its time at which each wait was ended."""
    runs = StepRun.objects.filter(step="pause", status="done").values_list("started_at", "finished_at")
    return [(finished - started - LENGTH).total_seconds() for started, finished in runs if finished]


def is_ready(process: subprocess.Popen[bytes], workflow: Workflow) -> bool:
    """A worker that has woken one sleeper has loaded everything that it needs."""
    sleeping(workflow, 1, datetime.now(UTC), 1)
    return until(lambda: Enrollment.objects.filter(status="done").count() == 1, 60)


@pytest.mark.parametrize(
    ("count", "seconds"), [(250, 5), pytest.param(10_000, 400, marks=pytest.mark.soak)], ids=["some", "many"]
)
def test_sleepers_cost_no_memory_and_wake_on_time(published, count, seconds, record_property):
    workflow = published([{"name": "pause", "type": "wait.for", "params": {"hours": 1}}], [])
    with workers(1) as (process,):
        assert is_ready(process, workflow)
        before = memory(process)
        first = datetime.now(UTC) + timedelta(seconds=4 + count / 500)
        sleeping(workflow, count, first, seconds)
        time.sleep(max((first - datetime.now(UTC)).total_seconds() - 0.5, 0))
        asleep = memory(process)
        assert Enrollment.objects.filter(status="waiting").count() == count
        assert until(lambda: Enrollment.objects.filter(status="done").count() == count + 1, seconds + 60)
        awake = memory(process)
    late = sorted(lateness())
    record_property("sleepers", count)
    record_property("mean seconds late", round(sum(late) / len(late), 2))
    record_property("99th percentile", round(late[len(late) * 99 // 100], 2))
    record_property("megabytes asleep", round((asleep - before) / MEGABYTE, 1))
    record_property("megabytes after", round((awake - before) / MEGABYTE, 1))
    assert len(late) == count + 1
    assert min(late) >= 0
    assert median(late) < 2
    assert asleep - before < 8 * MEGABYTE
    assert awake - before < 32 * MEGABYTE
