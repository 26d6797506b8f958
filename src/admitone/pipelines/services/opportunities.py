"""Opportunities: made in a stage, moved, won or lost, changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account, User
from admitone.accounts.permissions import accounts_of
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.events import Actor, Draft, record_many
from admitone.events.models import Event
from admitone.logic.errors import Problem
from admitone.logic.money import MAX_MINOR
from admitone.pipelines.models import STATUSES, Opportunity
from admitone.pipelines.services.pipelines import currency_of, locked_stage, named


@transaction.atomic
def create_opportunity(
    *,
    account: Account,
    stage_id: Any,
    contact: Contact,
    actor: Actor,
    now: datetime,
    name: str = "",
    value_minor: int = 0,
    currency: str = "",
    owner: Any = None,
    cause: Event | None = None,
) -> Opportunity:
    """A deal with a contact (named after it unless told). Being made in a stage counts as reaching it."""
    stage = locked_stage(account, stage_id)
    made = Opportunity.objects.create(
        account=account,
        pipeline=stage.pipeline,
        stage=stage,
        contact=contact,
        name=named(name or str(contact) or "?", "name", 200),
        value_minor=_value(value_minor),
        currency=currency_of(currency) if currency else stage.pipeline.currency,
        owner=_owner(account, owner),
        position=_top(now),
        created_at=now,
        updated_at=now,
    )
    created = event_of(made, actor, now, "opportunity.created", cause)
    reached = event_of(made, actor, now, "opportunity.stage_changed", cause, from_stage=None)
    record_many([created, reached])
    return made


@transaction.atomic
def move(
    *, account: Account, opportunity_id: Any, stage_id: Any, actor: Actor, now: datetime, cause: Event | None = None
) -> Opportunity:
    """To another stage of its pipeline, or of another pipeline of the account; to the stage it is in: nothing."""
    found = locked(account, opportunity_id)
    stage = locked_stage(account, stage_id)
    if stage.id == found.stage_id:
        return found
    before, found.stage, found.pipeline = found.stage_id, stage, stage.pipeline
    found.position, found.updated_at = _top(now), now
    found.save(update_fields=["stage", "pipeline", "position", "updated_at"])
    record_many([event_of(found, actor, now, "opportunity.stage_changed", cause, from_stage=str(before))])
    return found


@transaction.atomic
def set_status(
    *, account: Account, opportunity_id: Any, status: str, actor: Actor, now: datetime, cause: Event | None = None
) -> Opportunity:
    """open, won, lost or abandoned; the same is no change."""
    found = locked(account, opportunity_id)
    if status not in STATUSES:
        raise Problem("invalid", fields={"status": f"Choose one of {', '.join(STATUSES)}."})
    if status == found.status:
        return found
    before, found.status, found.updated_at = found.status, status, now
    found.save(update_fields=["status", "updated_at"])
    facts = {"status": status, "from_status": before}
    record_many([event_of(found, actor, now, "opportunity.status_changed", cause, **facts)])
    return found


@transaction.atomic
def update(*, account: Account, opportunity_id: Any, actor: Actor, now: datetime, **changes: Any) -> Opportunity:
    """Change name, value_minor, currency or owner (a user's id or None)."""
    found = locked(account, opportunity_id)
    cleaned = _clean(account, changes)
    changed = sorted(name for name, value in cleaned.items() if getattr(found, name) != value)
    if not changed:
        return found
    for name in changed:
        setattr(found, name, cleaned[name])
    found.updated_at = now
    found.save(update_fields=[*changed, "updated_at"])
    record_many([event_of(found, actor, now, "opportunity.changed", None, fields=changed)])
    return found


@transaction.atomic
def change_opportunity(
    *,
    account: Account,
    opportunity_id: Any,
    actor: Actor,
    now: datetime,
    stage: Any = None,
    status: str = "",
    **changes: Any,
) -> Opportunity:
    """Details, stage and status together: all of it or nothing, one event for each that changed."""
    who: dict[str, Any] = {"account": account, "opportunity_id": opportunity_id, "actor": actor, "now": now}
    found = update(**who, **changes)
    if stage:
        found = move(**who, stage_id=stage)
    return set_status(**who, status=status) if status else found


def locked(account: Account, opportunity_id: Any) -> Opportunity:
    """The account's opportunity, locked. Raises Problem("not_found"), also inside a deleted pipeline."""
    key = as_uuid(opportunity_id)
    rows = Opportunity.objects.select_for_update(of=("self",)).select_related("contact")
    found = rows.filter(account=account, pipeline__deleted_at=None, id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def _clean(account: Account, changes: dict[str, Any]) -> dict[str, Any]:
    rules: dict[str, Any] = {
        "name": lambda raw: named(raw, "name", 200),
        "value_minor": _value,
        "currency": currency_of,
        "owner": lambda raw: _owner(account, raw),
    }
    if unknown := set(changes) - set(rules):
        raise Problem("invalid", fields=dict.fromkeys(sorted(unknown), "There is no such field."))
    return {name: rules[name](raw) for name, raw in changes.items()}


def _value(raw: int) -> int:
    if not 0 <= raw <= MAX_MINOR:
        raise Problem("invalid", fields={"value_minor": f"Use a number from 0 to {MAX_MINOR}."})
    return raw


def _owner(account: Account, raw: Any) -> User | None:
    """Somebody of the team. Problem("not_found")."""
    if not raw:
        return None
    key: UUID | None = as_uuid(raw)
    user = User.objects.filter(id=key, is_active=True).first() if key else None
    if user is None or not accounts_of(user).filter(id=account.id).exists():
        raise Problem("not_found")
    return user


def _top(now: datetime) -> int:
    """The position of what arrives now: above all that arrived before."""
    return int(now.timestamp() * 1_000_000)


def event_of(of: Opportunity, actor: Actor, now: datetime, kind: str, cause: Event | None, **facts: Any) -> Draft:
    shared = {
        "opportunity": str(of.id),
        "contact": str(of.contact_id),
        "pipeline": str(of.pipeline_id),
        "stage": str(of.stage_id),
    }
    return Draft(of.account_id, actor, now, kind, "opportunity", of.id, {**shared, **facts}, cause)
