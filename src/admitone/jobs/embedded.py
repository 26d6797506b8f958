"""The embedded engine: threads in this process that claim jobs from the table, with leases and fencing numbers."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import close_old_connections, connections, transaction
from django.utils import timezone

from admitone.jobs import store
from admitone.jobs.listening import Listener
from admitone.jobs.models import Job, WorkerBeat
from admitone.jobs.registry import QUEUE_LIMITS, TASKS, NewJob
from admitone.jobs.running import Done, again_or_dead, attempt

log = logging.getLogger("admitone.jobs")
POLL_SECONDS = 0.5
BEAT_SECONDS = 10.0
ERROR_PAUSE_SECONDS = 1.0
MAX_BATCH = 32
QUICK_SECONDS = 0.2
SLOW_SECONDS = 1.0
SLOW_FOR_SECONDS = 60.0
LONE_LEASE = timedelta(minutes=10)
FORGET_BEATS_AFTER = timedelta(days=1)

Place = tuple[str, UUID]  # a queue and an account
Places = frozenset[Place]

#: Set after a commit that enqueued work: in this process, or in any on PostgreSQL (see listening.py); else by polling.
wake = threading.Event()


class EmbeddedEngine:
    name = "embedded"

    def insert(self, jobs: Sequence[NewJob]) -> None:
        store.insert(jobs)
        transaction.on_commit(wake.set)

    def run_pending(self, *, now: datetime, limit: int, ticks: bool = False) -> int:
        """Everything due at `now`, and what that enqueues, one at a time in this thread; the number of attempts."""
        turn, count = store.Turn(), 0
        if ticks:
            store.enqueue_ticks(now, {})
        while count < limit:
            jobs = store.claim(now=now, limit=1, lease=LONE_LEASE, turn=turn)
            if not jobs:
                break
            store.settle(jobs[0], attempt(jobs[0], now), now)
            count += 1
        return count

    def worker(self, *, threads: int, lease_seconds: float) -> EmbeddedWorker:
        return EmbeddedWorker(threads=threads, lease_seconds=lease_seconds)


class Held:
    """A claimed job in this process; `started` is None while it waits for a thread."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.started: float | None = None

    def overdue(self) -> bool:
        task = TASKS.get(self.job.task)
        return bool(task and self.started is not None and time.monotonic() - self.started > task.timeout)


