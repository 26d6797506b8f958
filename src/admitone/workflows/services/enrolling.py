"""Enrollments by hand: enter, stop, try a failed step again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.idempotency import claim as claim_key
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.queries import get as get_contact
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.workflows import entering
from admitone.workflows.engine import LIVE, awake, start
from admitone.workflows.models import Enrollment
from admitone.workflows.services.editing import locked as locked_workflow


@transaction.atomic
def enroll(
    *,
    account: Account,
    workflow_id: UUID | str,
    contact_id: UUID | str,
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> Enrollment:
    """Enter one contact by hand. Problem `invalid` if the workflow does not run, or the contact was in it and may not
    enter again."""
    made = uuid7()
    if before := claim_key(idempotency, kind="enrollment", resource_id=made, now=now):
        return Enrollment.objects.select_related("version").get(pk=before)
    workflow = locked_workflow(account, workflow_id)
    contact = get_contact(account, contact_id)
    if workflow.status != "published":
        raise Problem("invalid", "Only a published workflow can be entered.")
    entry = entering.Entry("manual", contact.id, facts={"contact": str(contact.id), "by": actor.kind}, id=made)
    enrollment = entering.enroll(workflow, entry, now)
    if enrollment is None:
        raise Problem("invalid", fields={"contact": "This contact has been in this workflow; it allows no re-entry."})
    tell(enrollment, "enrollment.started", actor, now)
    return enrollment


@transaction.atomic
def stop_enrollment(
    *, account: Account, enrollment_id: UUID | str, actor: Actor, now: datetime, reason: str = "Stopped by hand."
) -> Enrollment:
    """End it where it stands; one that is over stays as it is."""
    one = locked(account, enrollment_id)
    if one.status in (*LIVE, "failed"):
        awake(one)
        one.status, one.reason, one.finished_at, one.path = "stopped", reason, now, None
        one.fence += 1
        save(one, now)
        tell(one, "enrollment.stopped", actor, now)
    return one


@transaction.atomic
def retry_step(*, account: Account, enrollment_id: UUID | str, actor: Actor, now: datetime) -> Enrollment:
    """Run the failed step again, as a visit of its own. Problem `invalid` unless a step has failed."""
    one = locked(account, enrollment_id)
    if one.status != "failed" or one.path is None:
        raise Problem("invalid", "Only a failed step can be tried again.")
    awake(one)
    one.reason, one.finished_at = "", None
    save(one, now)
    start([one])
    tell(one, "enrollment.retried", actor, now)
    return one


def locked(account: Account, enrollment_id: UUID | str) -> Enrollment:
    key = as_uuid(enrollment_id)
    rows = Enrollment.objects.select_for_update().filter(account=account)
    found = rows.filter(pk=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def save(one: Enrollment, now: datetime) -> None:
    one.updated_at = now
    names = ["status", "reason", "path", "fence", "resume_at", "waiting_for", "awaits", "finished_at", "updated_at"]
    one.save(update_fields=names)


def tell(one: Enrollment, kind: str, actor: Actor, now: datetime, **more: Any) -> None:
    record(
        account_id=one.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="enrollment",
        subject_id=one.id,
        facts={
            "workflow": str(one.workflow_id),
            "contact": str(one.contact_id) if one.contact_id else None,
            **more,
        },
    )
