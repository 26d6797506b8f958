"""Triggers that look at the clock: rows that say when next, each moment claimed once, contacts entered in batches.

A moment that was missed while nothing ran is made up for within a day; of several only the last. Older ones are skipped
and logged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfoNotFoundError

from django.db import connection, transaction
from django.db.models import QuerySet

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event, record
from admitone.jobs import task
from admitone.logic.clock import iso
from admitone.logic.rhythm import Rhythm
from admitone.workflows import entering
from admitone.workflows.models import Clockwork, Workflow
from admitone.workflows.registry import Trigger, triggers

logger = logging.getLogger(__name__)
CATCH_UP = timedelta(days=1)
BATCH = 200


class ClockTrigger(Trigger):
    """`rhythm` tells when; `contacts` who, None for one enrollment without a contact."""

    @classmethod
    def rhythm(cls, params: Any, account: Account) -> Rhythm:
        raise NotImplementedError

    @classmethod
    def contacts(cls, params: Any, account: Account, moment: datetime) -> QuerySet[Contact] | None:
        raise NotImplementedError


def wind(workflow: Workflow, document: Mapping[str, Any], now: datetime) -> None:
    """The rows of a workflow that runs from now on; a moment that is due already stays due."""
    due = {(row.place, row.trigger, repr(row.filters)): row.next_at for row in workflow.clockworks.all()}
    workflow.clockworks.all().delete()
    for place, row in enumerate(document["triggers"]):
        kind = triggers()[row["type"]]
        if not issubclass(kind, ClockTrigger):
            continue
        rhythm = rhythm_of(row["type"], row["filters"], workflow.account)
        waiting = due.get((place, row["type"], repr(row["filters"])))
        if rhythm is not None:
            Clockwork.objects.create(
                account_id=workflow.account_id,
                workflow=workflow,
                trigger=row["type"],
                place=place,
                filters=row["filters"],
                next_at=waiting if waiting and waiting <= now else rhythm.after(now),
            )


def stop(workflow: Workflow) -> None:
    workflow.clockworks.all().delete()


def rewind(account: Account, now: datetime) -> None:
    """The account's clock has changed: its moments are counted anew."""
    for row in Clockwork.objects.select_for_update().filter(account_id=account.pk):
        rhythm = rhythm_of(row.trigger, row.filters, account)
        if rhythm is not None and row.next_at > now:
            row.next_at = rhythm.after(now)
            row.save(update_fields=["next_at"])


def rhythm_of(trigger: str, filters: Mapping[str, Any], account: Account) -> Rhythm | None:
    """None for what a newer version of the trigger can no longer read."""
    kind = triggers().get(trigger)
    if kind is None or not issubclass(kind, ClockTrigger):
        return None
    params, wrong = kind.read(filters)
    try:
        return None if wrong else kind.rhythm(params, account)
    except (ValueError, ZoneInfoNotFoundError):
        return None


@transaction.atomic
def strike_due(*, now: datetime, limit: int = 100) -> int:
    """Claim what is due: write the next moment, record clock.struck and queue the first batch, all or nothing."""
    skip = connection.features.has_select_for_update_skip_locked
    rows = Clockwork.objects.select_for_update(of=("self",), skip_locked=skip).select_related("workflow__account")
    running = rows.filter(workflow__status="published", workflow__deleted_at=None, next_at__lte=now)
    due = list(running.order_by("next_at")[:limit])
    for row in due:
        claim(row, now)
    return len(due)


def claim(row: Clockwork, now: datetime) -> None:
    rhythm = rhythm_of(row.trigger, row.filters, row.workflow.account)
    if rhythm is None:
        logger.warning("workflow %s: its trigger %s can no longer be read", row.workflow_id, row.trigger)
        row.delete()
        return
    moment, row.next_at, missed = max(rhythm.until(now), row.next_at), rhythm.after(now), row.next_at
    row.save(update_fields=["next_at"])
    if missed < now - CATCH_UP:
        logger.warning("workflow %s: moments from %s on were missed", row.workflow_id, iso(missed))
    if moment >= now - CATCH_UP:
        struck(row, moment, now)


def struck(row: Clockwork, moment: datetime, now: datetime) -> None:
    workflow = row.workflow
    event = record(
        account_id=workflow.account_id,
        actor=SYSTEM,
        now=now,
        kind="clock.struck",
        subject_kind="workflow",
        subject_id=workflow.id,
        facts={"workflow": str(workflow.id), "place": row.place, "moment": iso(moment)},
    )
    strike.using(account_id=workflow.account_id).enqueue(
        event_id=str(event.id), trigger=row.trigger, filters=row.filters
    )


@task(queue="bulk", name="workflows.strike")
def strike(*, event_id: str, trigger: str, filters: dict[str, Any], now: datetime, after: str | None = None) -> None:
    """One batch; the transaction that enters it queues the next, so that others get their turn between them."""
    with transaction.atomic():
        event = Event.objects.get(pk=event_id)
        last = enter_batch(event, trigger, filters, as_uuid(after), now)
        if last is not None:
            strike.using(account_id=event.account_id).enqueue(
                event_id=event_id, trigger=trigger, filters=filters, after=str(last)
            )


def enter_batch(event: Event, trigger: str, filters: dict[str, Any], after: UUID | None, now: datetime) -> UUID | None:
    """Enter the next contacts by id; the last one's id if there may be more. Nobody where the workflow does not run."""
    workflow = Workflow.objects.select_related("account").filter(pk=event.subject_id, status="published").first()
    kind = triggers().get(trigger)
    if workflow is None or workflow.deleted_at or kind is None or not issubclass(kind, ClockTrigger):
        return None
    params, wrong = kind.read(filters)
    rows = kind.contacts(params, workflow.account, datetime.fromisoformat(event.facts["moment"])) if not wrong else None
    if rows is None:
        if not wrong:
            entering.enroll(workflow, entering.Entry(trigger, None, event.id, event.facts), now)
        return None
    ids = list((rows.filter(pk__gt=after) if after else rows).order_by("pk").values_list("pk", flat=True)[:BATCH])
    for contact_id in ids:
        facts = {**event.facts, "contact": str(contact_id)}
        entry = entering.Entry(trigger, contact_id, uuid5(event.id, str(contact_id)), facts)
        entering.enroll(workflow, entry, now)
    return ids[-1] if len(ids) == BATCH else None
