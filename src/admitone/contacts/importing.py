"""A CSV file becomes contacts: rows are staged first, a job takes them chunk by chunk, whatever is killed in between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.custom import create_field
from admitone.contacts.import_rows import Writer
from admitone.contacts.models import ContactImport, CustomField, ImportRow
from admitone.events import Actor, record
from admitone.jobs.registry import TASKS
from admitone.logic import contact_csv
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name

CHUNK = 100
JOB = "admitone.contacts.jobs.import_chunk"
KEPT = timedelta(days=30)
EXISTING = ("update", "fill", "skip")
DETAILS = ("name", "first_name", "last_name", "email", "phone", "timezone", "locale", "tags", "note")
NO_ROW = UUID(int=0)


@transaction.atomic
def stage(*, account: Account, filename: str, content: bytes, actor: Actor, now: datetime) -> ContactImport:
    """Keep the rows of a file; nothing is imported yet. Problem("invalid") at `file`."""
    try:
        table = contact_csv.parse(content)
    except ValueError as error:
        raise Problem("invalid", fields={"file": str(error)}) from error
    customs = dict(CustomField.objects.filter(account=account, deleted_at=None).values_list("key", "label"))
    batch = ContactImport.objects.create(
        account=account,
        filename=clean_name(filename[-200:]),
        header=table.header,
        mapping={str(at): target for at, target in contact_csv.guess(table.header, customs).items()},
        total=len(table.rows),
        by=f"{actor.kind}:{actor.id}"[:80],
        created_at=now,
    )
    rows = (ImportRow(batch=batch, number=number, cells=cells) for number, cells in table.rows)
    ImportRow.objects.bulk_create(rows, batch_size=500)
    return batch


@transaction.atomic
def start(
    *,
    account: Account,
    import_id: Any,
    mapping: Mapping[int, str],
    options: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> ContactImport:
    """Begin. `mapping` is column -> target ("new" makes a custom field of that column's name); `options`: existing
    (update, fill, skip), tags (names), region (ISO 3166), workflows (start them: bool). Problem("invalid")."""
    batch = locked(account, import_id)
    if batch.status != "staged":
        return batch
    clean = check(account, batch, mapping, options)
    batch.mapping = {str(at): _field(account, batch, at, target, actor, now) for at, target in clean.items()}
    batch.options = {
        "existing": options.get("existing", "fill"),
        "tags": contact_csv.split_tags(str(options.get("tags", ""))),
        "region": options.get("region") or "",
        "workflows": bool(options.get("workflows")),
    }
    batch.status = "running"
    batch.save(update_fields=["mapping", "options", "status"])
    tell(batch, actor, now, "contact_import.started")
    TASKS[JOB].using(account_id=account.id).enqueue(import_id=str(batch.id))
    return batch


def check(
    account: Account, batch: ContactImport, mapping: Mapping[int, str], options: Mapping[str, Any]
) -> dict[int, str]:
    """The mapping without columns that are left out. Problem("invalid") at `mapping` or an option."""
    keys = set(CustomField.objects.filter(account=account, deleted_at=None).values_list("key", flat=True))
    known = {*DETAILS, "new", *(f"custom:{key}" for key in keys)}
    clean = {at: target for at, target in mapping.items() if target and 0 <= at < len(batch.header)}
    errors = {}
    if set(clean.values()) - known:
        errors["mapping"] = _("Choose what each column holds.")
    elif not {"email", "phone"} & set(clean.values()):
        errors["mapping"] = _("Say which column holds the email address, or the phone number.")
    if options.get("existing", "fill") not in EXISTING:
        errors["existing"] = _("Choose what happens to contacts that are there already.")
    if errors:
        raise Problem("invalid", fields=errors)
    return clean


def _field(account: Account, batch: ContactImport, at: int, target: str, actor: Actor, now: datetime) -> str:
    if target != "new":
        return target
    label = batch.header[at][:120] or _("Column %(n)d") % {"n": at + 1}
    return f"custom:{create_field(account=account, actor=actor, now=now, label=label).key}"


@transaction.atomic
def take_chunk(*, import_id: Any, now: datetime) -> ContactImport | None:
    """The next hundred rows; `status` says whether there is more. None when there is nothing to do.

    The import's row is locked, and rows get their results with their contacts: no row is ever taken twice.
    """
    found = ContactImport.objects.select_for_update(of=("self",)).select_related("account")
    batch = found.filter(id=as_uuid(import_id) or NO_ROW, status="running").first()
    if batch is None:
        return None
    rows = list(ImportRow.objects.filter(batch=batch, result="").order_by("number")[:CHUNK])
    Writer(batch, rows, now).write()
    ImportRow.objects.bulk_update(rows, ["result", "error", "contact"])
    for name in ("created", "updated", "failed"):
        setattr(batch, name, getattr(batch, name) + sum(row.result == name for row in rows))
    if len(rows) < CHUNK:
        batch.status, batch.finished_at = "done", now
        counted = {"created": batch.created, "updated": batch.updated, "failed": batch.failed}
        tell(batch, actor_of(batch), now, "contact_import.finished", **counted)
    batch.save(update_fields=["created", "updated", "failed", "status", "finished_at"])
    return batch


@transaction.atomic
def discard(*, account: Account, import_id: Any) -> None:
    """Forget a file that was not imported. Problem("not_found"); one that runs or ran stays."""
    batch = locked(account, import_id)
    if batch.status == "staged":
        batch.delete()


def give_up(*, import_id: Any, now: datetime) -> None:
    """The job died for good: what was imported stays, the other rows say that they were not taken."""
    batch = ContactImport.objects.filter(id=as_uuid(import_id) or NO_ROW, status="running")
    for found in batch:
        left = ImportRow.objects.filter(batch=found, result="")
        n = left.update(result="failed", error="Not taken: the import broke off.")
        batch.update(status="done", finished_at=now, failed=F("failed") + n)


def purge(now: datetime) -> None:
    """Files hold what people are called and how they are reached: they are kept for 30 days."""
    ContactImport.objects.filter(created_at__lt=now - KEPT).exclude(status="running").delete()


def locked(account: Account, import_id: Any) -> ContactImport:
    key = as_uuid(import_id)
    rows = ContactImport.objects.select_for_update().filter(account=account)
    found = rows.filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def actor_of(batch: ContactImport) -> Actor:
    kind, _colon, key = batch.by.partition(":")
    return Actor(kind or "system", key)


def tell(batch: ContactImport, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=batch.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="contact_import",
        subject_id=batch.id,
        facts={"import": str(batch.id), "total": batch.total, **facts},
    )
