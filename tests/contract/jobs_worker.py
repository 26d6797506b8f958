"""A worker in a process of its own: `python -m tests.contract.jobs_worker LEASE GRACE`, stopped by SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading

import django

django.setup()

from tests.contract import jobs_tasks  # noqa: E402, F401

from admitone.jobs import new_worker  # noqa: E402
from admitone.jobs.registry import PERIODICS  # noqa: E402


def main(lease: float, grace: float) -> None:
    PERIODICS.clear()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    worker = new_worker(threads=2, lease_seconds=lease)
    worker.start()
    stop.wait()
    worker.stop(grace)


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
