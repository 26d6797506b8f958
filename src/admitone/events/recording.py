"""`record()` writes the event and the job that carries it to its handlers, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models.expressions import RawSQL

from admitone.events.actor import Actor
from admitone.events.handlers import wanted
from admitone.events.models import Event
from admitone.events.tasks import dispatch
from admitone.jobs import enqueue_many
from admitone.logic.ids import uuid7

NEXT_SEQ = "(SELECT COALESCE(MAX(subject_seq), 0) + %s FROM events_event WHERE subject_id = %s)"
SEQ_ONCE = "event_once_per_subject_seq"
#: Each collision means that another writer of the subject got through; 100 at once is the storm of the promises.
TRIES = 100
MAX_DEPTH = 16


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
    told = (event for event in events if wanted(event.kind))
    enqueue_many((dispatch.using(account_id=event.account_id), {"event_id": str(event.id)}) for event in told)
    return events


def _insert(events: list[Event]) -> None:
    """On PostgreSQL two writers that hold no lock in common can count to the same number: the later counts again."""
    if connection.vendor == "sqlite":
        Event.objects.bulk_create(events)
        return
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                Event.objects.bulk_create(events)
            return
        except IntegrityError as error:
            if not left or SEQ_ONCE not in str(error):
                raise


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
        subject_seq=RawSQL(NEXT_SEQ, [step, subject]),  # noqa: S611 - constant SQL, bound values
        cause_id=draft.cause.id if draft.cause else None,
        depth=min(draft.cause.depth + 1, MAX_DEPTH) if draft.cause else 0,
        facts=dict(draft.facts),
    )
