"""Tasks that leave marks in a file, so that other processes can be watched."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

from admitone.jobs import Permanent, Retry, limit_queue, task

limit_queue("contract-narrow", 1)


def mark(path: str, word: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{word}\n")


def marks(path: str | Path) -> list[str]:
    return Path(path).read_text().split() if Path(path).exists() else []


@task()
def note(path: str, word: str = "done") -> None:
    mark(path, word)


@task()
def note_now(path: str, now: datetime) -> None:
    mark(path, now.isoformat())


@task()
def note_clock(path: str) -> None:
    mark(path, str(time.time()))


@task()
def hang_once(path: str) -> None:
    """Hangs when called first, returns when called again."""
    first = not marks(path)
    mark(path, f"start-{os.getpid()}")
    if first:
        time.sleep(60)


@task()
def nap(path: str, seconds: float) -> None:
    mark(path, "start")
    time.sleep(seconds)
    mark(path, "end")


@task(queue="contract-narrow")
def narrow(path: str) -> None:
    mark(path, "start")
    time.sleep(0.1)
    mark(path, "end")


@task(retries=2, backoff=10)
def fail(path: str) -> None:
    mark(path, "failed")
    raise ValueError("no luck")


@task(retries=1, backoff=0.1)
def kill_worker() -> None:
    os._exit(9)


@task(retries=0, timeout=0.5)
def never_end(path: str) -> None:
    mark(path, "start")
    time.sleep(5)
    mark(path, "end")


@task()
def hopeless() -> None:
    raise Permanent("there is no such address")


@task()
def later() -> None:
    raise Retry(after=120)


@task()
def leave() -> None:
    raise SystemExit(3)


@task()
def chain(path: str, left: int) -> None:
    mark(path, str(left))
    if left:
        chain.enqueue(path=path, left=left - 1)
