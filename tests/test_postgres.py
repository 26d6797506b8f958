"""The throw-away cluster cleans up after itself."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

WRAPPER = [sys.executable, "-m", "tests.postgres", "run", "--"]
ROOT = Path(__file__).resolve().parent.parent
REPORT = """
import os, psycopg, time
with psycopg.connect(os.environ["ADMITONE_DATABASE_URL"]) as connection:
    print(connection.execute("SHOW data_directory").fetchone()[0], flush=True)
"""


def start(script: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [*WRAPPER, sys.executable, "-c", script], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    )


def test_cluster_is_removed_and_the_exit_status_kept():
    process = start(REPORT + "raise SystemExit(7)")
    directory, _ = process.communicate(timeout=60)
    assert (process.returncode, Path(directory.strip()).exists()) == (7, False)


def test_cluster_is_removed_on_sigterm():
    process = start(REPORT + "time.sleep(60)")
    assert process.stdout
    directory = Path(process.stdout.readline().strip())
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    process.communicate(timeout=60)
    assert (process.returncode, directory.exists(), time.monotonic() - began < 30) == (143, False, True)
