"""`admitone worker` and `admitone jobs`."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import timezone
from tests import environment
from tests.contract import jobs_tasks as tasks
from tests.server import COMMAND, with_database

from admitone.cli import main
from admitone.jobs import queries, run_pending
from admitone.jobs.models import Job
from admitone.jobs.registry import PERIODICS


@pytest.fixture(autouse=True)
def no_periodic_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(PERIODICS):
        monkeypatch.delitem(PERIODICS, name)


def database_url() -> str:
    name = str(connection.settings_dict["NAME"])
    return with_database(environment.server_url(), name) if environment.is_postgres() else f"sqlite:///{name}"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_is_alive_until_it_is_stopped() -> None:
    process = subprocess.Popen([COMMAND, "worker"], env={**os.environ, "ADMITONE_DATABASE_URL": database_url()})
    try:
        deadline = time.monotonic() + 20
        while not queries.worker_alive(timezone.now()) and time.monotonic() < deadline:
            time.sleep(0.1)
        began = queries.worker_alive(timezone.now())
        process.send_signal(signal.SIGTERM)
        assert (began, process.wait(20)) == (True, 0)
    finally:
        process.kill()
        process.wait()
    assert not queries.worker_alive(timezone.now())


@pytest.mark.django_db
def test_jobs_list_shows_a_line_per_job(now: datetime) -> None:
    tasks.hopeless.using(run_after=now).enqueue()
    run_pending(now)
    job = Job.objects.get()
    shown = CliRunner().invoke(main, ["jobs", "list", "--status", "dead"])
    error = "Permanent: there is no such address"
    assert shown.output == f"{job.pk}\tdead\t1\t2026-11-02T09:00:00Z\t{tasks.hopeless.name}\t{error}\n"


@pytest.mark.django_db
def test_jobs_retry_makes_a_dead_job_ready(now: datetime) -> None:
    tasks.hopeless.enqueue()
    run_pending(now)
    job = Job.objects.get()
    assert CliRunner().invoke(main, ["jobs", "retry", str(job.pk)]).output == f"Job {job.pk} is ready again.\n"
    assert CliRunner().invoke(main, ["jobs", "retry", "0"]).output == "Error: There is no dead job 0.\n"


@pytest.mark.django_db
def test_jobs_run_runs_what_is_due() -> None:
    tasks.note.enqueue(path=os.devnull)
    tasks.note.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(path=os.devnull)
    assert CliRunner().invoke(main, ["jobs", "run"]).output == "1 jobs run\n"
