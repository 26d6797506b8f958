"""What a background task is: decorators, limits and hooks. Knows no database, so any engine can stand behind it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_ACCOUNT = UUID(int=0)


class Retry(Exception):
    """Raised by a task: try again in `after` seconds. It counts as an attempt."""

    def __init__(self, after: float, reason: str = "") -> None:
        self.after = after
        super().__init__(reason or f"asked to be tried again in {after:g} s")


class Permanent(Exception):
    """Raised by a task: trying again cannot help; the job is dead at once."""


@dataclass(frozen=True, slots=True)
class DeadJob:
    """What an `on_dead` hook is told, after the job's death is committed."""

    id: int
    task: str
    args: dict[str, Any]
    account_id: UUID | None
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class NewJob:
    """A row that an engine is to insert. `run_after` None means now."""

    task: str
    queue: str
    args: dict[str, Any]
    priority: int = 0
    run_after: datetime | None = None
    key: str | None = None
    account_id: UUID = NO_ACCOUNT


@dataclass(frozen=True)
class Task:
    """A registered function. `retries` follow the first attempt; `backoff` and `timeout` are seconds."""

    func: Callable[..., Any]
    name: str
    queue: str = "default"
    retries: int = 8
    backoff: float = 10.0
    timeout: float = 600.0
    priority: int = 0
    run_after: datetime | None = None
    key: str | None = None
    account_id: UUID | None = None

    @property
    def signature(self) -> inspect.Signature:
        return signature_of(self.func)

    def __call__(self, **kwargs: Any) -> Any:
        return self.func(**kwargs)

    def using(self, **options: Any) -> Task:
        """A copy with other `run_after` (aware), `priority` (higher first), `key`, `queue` or `account_id`."""
        unknown = options.keys() - {"run_after", "priority", "key", "queue", "account_id"}
        if unknown:
            raise TypeError(f"using() takes no {', '.join(sorted(unknown))}")
        return replace(self, **options)

    def enqueue(self, **kwargs: Any) -> None:
        """Insert the job in the caller's transaction. TypeError when an argument is not the task's or not JSON."""
        from admitone.jobs.port import enqueue_many

        enqueue_many([(self, kwargs)])

    def new_job(self, kwargs: dict[str, Any]) -> NewJob:
        self.signature.bind(**kwargs, **({"now": None} if self.wants_now(kwargs) else {}))
        account = self.account_id or as_uuid(kwargs.get("account_id"))
        return NewJob(self.name, self.queue, kwargs, self.priority, self.run_after, self.key, account)

    def wants_now(self, kwargs: Mapping[str, Any]) -> bool:
        return "now" in self.signature.parameters and "now" not in kwargs

    def run(self, args: dict[str, Any], now: datetime) -> None:
        self.func(**args, **({"now": now} if self.wants_now(args) else {}))


@cache
def signature_of(func: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(func)


@dataclass(frozen=True, slots=True)
class Periodic:
    name: str
    every: timedelta
    offset: timedelta
    task: Task

    def tick(self, now: datetime) -> datetime:
        """The latest tick at or before `now`, counted from the epoch in UTC."""
        return EPOCH + self.offset + (now - EPOCH - self.offset) // self.every * self.every


#: Filled by the decorators when apps' `tasks` modules are imported.
TASKS: dict[str, Task] = {}
PERIODICS: dict[str, Periodic] = {}
QUEUE_LIMITS: dict[str, int] = {}
#: Called with every job that died; a hook that raises is logged and harms nobody.
on_dead: list[Callable[[DeadJob], None]] = []


def task(
    *, queue: str = "default", retries: int = 8, backoff: float = 10.0, timeout: float = 600.0, name: str = ""
) -> Callable[[Callable[..., Any]], Task]:
    """Register a module-level function of JSON-able keyword arguments; it is given `now` if its signature has it."""

    def register(func: Callable[..., Any]) -> Task:
        made = Task(func, name or f"{func.__module__}.{func.__qualname__}", queue, retries, backoff, timeout)
        if TASKS.get(made.name, made).func is not func:
            raise ValueError(f"two tasks are called {made.name}")
        TASKS[made.name] = made
        return made

    return register


def periodic(
    *, every: timedelta | int, name: str = "", offset: timedelta = timedelta(), **options: Any
) -> Callable[[Callable[..., Any]], Task]:
    """A task without arguments run once per tick whatever the number of workers; `every` as int is minutes."""

    def register(func: Callable[..., Any]) -> Task:
        made = task(name=name, **options)(func)
        step = every if isinstance(every, timedelta) else timedelta(minutes=every)
        PERIODICS[made.name] = Periodic(made.name, step, offset, made)
        return made

    return register


def limit_queue(queue: str, running: int) -> None:
    """At most `running` jobs of `queue` at a time, over all workers."""
    QUEUE_LIMITS[queue] = running


def as_uuid(value: object) -> UUID:
    try:
        return UUID(str(value)) if value else NO_ACCOUNT
    except ValueError:
        return NO_ACCOUNT


def new_jobs(requests: Iterable[tuple[Task, dict[str, Any]]]) -> list[NewJob]:
    return [task.new_job(kwargs) for task, kwargs in requests]
