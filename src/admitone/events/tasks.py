"""The job that carries one event to its handlers, each exactly once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from admitone.events.handlers import Handler, handlers_of
from admitone.events.models import Event
from admitone.jobs import task

RECEIVE = "INSERT INTO events_eventreceipt (consumer, event_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


@task(queue="events")
def dispatch(*, event_id: str, now: datetime) -> None:
    """Run every handler of the event in one transaction, each in a savepoint; one that fails is tried again without
    repeating the others."""
    event = Event.objects.filter(id=event_id).first()
    if event is None:
        return
    with transaction.atomic():
        found = [_run(name, handler, event, now) for name, handler in handlers_of(event.kind).items()]
    failures = [error for error in found if error]
    if failures:
        raise failures[0]


def _run(consumer: str, handler: Handler, event: Event, now: datetime) -> Exception | None:
    try:
        with transaction.atomic():
            if _first_time(consumer, event, now):
                handler(event, now)
    except Exception as error:
        return error
    return None


def _first_time(consumer: str, event: Event, now: datetime) -> bool:
    key = event.id.hex if connection.vendor == "sqlite" else event.id
    with connection.cursor() as cursor:
        cursor.execute(RECEIVE, [consumer, key, connection.ops.adapt_datetimefield_value(now)])
        return cursor.rowcount == 1
