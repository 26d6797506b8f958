"""The job that carries one event to its handlers, each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from admitone.events.handlers import Handler, handlers_of
from admitone.events.models import Event
from admitone.jobs import task
from admitone.statements import Prepared

RECEIVE = "INSERT INTO events_eventreceipt (consumer, event_id, at) VALUES {} ON CONFLICT DO NOTHING"
EVENT = Prepared(lambda key: Event.objects.filter(pk=key), key=UUID)


@task(queue="events")
def dispatch(*, event_id: str, more: Sequence[str] = (), now: datetime) -> None:
    """Run every handler of these events in one transaction; if one fails it is tried again, without repeating others."""
    found = [event for key in (event_id, *more) if (event := EVENT.first(key=UUID(key)))]
    if _all_at_once(found, now):
        return
    failures = [error for event in found for error in _one_by_one(event, now)]
    if failures:
        raise failures[0]


def _one_by_one(event: Event, now: datetime) -> list[Exception]:
    """Each handler in a savepoint of its own; what became of those that failed."""
    with transaction.atomic():
        found = [_run(name, handler, event, now) for name, handler in handlers_of(event.kind).items()]
    return [error for error in found if error]


def _all_at_once(events: Sequence[Event], now: datetime) -> bool:
    """How it nearly always goes: no handler has seen the events, none fails. Else nothing is done, and False."""
    try:
        with transaction.atomic():
            for event in events:
                handlers = handlers_of(event.kind)
                if _receive(list(handlers), event, now) < len(handlers):
                    raise Seen
                for handler in handlers.values():
                    handler(event, now)
    except Exception:  # whoever failed fails again on its own, and is told of there
        return False
    return True


class Seen(Exception):
    """Some of the handlers have seen the event."""


def _run(consumer: str, handler: Handler, event: Event, now: datetime) -> Exception | None:
    try:
        with transaction.atomic():
            if _receive([consumer], event, now):
                handler(event, now)
    except Exception as error:
        return error
    return None


def _receive(consumers: Sequence[str], event: Event, now: datetime) -> int:
    """Note that these see the event now; how many of them see it for the first time."""
    if not consumers:
        return 0
    key = event.id.hex if connection.vendor == "sqlite" else event.id
    rows = [[consumer, key, connection.ops.adapt_datetimefield_value(now)] for consumer in consumers]
    with connection.cursor() as cursor:
        cursor.execute(
            RECEIVE.format(", ".join(["(%s, %s, %s)"] * len(rows))), [value for row in rows for value in row]
        )
        return int(cursor.rowcount)
