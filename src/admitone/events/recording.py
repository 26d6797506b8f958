"""`record()` writes the event and the job that carries it to its handlers, in the caller's transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection

from admitone.events.actor import Actor
from admitone.events.handlers import wanted
from admitone.events.models import Event
from admitone.events.tasks import dispatch
from admitone.jobs import Task, enqueue_many
from admitone.logic.ids import uuid7
from admitone.statements import Sql, insert_all

NEXT_SEQ = "(SELECT COALESCE(MAX(subject_seq), 0) + %s FROM events_event WHERE subject_id = %s)"
SEQ_ONCE = "event_once_per_subject_seq"
#: Each collision means that another writer of the subject got through; 100 at once is the storm of the promises.
TRIES = 100
MAX_DEPTH = 16
EVENTS_A_JOB = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """An event about to be recorded; `facts` holds ids, states and names of changed fields only."""

    account_id: UUID
    actor: Actor
    now: datetime
    kind: str
    subject_kind: str
    subject_id: UUID
    facts: Mapping[str, Any] = field(default_factory=dict)
    cause: Event | None = None


def record(
    *,
    account_id: UUID,
    actor: Actor,
    now: datetime,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    facts: Mapping[str, Any] | None = None,
    cause: Event | None = None,
) -> Event:
    """Record one event; call it inside the transaction of the write it tells of, with the subject's row locked (or new):
    two transactions that write about one subject at once would want the same `subject_seq`."""
    return record_many([Draft(account_id, actor, now, kind, subject_kind, subject_id, facts or {}, cause)])[0]


def record_many(drafts: Sequence[Draft]) -> list[Event]:
    """Several events in one INSERT, their dispatch jobs in another."""
    seen: Counter[UUID] = Counter()
    events = []
    for draft in drafts:
        seen[draft.subject_id] += 1
        events.append(_event(draft, seen[draft.subject_id]))
    _insert(events)
    enqueue_many(_jobs([event for event in events if wanted(event.kind)]))
    return events


def _jobs(told: list[Event]) -> Iterator[tuple[Task, dict[str, Any]]]:
    """One job for a few events of one account: what happened together is told together, in its order."""
    by_account: defaultdict[UUID, list[str]] = defaultdict(list)
    for event in told:
        by_account[event.account_id].append(str(event.id))
    for account_id, ids in by_account.items():
        for n in range(0, len(ids), EVENTS_A_JOB):
            first, *more = ids[n : n + EVENTS_A_JOB]
            yield dispatch.using(account_id=account_id), {"event_id": first} | ({"more": more} if more else {})


def _insert(events: list[Event]) -> None:
    """On PostgreSQL two writers that hold no lock in common can count to the same number: the later counts again."""
    for _ in range(TRIES):
        if insert_all(events) == len(events):
            return
        Event.objects.filter(id__in=[event.id for event in events]).delete()
    raise IntegrityError(SEQ_ONCE)


def _event(draft: Draft, step: int) -> Event:
    subject = draft.subject_id.hex if connection.vendor == "sqlite" else draft.subject_id
    return Event(
        id=uuid7(),
        account_id=draft.account_id,
        at=draft.now,
        kind=draft.kind,
        actor_kind=draft.actor.kind,
        actor_id=draft.actor.id,
        subject_kind=draft.subject_kind,
        subject_id=draft.subject_id,
        subject_seq=Sql(NEXT_SEQ, [step, subject]),  # type: ignore[misc]  # which `insert_all` takes
        cause_id=draft.cause.id if draft.cause else None,
        depth=min(draft.cause.depth + 1, MAX_DEPTH) if draft.cause else 0,
        facts=dict(draft.facts),
    )
