"""Reads of the tenant's own rows: the account comes first, "not yours" and "not there" are the same answer."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model, QuerySet

from admitone.accounts.models import Account, ApiKey, Invitation, Membership
from admitone.logic.errors import Problem

M = TypeVar("M", bound=Model)


def get(account: Account, model: type[M], row_id: Any, *related: str) -> M:
    """The account's row of `model` with this id (text or UUID). Raises Problem("not_found") for every other id."""
    key = as_uuid(row_id)
    manager = model._default_manager.select_related(*related) if related else model._default_manager
    row = manager.filter(pk=key, account_id=account.pk).first() if key else None
    if row is None:
        raise Problem("not_found")
    return row


def as_uuid(raw: Any) -> UUID | None:
    """The id in `raw`, or None if it is not one."""
    if isinstance(raw, UUID):
        return raw
    try:
        return UUID(str(raw)) if len(str(raw)) in (32, 36) else None
    except ValueError:
        return None


def key_hash(secret: str) -> str:
    """An API key as stored. SHA-256 is enough: the secret is 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_for(secret: str, now: datetime) -> ApiKey | None:
    """The working key with this secret, its account joined; None for unknown and revoked ones. One statement."""
    if not secret.startswith("ao_") or len(secret) > 100:
        return None
    rows = ApiKey.objects.select_related("account", "account__agency")
    return rows.filter(key_hash=key_hash(secret), created_at__lte=now, revoked_at=None).first()


def api_keys(account: Account) -> QuerySet[ApiKey]:
    """Working keys first, newest first."""
    rows = ApiKey.objects.filter(account=account).select_related("created_by")
    return rows.order_by(F("revoked_at").desc(nulls_first=True), "-created_at")


def members(account: Account) -> QuerySet[Membership]:
    """The team, by name, with the person."""
    return Membership.objects.filter(account=account).select_related("user").order_by("user__name", "user__email")


def invitations(account: Account, now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, newest first."""
    rows = Invitation.objects.filter(account=account, accepted_at=None, revoked_at=None, expires_at__gt=now)
    return rows.select_related("invited_by").order_by("-created_at")
