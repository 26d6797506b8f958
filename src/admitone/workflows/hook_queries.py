"""Reads of inbound webhooks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from admitone.accounts.addresses import hook_url
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.workflows.models import InboundHook


def listing(account: Account) -> QuerySet[InboundHook]:
    """The account's, oldest first, each with `kept`: how many bodies of the last 30 days."""
    rows = InboundHook.objects.filter(account=account, deleted_at=None)
    return rows.annotate(kept=Count("requests")).order_by("id")


def get(account: Account, hook_id: UUID | str) -> InboundHook:
    """Raises Problem("not_found"), also for a deleted one."""
    key = as_uuid(hook_id)
    found = listing(account).filter(pk=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def view(hook: InboundHook, *, sample: bool = False) -> dict[str, Any]:
    """As the API shows it; with `sample`, the last body too."""
    found = {
        "id": str(hook.id),
        "name": hook.name,
        "url": hook_url(hook.id),
        "active": hook.active,
        "mapping": {"email": "", "phone": "", "name": "", **hook.mapping},
        "fields": hook.schema,
        "received_at": iso(hook.sample_at) if hook.sample_at else None,
        "created_at": iso(hook.created_at),
    }
    return {**found, "sample": hook.sample} if sample else found