class EmbeddedWorker:
    """N threads that run jobs and one that keeps their leases, ticks periodic tasks and shows a sign of life."""

    def __init__(self, *, threads: int, lease_seconds: float, name: str = "") -> None:
        self.name = name or f"{socket.gethostname()[:80]}-{os.getpid()}-{secrets.token_hex(3)}"
        self.lease = timedelta(seconds=lease_seconds)
        self._count = threads
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()
        self._keeper_stop = threading.Event()
        self._claiming = threading.Lock()
        self._lock = threading.Lock()
        self._held: dict[int, Held] = {}
        self._waiting: deque[Job] = deque()
        self._finished: list[Job] = []  # rows to delete with the next claim, at the latest a second later
        self._turn = store.Turn()
        self._was_slow: dict[Place, float] = {}
        self._batch, self._claimed_at = 1, 0.0
        self._listener = Listener(wake.set)
        self._keeper = threading.Thread(target=self._keep, name="jobs-keeper", daemon=True)

    def start(self) -> None:
        self._beat()
        self._keeper.start()
        self._listener.start()
        for _ in range(self._count):
            self._start_thread()

    def stop(self, grace: float = 10.0) -> None:
        """Claim no more; finish what runs within `grace` seconds; hand back what waits or does not finish."""
        deadline = time.monotonic() + grace
        self._stop.set()
        wake.set()
        with self._claiming, self._lock:
            waiting = [self._held.pop(job.pk).job for job in self._waiting]
            self._waiting.clear()
        self._hand_back(waiting)
        for thread in list(self._threads):
            thread.join(max(0.0, deadline - time.monotonic()))
        with self._lock:
            unfinished = [held.job for held in self._held.values()]
            self._held.clear()
        self._hand_back(unfinished)
        quietly(self._drop_finished)
        self._listener.stop()
        self._keeper_stop.set()
        self._keeper.join(max(1.0, deadline - time.monotonic()))
        quietly(lambda: WorkerBeat.objects.filter(name=self.name).delete())

    def _start_thread(self) -> None:
        thread = threading.Thread(target=self._work, name=f"jobs-{len(self._threads) + 1}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                job = self._next()
                if job is None:
                    close_old_connections()
                    wake.wait(POLL_SECONDS)
                elif not self._run(job):
                    return  # overdue and given up: another thread has this one's place
        finally:
            connections.close_all()

    def _next(self) -> Job | None:
        with self._claiming:
            avoid = self._slow()
            if avoid:
                self._let_go(avoid)
            self._turn.avoid = avoid
            if not self._waiting and not self._stop.is_set():
                self._claim()
            with self._lock:
                if not self._waiting:
                    return None
                job = self._waiting.popleft()
                self._held[job.pk].started = time.monotonic()
                return job

    def _slow(self) -> Places:
        """Slow accounts, as with a mail server that hangs, which hold all threads but one: the last one is for the others."""
        now = time.monotonic()
        with self._lock:
            started = [held for held in self._held.values() if held.started is not None]
            slow = {place_of(held.job) for held in started if now - (held.started or now) > SLOW_SECONDS}
            slow |= {place for place, until in self._was_slow.items() if until > now}
            held = Counter(place_of(one.job) for one in started)
        return frozenset(place for place in slow if self._count > 1 and held[place] >= self._count - 1)

    def _remember(self, place: Place, began: float) -> None:
        """Who was slow is taken for slow a while longer; one quick job clears the name."""
        now = time.monotonic()
        if now - began > SLOW_SECONDS:
            self._was_slow[place] = now + SLOW_FOR_SECONDS
        else:
            self._was_slow.pop(place, None)

    def _let_go(self, avoid: Places) -> None:
        """Hand back what was claimed for them and waits."""
        with self._lock:
            gone = [job for job in self._waiting if place_of(job) in avoid]
            self._waiting = deque(job for job in self._waiting if place_of(job) not in avoid)
            for job in gone:
                self._held.pop(job.pk, None)
        self._hand_back(gone)

    def _claim(self) -> None:
        """Take one job, or more each time while the last ones were finished quickly."""
        wake.clear()
        quick = time.monotonic() - self._claimed_at < QUICK_SECONDS
        self._batch = min(MAX_BATCH, self._batch * 2) if quick else 1
        try:
            with self._finishing() as finished:
                now, lease = timezone.now(), self.lease
                jobs = store.claim(now=now, limit=self._batch, lease=lease, turn=self._turn, finished=finished)
        except Exception:
            log.exception("jobs cannot be claimed")
            self._stop.wait(ERROR_PAUSE_SECONDS)
            return
        self._claimed_at = time.monotonic()
        with self._lock:
            self._held |= {job.pk: Held(job) for job in jobs}
            self._waiting.extend(jobs)
        if jobs:
            wake.set()  # there may be more, or more than this thread can take

    def _run(self, job: Job) -> bool:
        """Attempt the job; False if it was given up meanwhile."""
        began = time.monotonic()
        outcome = attempt(job, timezone.now())
        close_old_connections()
        with self._lock:
            self._remember(place_of(job), began)
            held = self._held.get(job.pk)
            if held is None or held.job is not job:
                return False
            del self._held[job.pk]
            if isinstance(outcome, Done) and job.queue not in QUEUE_LIMITS:
                self._finished.append(job)
                return True
        quietly(lambda: store.settle(job, outcome, timezone.now()))
        return True

    @contextmanager
    def _finishing(self) -> Iterator[list[Job]]:
        """The finished jobs, to be deleted; they come back if that fails."""
        with self._lock:
            finished, self._finished = self._finished, []
        try:
            yield finished
        except BaseException:
            with self._lock:
                self._finished += finished
            raise

    def _drop_finished(self) -> None:
        with self._finishing() as finished:
            store.drop_all(finished)

    def _hand_back(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            quietly(partial(store.hand_back, job))

    def _keep(self) -> None:
        """Until stopped: renew leases at a third of their length, tick, beat."""
        third = self.lease.total_seconds() / 3
        seen: dict[str, datetime] = {}
        renewed = beaten = time.monotonic()
        try:
            while not self._keeper_stop.wait(min(1.0, third)):
                close_old_connections()
                quietly(self._give_up_overdue)
                quietly(self._drop_finished)
                if time.monotonic() - renewed >= third * 0.9:
                    renewed = time.monotonic()
                    quietly(self._renew)
                if time.monotonic() - beaten >= BEAT_SECONDS:
                    beaten = time.monotonic()
                    quietly(self._beat)
                if not self._stop.is_set() and quietly(lambda: store.enqueue_ticks(timezone.now(), seen)):
                    wake.set()
        finally:
            connections.close_all()

    def _renew(self) -> None:
        with self._lock:
            ours = [*(held.job for held in self._held.values()), *self._finished]
            held = [(job.pk, job.fence) for job in ours]
        store.renew(held, timezone.now() + self.lease)

    def _give_up_overdue(self) -> None:
        """Free the jobs that run longer than their task allows and replace their threads, which cannot be stopped."""
        with self._lock:
            overdue = [self._held.pop(pk).job for pk, held in list(self._held.items()) if held.overdue()]
        for job in overdue:
            now = timezone.now()
            store.settle(job, again_or_dead(job, now, "It ran longer than its task allows."), now)
            self._start_thread()

    def _beat(self) -> None:
        now = timezone.now()
        WorkerBeat.objects.update_or_create(name=self.name, defaults={"at": now})
        WorkerBeat.objects.filter(at__lt=now - FORGET_BEATS_AFTER).delete()


def place_of(job: Job) -> Place:
    return job.queue, job.account_id


def quietly(action: Callable[[], object]) -> object:
    """Do it; a failure is logged and the thread lives on. Leases make a lost write harmless."""
    try:
        return action()
    except Exception:
        log.exception("the jobs worker could not write")
        close_old_connections()
        return None
