"""A pipeline's life: made with its stages, renamed, deleted, restored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events import Actor, record
from admitone.logic import money
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name
from admitone.pipelines.models import Pipeline, Stage

FIRST_STAGES = ("New", "Qualified", "Booked")
MAX_STAGES = 30


@transaction.atomic
def create_pipeline(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    name: str,
    stages: Sequence[str] = FIRST_STAGES,
    currency: str = "",
) -> Pipeline:
    """With stages by name, in order; the currency is the one of the account's country unless given. Problem("invalid")."""
    if not 1 <= len(stages) <= MAX_STAGES:
        raise Problem("invalid", fields={"stages": f"Give 1 to {MAX_STAGES} stages."})
    names = [named(text, "stages", 80) for text in stages]
    made = Pipeline.objects.create(
        account=account,
        name=named(name, "name", 120),
        currency=currency_of(currency) if currency else money.currency_at(account.timezone),
        created_at=now,
    )
    Stage.objects.bulk_create(
        Stage(account=account, pipeline=made, name=text, position=at) for at, text in enumerate(names)
    )
    tell(made, actor, now, "pipeline.created")
    return made


@transaction.atomic
def rename_pipeline(*, account: Account, pipeline_id: Any, actor: Actor, now: datetime, name: str) -> Pipeline:
    found = locked(account, pipeline_id)
    text = named(name, "name", 120)
    if found.name != text:
        found.name = text
        found.save(update_fields=["name"])
        tell(found, actor, now, "pipeline.changed", fields=["name"])
    return found


@transaction.atomic
def delete_pipeline(*, account: Account, pipeline_id: Any, actor: Actor, now: datetime) -> Pipeline:
    """Hide it with its opportunities until it is restored."""
    found = locked(account, pipeline_id)
    found.deleted_at = now
    found.save(update_fields=["deleted_at"])
    tell(found, actor, now, "pipeline.deleted")
    return found


@transaction.atomic
def restore_pipeline(*, account: Account, pipeline_id: Any, actor: Actor, now: datetime) -> Pipeline:
    found = locked(account, pipeline_id, deleted=True)
    if found.deleted_at is not None:
        found.deleted_at = None
        found.save(update_fields=["deleted_at"])
        tell(found, actor, now, "pipeline.restored")
    return found


def locked(account: Account, pipeline_id: Any, *, deleted: bool = False) -> Pipeline:
    """The account's pipeline, locked. Raises Problem("not_found")."""
    key = as_uuid(pipeline_id)
    rows = Pipeline.objects.select_for_update().filter(account=account)
    found = (rows if deleted else rows.filter(deleted_at=None)).filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def locked_stage(account: Account, stage_id: Any) -> Stage:
    """A stage that cannot be deleted before this transaction ends, with its pipeline. Raises Problem("not_found")."""
    key = as_uuid(stage_id)
    rows = Stage.objects.select_for_update(of=("self",)).select_related("pipeline")
    found = rows.filter(account=account, pipeline__deleted_at=None, id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def named(raw: object, field: str, limit: int) -> str:
    """A name that is not empty. Problem("invalid") at `field`."""
    try:
        text = clean_name(raw, limit)
    except ValueError as error:
        raise Problem("invalid", fields={field: str(error)}) from error
    if not text:
        raise Problem("invalid", fields={field: "Give it a name."})
    return text


def currency_of(raw: object) -> str:
    try:
        return money.clean_currency(raw)
    except ValueError as error:
        raise Problem("invalid", fields={"currency": str(error)}) from error


def tell(of: Pipeline, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=of.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="pipeline",
        subject_id=of.id,
        facts={"pipeline": str(of.id), **facts},
    )
