"""What somebody of the team has to do about a contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.permissions import colleague
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Task
from admitone.contacts.rows import locked
from admitone.events import Actor, Draft, record_many
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name

MAX_TITLE = 200


@transaction.atomic
def add_task(
    *,
    account: Account,
    contact_id: Any,
    title: str,
    actor: Actor,
    now: datetime,
    due_at: datetime | None = None,
    owner_id: Any = None,
) -> Task:
    """Something to do, by somebody of the team (or nobody yet). Problem("invalid") at `title` or `owner`."""
    contact = locked(account, contact_id)
    task = Task.objects.create(
        account=account,
        contact=contact,
        title=_clean(title),
        owner=colleague(account, owner_id) if owner_id else None,
        due_at=due_at,
        by=f"{actor.kind}:{actor.id}"[:80],
        created_at=now,
    )
    _tell(task, actor, now, "task.added")
    return task


@transaction.atomic
def finish_task(*, account: Account, task_id: Any, actor: Actor, now: datetime) -> Task:
    """Done; one that is done already stays as it was. Problem("not_found")."""
    key = as_uuid(task_id)
    rows = Task.objects.select_for_update(of=("self",)).filter(account=account, contact__erased_at=None)
    task = rows.filter(id=key).first() if key else None
    if task is None:
        raise Problem("not_found")
    if task.done_at is None:
        task.done_at = now
        task.save(update_fields=["done_at"])
        _tell(task, actor, now, "task.done")
    return task


def _clean(raw: str) -> str:
    try:
        title = clean_name(raw, MAX_TITLE)
    except ValueError as error:
        raise Problem("invalid", fields={"title": str(error)}) from error
    if not title:
        raise Problem("invalid", fields={"title": _("Say what is to be done.")})
    return title


def _tell(task: Task, actor: Actor, now: datetime, kind: str) -> None:
    facts = {"contact": str(task.contact_id), "task": str(task.id)}
    record_many([Draft(task.account_id, actor, now, kind, "contact", task.contact_id, facts)])
