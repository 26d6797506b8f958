"""Busy sources (P8): where a host's other appointments are read from. They fail closed: what cannot be read blocks.

A source is one file: `@busy_source("ics")` on a class with `params` (a dataclass of text fields) and `fetch`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from admitone.accounts.sealing import SealBroken, unseal
from admitone.calendars.models import BusyBlock, BusySource
from admitone.events import SYSTEM, Actor
from admitone.events.recording import record
from admitone.jobs import task
from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.spans import Span

FRESH_FOR = timedelta(seconds=300)
#: A source that has just failed is not asked again by every booking.
RETRY_AFTER = timedelta(seconds=15)
TIME_LIMIT = 3.0
#: Background reading may take longer: a file of ten thousand events takes seconds to understand.
JOB_LIMIT = 45.0
#: The most that a server is given to answer one reading in the background.
PATIENCE = 20.0
BEHIND, AHEAD = timedelta(days=1), timedelta(days=400)


class SourceError(Exception):
    """The source could not be read now; the sentence is shown to its owner."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a fetch is asked for: busy spans that touch [first, end) epoch minutes. `etag` is the last answer's.

    `zone` is the host's zone: all-day events are days there, floating times are read on its clock.
    """

    etag: str
    zone: str
    first: int
    end: int
    timeout: float = TIME_LIMIT


@dataclass(frozen=True, slots=True)
class Fetched:
    """Busy spans in epoch minutes, rounded outward; None = unchanged since `etag`.

    `ours`: spans of events that carry the id of a booking, by that id: `settled` drops those that are the host's own.
    `login`: renewed secrets of a connection, to be kept.
    """

    spans: list[Span] | None
    etag: str = ""
    ours: Mapping[UUID, list[Span]] = field(default_factory=dict)
    login: Mapping[str, str] | None = None


class Source(Protocol):
    """`label` is shown to people, `params` is the dataclass of its settings (text fields); `check` refuses bad ones with
    ValueError; `fetch` raises SourceError."""

    @property
    def label(self) -> str: ...

    @property
    def params(self) -> type: ...

    def check(self, params: Any) -> Any: ...

    def fetch(self, params: Any, wanted: Wanted) -> Fetched: ...


@runtime_checkable
class Prepared(Protocol):
    """A source whose secrets lie elsewhere: read in the asking thread, with the database; may raise SourceError."""

    def prepared(self, source: BusySource, config: dict[str, str]) -> dict[str, str]: ...


@runtime_checkable
class Settling(Protocol):
    """A source that looks at an answer in the transaction that stores it, and may change it."""

    def settled(self, source: BusySource, answer: Fetched | SourceError, now: datetime) -> Fetched | SourceError: ...


S = TypeVar("S", bound=Callable[[], Source])
_sources: dict[str, Source] = {}


def busy_source(kind: str) -> Callable[[S], S]:
    """Register a source class under a plain text key."""

    def register(cls: S) -> S:
        if kind in _sources:
            raise RuntimeError(f"two busy sources are called {kind}")
        _sources[kind] = cls()
        return cls

    return register


def sources() -> Mapping[str, Source]:
    return _sources


def clean_config(kind: str, config: Mapping[str, str]) -> dict[str, str]:
    """The settings of a source, checked; ValueError for an unknown kind, unknown names or bad values."""
    if kind not in _sources:
        raise ValueError("There is no such kind of busy source.")
    source = _sources[kind]
    names = {one.name for one in fields(source.params)}
    if unknown := set(config) - names:
        raise ValueError(f"Unknown setting: {', '.join(sorted(unknown))}.")
    checked = source.check(source.params(**{name: str(config.get(name) or "") for name in names}))
    return {name: getattr(checked, name) for name in names}


def fetch(kind: str, config: Mapping[str, str], wanted: Wanted) -> Fetched:
    """Read a source now, without touching the database; whatever goes wrong is a SourceError."""
    if kind not in _sources:
        raise SourceError("There is no such kind of busy source any more.")
    source = _sources[kind]
    try:
        return source.fetch(source.params(**config), wanted)
    except SourceError:
        raise
    except Exception as error:  # a source must never be read as free because of a fault in it
        raise SourceError(f"The calendar could not be understood ({type(error).__name__}).") from error


def window(now: datetime) -> Span:
    """The minutes that blocks are stored for: yesterday to 400 days ahead."""
    return to_min_floor(now - BEHIND), to_min_ceil(now + AHEAD)


def stale(now: datetime) -> Q:
    """Sources that were not read within the last five minutes."""
    return unread_since(now - FRESH_FOR)


def unread_since(moment: datetime) -> Q:
    return Q(fetched_at=None) | Q(fetched_at__lt=moment)


def due(now: datetime, age: timedelta) -> list[UUID]:
    """Sources last tried longer ago than `age`, the oldest first."""
    rows = BusySource.objects.filter(Q(tried_at=None) | Q(tried_at__lt=now - age))
    return list(rows.order_by(F("tried_at").asc(nulls_first=True)).values_list("id", flat=True))


def refresh_source(source_id: UUID, now: datetime, limit: float = JOB_LIMIT) -> bool:
    """Read one source now, for `limit` seconds at most, and store what it says; whether it could be read.

    Not to be called inside a transaction.
    """
    source = BusySource.objects.select_related("host__user", "account").filter(id=source_id).first()
    return source is not None and all(_refresh([source], now, limit))


@task(queue="busy", retries=0, timeout=60, name="admitone.calendars.tasks.refresh_busy_source")
def refresh_busy_source(*, source_id: str, now: datetime) -> None:
    """Read one source. A failure is stored with the source, and a later tick tries again."""
    refresh_source(UUID(source_id), now)


def refresh_now(source_ids: Iterable[UUID], now: datetime, limit: float = TIME_LIMIT) -> bool:
    """Read these side by side, for `limit` seconds at most; whether all could be read. Outside of transactions."""
    rows = BusySource.objects.filter(id__in=list(source_ids))
    return all(_refresh(list(rows.select_related("host__user", "account")), now, limit))


def refresh_stale(*, host_ids: Iterable[UUID | str], now: datetime) -> None:
    """Before a booking's transaction: read the hosts' stale sources, side by side, for three seconds at most.

    Never raises; what could not be read stays stale, and blocks its host (booking.queries.taken). One statement if all is fresh.
    """
    rows = BusySource.objects.filter(stale(now), host_id__in=list(host_ids))
    _refresh([s for s in rows.select_related("host__user", "account") if not _just_failed(s, now)], now, TIME_LIMIT)


def _refresh(sources: list[BusySource], now: datetime, limit: float) -> list[bool]:
    """Each source in a thread that may be left behind: a server that drips or a huge file must not hold anybody up."""
    answers: SimpleQueue[tuple[BusySource, Fetched | SourceError]] = SimpleQueue()
    waiting = {source.id: source for source in sources}
    for source in sources:
        question = _question(source, now, limit)
        Thread(target=lambda s=source, q=question: answers.put((s, _read(*q))), daemon=True).start()
    deadline, stored = monotonic() + limit, []
    while waiting and (left := deadline - monotonic()) > 0:
        with suppress(Empty):
            source, answer = answers.get(timeout=left)
            stored.append(_store(waiting.pop(source.id), answer, now))
    late = SourceError("It could not be read in time.")
    return [*stored, *(_store(source, late, now) for source in waiting.values())]


def _just_failed(source: BusySource, now: datetime) -> bool:
    return bool(source.error and source.tried_at and now - source.tried_at < RETRY_AFTER)


def _question(source: BusySource, now: datetime, limit: float) -> tuple[str, dict[str, str] | SourceError, Wanted]:
    first, end = window(now)
    zone = (source.host.user.timezone if source.host.user else "") or source.account.timezone
    return source.kind, _settings(source), Wanted(source.etag, zone, first, end, min(limit, PATIENCE))


def _settings(source: BusySource) -> dict[str, str] | SourceError:
    config, kind = unsealed(source), _sources.get(source.kind)
    if config is None:
        return SourceError("Its address was sealed under another secret key. Enter it again.")
    try:
        return kind.prepared(source, config) if isinstance(kind, Prepared) else config
    except SourceError as error:
        return error


def unsealed(source: BusySource) -> dict[str, str] | None:
    try:
        config: dict[str, str] = json.loads(unseal(source.config_sealed))
    except (SealBroken, ValueError):
        return None
    return config


def _read(kind: str, config: dict[str, str] | SourceError, wanted: Wanted) -> Fetched | SourceError:
    if isinstance(config, SourceError):
        return config
    try:
        return fetch(kind, config, wanted)
    except SourceError as error:
        return error


def _store(source: BusySource, answer: Fetched | SourceError, now: datetime) -> bool:
    """One short transaction; nothing is written if the source was changed or removed while it was read."""
    with transaction.atomic():
        row = BusySource.objects.select_for_update().filter(id=source.id, config_sealed=source.config_sealed).first()
        if row is None:
            return False
        row.tried_at, kind = now, _sources.get(row.kind)
        if isinstance(kind, Settling):
            answer = kind.settled(row, answer, now)
        if isinstance(answer, SourceError):
            _failed(row, str(answer), now)
        elif row.fetched_at is None or row.fetched_at <= now:
            _succeeded(row, answer, now)
        row.save()
    return not row.error


def _failed(row: BusySource, error: str, now: datetime) -> None:
    row.error = error[:1000]
    outage = row.fetched_at is None or now - row.fetched_at > FRESH_FOR
    if outage and row.alerted_at is None:
        row.alerted_at = now
        tell(row, SYSTEM, now, "busy_source.failed")


def _succeeded(row: BusySource, answer: Fetched, now: datetime) -> None:
    row.error, row.fetched_at, row.etag = "", now, answer.etag[:254]
    if answer.spans is not None:
        BusyBlock.objects.filter(source=row).delete()
        BusyBlock.objects.bulk_create(
            (BusyBlock(source=row, host_id=row.host_id, start_min=start, end_min=end) for start, end in answer.spans),
            batch_size=500,
        )
    if row.alerted_at is not None:
        row.alerted_at = None
        tell(row, SYSTEM, now, "busy_source.recovered")


def tell(source: BusySource, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=source.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="busy_source",
        subject_id=source.id,
        facts={"busy_source": str(source.id), "host": str(source.host_id), "kind": source.kind, **facts},
    )
