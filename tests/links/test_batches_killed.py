"""A worker that is killed in the middle of a batch leaves no row without a link and none with two."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from tests import environment, factories
from tests.server import with_database

from admitone.events import SYSTEM
from admitone.links.models import Batch, BatchRow, OneTimeLink
from admitone.links.services import create_batch

ROOT = Path(__file__).resolve().parents[2]
ROWS, KILLS, LEASE = 2000, 3, 1.5

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def worker() -> subprocess.Popen[bytes]:
    name = str(connection.settings_dict["NAME"])
    url = with_database(environment.server_url(), name) if environment.is_postgres() else f"sqlite:///{name}"
    env = {**os.environ, "ADMITONE_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", "tests.contract.jobs_worker", str(LEASE), "1"], env=env, cwd=ROOT)


def until(condition: Callable[[], bool], seconds: float = 90.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_batch_survives_kills_without_losing_or_doubling_a_row():
    calendar = factories.calendar(factories.account())
    batch = create_batch(account=calendar.account, calendar=calendar, actor=SYSTEM, now=factories.NOW, count=ROWS)

    def done() -> int:
        return Batch.objects.values_list("done", flat=True).get(id=batch.id)

    for _ in range(KILLS):
        before, process = done(), worker()
        try:
            assert until(lambda before=before: done() > before)
        finally:
            process.kill()
            process.wait(10)
    assert done() < ROWS
    process = worker()
    try:
        assert until(lambda: Batch.objects.get(id=batch.id).status == "done")
    finally:
        process.terminate()
        process.wait(10)
    made = list(BatchRow.objects.filter(batch=batch, state="made").values_list("link_id", flat=True))
    assert (len(set(made)), OneTimeLink.objects.count(), done()) == (ROWS, ROWS, ROWS)
