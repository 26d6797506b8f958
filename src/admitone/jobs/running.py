"""One attempt at one job: call the task, turn what happens into an outcome."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from admitone.jobs.models import Job
from admitone.jobs.registry import NO_ACCOUNT, TASKS, DeadJob, Permanent, Retry, on_dead

log = logging.getLogger("admitone.jobs")
MAX_DELAY = 3600.0
MAX_ERROR = 2000
#: Every task, also one without retries, outlives so many ends of its worker or of the connection to the database.
SPARED = 2


@dataclass(frozen=True, slots=True)
class Done:
    pass


@dataclass(frozen=True, slots=True)
class Again:
    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Dead:
    error: str


Outcome = Done | Again | Dead


def attempt(job: Job, now: datetime) -> Outcome:
    """Call the task; never raises for what a task does."""
    task = TASKS.get(job.task)
    if task is None:
        return Dead(f"Unknown task {job.task}: no app registers it. Was it renamed while jobs were waiting?")
    try:
        task.run(job.args, now)
    except Permanent as error:
        return Dead(describe(error))
    except Retry as error:
        return again_or_dead(job, now, describe(error), error.after)
    except Exception as error:
        log.warning("job %s (%s) failed at attempt %s", job.pk, job.task, job.attempts, exc_info=True)
        spared = SPARED if isinstance(error, (OperationalError, InterfaceError)) else 0
        return again_or_dead(job, now, describe(error), spared=spared)
    except BaseException as error:  # SystemExit in a task must not end a worker thread
        return again_or_dead(job, now, describe(error))
    return Done()


def again_or_dead(job: Job, now: datetime, error: str, after: float | None = None, *, spared: int = 0) -> Outcome:
    """Another attempt after `after` seconds (default: exponential back-off), or death when none is left.

    `spared` is how many attempts there are at least, for ends that are no fault of the task.
    """
    task = TASKS.get(job.task)
    if task is None or job.attempts > max(task.retries, spared):
        return Dead(error)
    seconds = delay(job.attempts, task.backoff, random.random()) if after is None else after  # noqa: S311
    return Again(now + timedelta(seconds=seconds), error)


def delay(attempts: int, backoff: float, chance: float) -> float:
    """Seconds before the next attempt: `backoff` doubled for each attempt, at most an hour, +-25 % by `chance` 0..1."""
    return min(MAX_DELAY, backoff * 2.0 ** min(attempts - 1, 30)) * (0.75 + chance / 2)


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:MAX_ERROR]


def announce(job: Job, error: str) -> None:
    """Tell every `on_dead` hook."""
    log.error("job %s (%s) is dead after %s attempts", job.pk, job.task, job.attempts)
    account = None if job.account_id == NO_ACCOUNT else job.account_id
    dead = DeadJob(job.pk, job.task, job.args, account, job.attempts, error)
    for hook in on_dead:
        try:
            hook(dead)
        except Exception:
            log.exception("a hook for dead jobs failed")
