"""Inbound webhooks: addresses that other programs post to, and what becomes of a body that came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.idempotency import Idempotency, claim
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.services import ensure_contact
from admitone.events import SYSTEM, Actor, record
from admitone.logic import bodies
from admitone.logic.errors import Problem
from admitone.logic.faults import cleaned
from admitone.logic.identity import clean_email, clean_name, clean_phone, region_of
from admitone.logic.ids import uuid7
from admitone.workflows.models import InboundHook, InboundRequest

MAX_HOOKS = 50
MAX_PATH = 300
KEPT = timedelta(days=30)
PERSON = ("email", "phone", "name")


@transaction.atomic
def create_hook(
    *, account: Account, name: str, actor: Actor, now: datetime, mapping: Mapping[str, str] | None = None
) -> InboundHook:
    """An address that listens at once. Problem("invalid") names the field."""
    Account.objects.select_for_update().get(pk=account.pk)
    if InboundHook.objects.filter(account=account, deleted_at=None).count() >= MAX_HOOKS:
        raise Problem("invalid", f"A sub-account has at most {MAX_HOOKS} inbound webhooks.")
    hook = InboundHook(account=account, created_at=now, **clean({"name": name, "mapping": mapping or {}}))
    hook.save(force_insert=True)
    tell(hook, "inbound_hook.created", actor, now)
    return hook


@transaction.atomic
def update_hook(*, account: Account, hook_id: UUID | str, actor: Actor, now: datetime, **changes: Any) -> InboundHook:
    """Apply `changes` (name, active, mapping). Problem("invalid") names every wrong field."""
    hook = locked(account, hook_id)
    values = clean(changes)
    changed = sorted(name for name, value in values.items() if getattr(hook, name) != value)
    for name in changed:
        setattr(hook, name, values[name])
    if changed:
        hook.save(update_fields=changed)
        tell(hook, "inbound_hook.changed", actor, now, fields=changed)
    return hook


@transaction.atomic
def delete_hook(*, account: Account, hook_id: UUID | str, actor: Actor, now: datetime) -> None:
    """The address answers no more; what came stays until its time, and workflows that wait for it are refused on their
    next publication."""
    hook = locked(account, hook_id)
    hook.deleted_at, hook.active = now, False
    hook.save(update_fields=["deleted_at", "active"])
    tell(hook, "inbound_hook.deleted", actor, now)


@transaction.atomic
def receive(*, hook_id: UUID, body: dict[str, Any], now: datetime, key: str | None = None) -> InboundRequest:
    """Keep the body, learn its fields, find or make its contact, tell workflows. `key` makes a repeated post one.

    Problem: not_found (also deleted), hook_paused.
    """
    request_id = uuid7()
    before = claim(Idempotency.of(hook_id, key, body), kind="inbound_request", resource_id=request_id, now=now)
    if before and (kept := InboundRequest.objects.filter(pk=before, hook=hook_id).first()):
        return kept
    rows = InboundHook.objects.select_for_update(of=("self",)).select_related("account")
    hook = rows.filter(pk=hook_id, deleted_at=None).first()
    if hook is None:
        raise Problem("not_found")
    if not hook.active:
        raise Problem("hook_paused")
    request = InboundRequest.objects.create(id=request_id, hook=hook, body=body, at=now)
    hook.schema, hook.sample, hook.sample_at = bodies.learn(hook.schema, body), body, now
    hook.save(update_fields=["schema", "sample", "sample_at"])
    contact = contact_of(hook, body, now)
    facts = {"contact": str(contact) if contact else None, "request": str(request.id)}
    tell(hook, "hook.received", SYSTEM, now, **facts)
    return request


def contact_of(hook: InboundHook, body: Mapping[str, Any], now: datetime) -> UUID | None:
    """The contact whose address or number stands where the mapping says; what is not one is left out."""
    found = bodies.flat(body)
    person = {part: readable(hook, part, found.get(path)) for part, path in hook.mapping.items()}
    if not (person.get("email") or person.get("phone")):
        return None
    return ensure_contact(account=hook.account, person=person, source="hook", actor=SYSTEM, now=now).id


def readable(hook: InboundHook, part: str, raw: Any) -> str:
    rules: dict[str, Callable[[str], str]] = {
        "email": clean_email,
        "phone": lambda text: clean_phone(text, region_of(hook.account.timezone)),
        "name": clean_name,
    }
    text = "" if raw is None or isinstance(raw, bool) else str(raw).strip()
    try:
        return rules[part](text) if text else ""
    except ValueError:
        return ""


def purge(*, now: datetime, limit: int = 500) -> int:
    """Forget bodies of more than 30 days ago; how many. The fields that were learned stay."""
    InboundHook.objects.filter(sample_at__lt=now - KEPT, sample__isnull=False).update(sample=None)
    old = InboundRequest.objects.filter(at__lt=now - KEPT).order_by("at").values_list("id", flat=True)[:limit]
    return InboundRequest.objects.filter(pk__in=list(old)).delete()[0]


def locked(account: Account, hook_id: UUID | str) -> InboundHook:
    key = as_uuid(hook_id)
    rows = InboundHook.objects.select_for_update().filter(account=account, deleted_at=None)
    hook = rows.filter(pk=key).first() if key else None
    if hook is None:
        raise Problem("not_found")
    return hook


def clean(values: Mapping[str, Any]) -> dict[str, Any]:
    rules: dict[str, Callable[[Any], Any]] = {"name": clean_title, "active": bool, "mapping": clean_mapping}
    return cleaned(values, rules)


def clean_title(raw: Any) -> str:
    name = clean_name(raw, 120)
    if not name:
        raise ValueError(_("Give it a name."))
    return name


def clean_mapping(raw: Any) -> dict[str, str]:
    """Paths by email, phone and name; empty ones mean none."""
    if not isinstance(raw, Mapping) or set(raw) - set(PERSON):
        raise ValueError(_("Name the fields for email, phone and name."))
    paths = {part: clean_name(path, MAX_PATH) for part, path in raw.items() if path}
    return {part: path for part, path in paths.items() if path}


def tell(hook: InboundHook, kind: str, actor: Actor, now: datetime, **facts: Any) -> None:
    record(
        account_id=hook.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="inbound_hook",
        subject_id=hook.id,
        facts={"hook": str(hook.id), **facts},
    )
