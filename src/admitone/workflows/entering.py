"""Who enters a workflow: at most once per event, at most once ever where re-entry is off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.contacts.rows import kept_of
from admitone.events.models import Event
from admitone.logic.ids import uuid7
from admitone.logic.steps import START
from admitone.statements import Prepared, insert
from admitone.workflows.documents import read_settings
from admitone.workflows.engine import start
from admitone.workflows.models import Enrollment, Subscription, Workflow, WorkflowVersion
from admitone.workflows.registry import triggers

#: Runs may cause events that start other runs; after so many it is a circle.
MAX_DEPTH = 5
LISTENING = Prepared(
    lambda account, kind: (
        Subscription.objects.filter(account_id=account, kind=kind)
        .filter(workflow__status="published", workflow__deleted_at=None)
        .select_related("workflow")
        .defer("workflow__draft")
        .order_by("id")
    ),
    account=UUID,
    kind=str,
)
KNOWN = Prepared(
    lambda account, contact: Contact.objects.filter(pk=contact, account_id=account, erased_at=None).only("id"),
    account=UUID,
    contact=UUID,
)
PUBLISHED = Prepared(
    lambda workflow: WorkflowVersion.objects.filter(workflow_id=workflow, number=F("workflow__published_version")),
    workflow=UUID,
)
CIRCLE = "Stopped: workflows were starting each other in a circle."


@dataclass(frozen=True)
class Entry:
    """What brings a contact in."""

    trigger: str
    contact_id: UUID | None
    event_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    id: UUID = field(default_factory=uuid7)  # of the enrollment


def enter(event: Event, now: datetime) -> None:
    """Enroll in every published workflow that a trigger opens for this event, in the caller's transaction.

    A fact `silent` (an import whose owner did not want that) opens none.
    """
    if event.facts.get("silent"):
        return
    opened: dict[UUID, tuple[Workflow, Entry]] = {}
    cause: tuple[int, UUID | None] | None = None
    for row in LISTENING.all(account=event.account_id, kind=event.kind):
        kind = triggers().get(row.trigger)
        if kind is None or row.workflow_id in opened:
            continue
        filters, wrong = kind.read(row.filters)
        if wrong or not kind.matches(filters, event):
            continue
        cause = cause or origin(event)
        if cause[1] == row.workflow_id:  # a workflow does not start itself
            continue
        entry = Entry(row.trigger, kind.contact(event), event.id, event.facts, kind.context(event), cause[0])
        opened[row.workflow_id] = (row.workflow, entry)
    for workflow, entry in opened.values():
        enroll(workflow, entry, now)


def origin(event: Event) -> tuple[int, UUID | None]:
    """How many runs led to this event, and the workflow of the last one."""
    run_id = as_uuid(event.actor_id) if event.actor_kind == "workflow" else None
    run = Enrollment.objects.filter(pk=run_id).values_list("depth", "workflow_id").first() if run_id else None
    return (max(run[0] + 1, event.depth), run[1]) if run else (event.depth, None)


def enroll(workflow: Workflow, entry: Entry, now: datetime) -> Enrollment | None:
    """A new enrollment in the published version; None if this contact, or this event, has been in before."""
    version = PUBLISHED.first(workflow=workflow.id)
    contact_id = known(workflow, entry.contact_id)
    if version is None or (entry.contact_id and contact_id is None):
        return None
    again = contact_id is None or read_settings(workflow.settings).reentry
    once = None if again else f"contact:{contact_id}"
    if once and contact_id and Enrollment.objects.filter(workflow=workflow, contact_id=contact_id).exists():
        return None
    circle = entry.depth > MAX_DEPTH
    enrollment = built(workflow, version, replace(entry, contact_id=contact_id), once, now)
    if not insert(enrollment):
        return None
    if not circle:
        start([enrollment])
    return enrollment


def enroll_many(workflow: Workflow, entries: Sequence[Entry], now: datetime) -> int:
    """Several contacts of the account, each once, by a few statements; how many of them did enter."""
    version = WorkflowVersion.objects.filter(workflow=workflow, number=workflow.published_version or 0).first()
    if version is None:
        return 0
    once = not read_settings(workflow.settings).reentry
    if once:
        been = been_in(workflow, [entry.contact_id for entry in entries if entry.contact_id])
        entries = [entry for entry in entries if entry.contact_id not in been]
    rows = [built(workflow, version, one, f"contact:{one.contact_id}" if once else None, now) for one in entries]
    Enrollment.objects.bulk_create(rows, ignore_conflicts=once)
    if once:  # a trigger may have let one of them in meanwhile
        there = set(Enrollment.objects.filter(pk__in=[row.id for row in rows]).values_list("id", flat=True))
        rows = [row for row in rows if row.id in there]
    start(rows)
    return len(rows)


def been_in(workflow: Workflow, contact_ids: Sequence[UUID]) -> set[UUID | None]:
    rows = Enrollment.objects.filter(workflow=workflow, contact_id__in=contact_ids)
    return set(rows.values_list("contact_id", flat=True))


def built(workflow: Workflow, version: WorkflowVersion, entry: Entry, once: str | None, now: datetime) -> Enrollment:
    """The row, not yet written; one that closes a circle is over before it began."""
    circle = entry.depth > MAX_DEPTH
    return Enrollment(
        id=entry.id,
        account_id=workflow.account_id,
        workflow=workflow,
        version=version,
        contact_id=entry.contact_id,
        trigger=entry.trigger,
        cause_event_id=entry.event_id,
        cause_facts=dict(entry.facts),
        context=dict(entry.context),
        depth=entry.depth,
        once=once,
        status="stopped" if circle else "active",
        reason=CIRCLE if circle else "",
        path=None if circle else list(START),
        created_at=now,
        updated_at=now,
        finished_at=now if circle else None,
    )


def known(workflow: Workflow, contact_id: UUID | None) -> UUID | None:
    """The contact, if it is the account's and not erased; of one that was merged meanwhile, the one that was kept."""
    if contact_id is None:
        return None
    if KNOWN.first(account=workflow.account_id, contact=contact_id):
        return contact_id
    kept = kept_of(workflow.account, contact_id)
    return kept.id if kept else None
