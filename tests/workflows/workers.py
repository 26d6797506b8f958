"""Worker processes over the test's own database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from tests import environment
from tests.server import with_database

ROOT = Path(__file__).resolve().parents[2]


def start_worker(lease: float = 1.5, grace: float = 5.0) -> subprocess.Popen[bytes]:
    name = str(connection.settings_dict["NAME"])
    url = with_database(environment.server_url(), name) if environment.is_postgres() else f"sqlite:///{name}"
    env = {**os.environ, "ADMITONE_DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.contract.jobs_worker", str(lease), str(grace)]
    return subprocess.Popen(command, env=env, cwd=ROOT)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL: no handler, no clean-up."""
    if process.poll() is None:
        process.kill()
    process.wait(10)


@contextmanager
def workers(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    started = [start_worker() for _ in range(count)]
    try:
        yield started
    finally:
        for process in started:
            kill(process)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
