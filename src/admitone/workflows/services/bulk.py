"""Many contacts enter at once: in the order of their ids, some at a time, whatever is killed in between.

The cursor moves in the transaction that enrolls, so nobody is entered twice and nobody is left out. At most WAITING jobs
of the account wait at any time: what one account does in bulk never stands before another's single form.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.idempotency import claim as claim_key
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.contacts.queries import listing
from admitone.events import SYSTEM, Actor, record
from admitone.jobs import DeadJob, on_dead, task
from admitone.jobs.queries import unfinished
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.workflows import entering
from admitone.workflows.models import BulkEnrollment, Enrollment, Workflow
from admitone.workflows.services.editing import locked as locked_workflow

TURN = 100
WAITING = 200
PAUSE = timedelta(seconds=1)
QUEUES = ("workflows", "mail", "events")
KINDS = ("ids", "filter", "all")
MAX_IDS = 5000


def clean_source(raw: Mapping[str, Any]) -> dict[str, Any]:
    """`{"kind": "ids", "ids"}`, `{"kind": "filter", "q", "tag"}` or `{"kind": "all"}`, each with `fresh`: leave out who
    has been in the workflow. Problem("invalid")."""
    kind = raw.get("kind")
    if kind not in KINDS:
        raise Problem("invalid", fields={"kind": "Choose who is to enter."})
    found: dict[str, Any] = {"kind": kind, "fresh": bool(raw.get("fresh"))}
    if kind == "ids":
        ids = [str(key) for one in raw.get("ids") or () if (key := as_uuid(one))]
        if not 0 < len(ids) <= MAX_IDS:
            raise Problem("invalid", fields={"ids": f"Choose 1 to {MAX_IDS} contacts."})
        found["ids"] = list(dict.fromkeys(ids))
    if kind == "filter":
        found |= {"q": str(raw.get("q") or "")[:200].strip(), "tag": str(as_uuid(raw.get("tag")) or "")}
        if not found["q"] and not found["tag"]:
            raise Problem("invalid", fields={"tag": "Choose a tag, or write what to search for."})
    return found


def matching(workflow: Workflow, source: Mapping[str, Any]) -> QuerySet[Contact]:
    """The contacts that a clean source means, by id."""
    rows = listing(workflow.account, search=source.get("q", ""), tag=source.get("tag"))
    if source["kind"] == "ids":
        rows = rows.filter(id__in=source["ids"])
    if source["fresh"]:
        been = Enrollment.objects.filter(workflow=workflow, contact_id=OuterRef("pk"))
        rows = rows.exclude(Exists(been))
    return rows.order_by("id")


@transaction.atomic
def start_bulk(
    *,
    account: Account,
    workflow_id: UUID | str,
    source: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> BulkEnrollment:
    """Enter everybody the source means; `total` is how many that are now. One at a time per workflow."""
    made = uuid7()
    if before := claim_key(idempotency, kind="bulk_enrollment", resource_id=made, now=now, status=202):
        return BulkEnrollment.objects.get(pk=before)
    workflow = locked_workflow(account, workflow_id)
    if workflow.status != "published":
        raise Problem("invalid", "Only a published workflow can be entered.")
    if BulkEnrollment.objects.filter(workflow=workflow, status="running").exists():
        raise Problem("invalid", "Contacts are being enrolled already. Wait until that is done, or stop it.")
    clean = clean_source(source)
    total = matching(workflow, clean).count()
    if not total:
        raise Problem("invalid", "Nobody fits.")
    bulk = BulkEnrollment.objects.create(
        id=made,
        account=account,
        workflow=workflow,
        source=clean,
        total=total,
        by=f"{actor.kind}:{actor.id}"[:80],
        created_at=now,
    )
    tell(bulk, "bulk_enrollment.started", actor, now)
    follow(bulk)
    return bulk


@transaction.atomic
def stop_bulk(*, account: Account, bulk_id: UUID | str, actor: Actor, now: datetime) -> BulkEnrollment:
    """No more contacts enter; those who have stay in. One that is over stays as it is."""
    bulk = locked(account, bulk_id)
    if bulk.status == "running":
        close(bulk, "stopped", now)
        tell(bulk, "bulk_enrollment.stopped", actor, now)
    return bulk


@transaction.atomic
def continue_bulk(*, account: Account, bulk_id: UUID | str, actor: Actor, now: datetime) -> BulkEnrollment:
    """Go on with the next contact after the last one. Problem `invalid` unless it was stopped and the workflow runs."""
    bulk = locked(account, bulk_id)
    if bulk.workflow.status != "published" or bulk.workflow.deleted_at is not None:
        raise Problem("invalid", "Only a published workflow can be entered.")
    others = BulkEnrollment.objects.filter(workflow_id=bulk.workflow_id, status="running")
    if bulk.status != "stopped" or others.exists():
        raise Problem("invalid", "Only one that was stopped can go on, and one at a time.")
    bulk.status, bulk.finished_at = "running", None
    bulk.save(update_fields=["status", "finished_at"])
    tell(bulk, "bulk_enrollment.continued", actor, now)
    follow(bulk)
    return bulk


def locked(account: Account, bulk_id: UUID | str) -> BulkEnrollment:
    key = as_uuid(bulk_id)
    rows = BulkEnrollment.objects.select_for_update(of=("self",)).select_related("workflow")
    found = rows.filter(pk=key, account=account).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


@task(queue="bulk", name="workflows.enroll_some", retries=20, backoff=5)
def enroll_some(*, bulk_id: str, now: datetime) -> None:
    """One turn. Harmless when repeated: it goes on from the cursor."""
    with transaction.atomic():
        rows = BulkEnrollment.objects.select_for_update(of=("self",)).select_related("workflow__account")
        bulk = rows.filter(pk=bulk_id, status="running").first()
        if bulk is None:
            return
        if bulk.workflow.status != "published" or bulk.workflow.deleted_at is not None:
            close(bulk, "stopped", now)
            tell(bulk, "bulk_enrollment.stopped", SYSTEM, now)
            return
        room = WAITING - unfinished(bulk.account_id, QUEUES, WAITING)
        if room <= 0:
            follow(bulk, now + PAUSE)
        else:
            turn(bulk, min(TURN, room), now)


def turn(bulk: BulkEnrollment, size: int, now: datetime) -> None:
    """Enroll the next `size` contacts of those who were there when it began."""
    rows = matching(bulk.workflow, bulk.source).filter(created_at__lte=bulk.created_at)
    if bulk.cursor:
        rows = rows.filter(id__gt=bulk.cursor)
    ids = list(rows.values_list("id", flat=True)[:size])
    facts = {"bulk": str(bulk.id)}
    entries = [entering.Entry("manual", one, facts={**facts, "contact": str(one)}) for one in ids]
    entered = entering.enroll_many(bulk.workflow, entries, now)
    bulk.enrolled += entered
    bulk.skipped += len(ids) - entered
    bulk.cursor = ids[-1] if ids else bulk.cursor
    if len(ids) < size:
        close(bulk, "done", now)
        tell(bulk, "bulk_enrollment.finished", SYSTEM, now)
    else:
        bulk.save(update_fields=["enrolled", "skipped", "cursor"])
        follow(bulk)


def follow(bulk: BulkEnrollment, at: datetime | None = None) -> None:
    """Enqueue the next turn; one that is pending already is enough."""
    key = f"workflows.enroll_some:{bulk.id}"
    enroll_some.using(account_id=bulk.account_id, key=key, run_after=at).enqueue(bulk_id=str(bulk.id))


def close(bulk: BulkEnrollment, status: str, now: datetime) -> None:
    bulk.status, bulk.finished_at = status, now
    bulk.save(update_fields=["enrolled", "skipped", "cursor", "status", "finished_at"])


def give_up(job: DeadJob) -> None:
    """A dead job is seen as stopped and can go on, instead of running for ever."""
    if job.task == enroll_some.name:
        BulkEnrollment.objects.filter(pk=job.args["bulk_id"], status="running").update(status="stopped")


on_dead.append(give_up)


def tell(bulk: BulkEnrollment, kind: str, actor: Actor, now: datetime) -> None:
    record(
        account_id=bulk.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="bulk_enrollment",
        subject_id=bulk.id,
        facts={"workflow": str(bulk.workflow_id), "bulk": str(bulk.id), "enrolled": bulk.enrolled},
    )
