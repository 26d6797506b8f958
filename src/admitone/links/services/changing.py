"""Change, delete and undelete a link. A used link is final: only its label, note and metadata may still change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events import Actor, record_many
from admitone.links.models import OneTimeLink
from admitone.links.queries import facts
from admitone.links.services.issuing import clean_metadata, event_of, text_of
from admitone.logic.errors import Problem
from admitone.logic.links import check_terms, status

ALWAYS = frozenset({"label", "note", "metadata"})
TERMS = frozenset({"expires_at", "not_before", "max_uses"})


@transaction.atomic
def update(*, account: Account, link_id: UUID | str, actor: Actor, now: datetime, **changes: Any) -> OneTimeLink:
    """Apply `changes` (label, note, metadata, expires_at, not_before, max_uses). Problem link_used for a used link's terms."""
    link = locked(account, link_id)
    unknown = set(changes) - ALWAYS - TERMS
    if unknown:
        raise Problem("invalid", fields=dict.fromkeys(sorted(unknown), "This cannot be changed."))
    if TERMS & set(changes):
        _check(link, changes, now)
    changed = sorted(name for name, value in changes.items() if getattr(link, name) != value)
    for name in changed:
        setattr(link, name, _clean(name, changes[name]))
    if changed:
        link.save(update_fields=changed)
        record_many([event_of(link, "one_time_link.changed", actor, now, fields=changed)])
    return link


def _check(link: OneTimeLink, changes: dict[str, Any], now: datetime) -> None:
    state = status(facts(link), now)
    if state == "used":
        raise Problem("link_used", "A used link is final: only its label, note and metadata may be changed.").conflict()
    if state == "deleted":
        raise Problem("link_deleted", "Restore the link before you change it.").conflict()
    terms = {name: changes.get(name, getattr(link, name)) for name in TERMS}
    kept_expiry = "expires_at" not in changes
    check_terms(
        now=now,
        uses=link.uses,
        max_uses=terms["max_uses"],
        not_before=terms["not_before"],
        expires_at=None if kept_expiry and state == "expired" else terms["expires_at"],
    )


def _clean(name: str, value: Any) -> Any:
    if name == "metadata":
        return clean_metadata(value)
    if name in ("label", "note"):
        return text_of(name, value or "", 120 if name == "label" else 1000)
    return value


@transaction.atomic
def revoke(*, account: Account, link_id: UUID | str, actor: Actor, now: datetime) -> OneTimeLink:
    """Delete an unused link; it can be restored while unused. Deleting twice changes nothing."""
    link = locked(account, link_id)
    if link.uses >= link.max_uses:
        raise Problem("link_used", "A used link stays in the list: it belongs to its booking.").conflict()
    if link.deleted_at is None:
        link.deleted_at = now
        link.save(update_fields=["deleted_at"])
        record_many([event_of(link, "one_time_link.deleted", actor, now)])
    return link


@transaction.atomic
def restore(*, account: Account, link_id: UUID | str, actor: Actor, now: datetime) -> OneTimeLink:
    """Undo a deletion. Nothing ever re-opens a used link."""
    link = locked(account, link_id)
    if link.uses >= link.max_uses:
        raise Problem("link_used", "A used link can never be reactivated. Send a new one.").conflict()
    if link.deleted_at is not None:
        link.deleted_at = None
        link.save(update_fields=["deleted_at"])
        record_many([event_of(link, "one_time_link.restored", actor, now)])
    return link


@transaction.atomic
def amend(
    *, account: Account, link_id: UUID | str, actor: Actor, now: datetime, active: bool, changes: dict[str, Any]
) -> OneTimeLink:
    """Restore (if `active`) and change in one step: all of it or nothing."""
    link = restore(account=account, link_id=link_id, actor=actor, now=now) if active else None
    if changes or link is None:
        link = update(account=account, link_id=link_id, actor=actor, now=now, **changes)
    return link


def locked(account: Account, link_id: UUID | str) -> OneTimeLink:
    """The account's link, locked until the transaction ends."""
    key = as_uuid(link_id)
    rows = OneTimeLink.objects.select_for_update(of=("self",)).select_related(
        "calendar", "group", "contact", "created_by"
    )
    link = rows.filter(id=key, account=account).first() if key else None
    if link is None:
        raise Problem("not_found")
    return link
