"""Keys of programs: `ao_` and 43 URL-safe characters (256 bits), shown once, stored as SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from admitone.accounts import values
from admitone.accounts.models import Account, ApiKey, User
from admitone.accounts.queries import get, key_hash
from admitone.events import Actor, record
from admitone.logic.faults import cleaned

PREFIX = "ao_"
SHOWN = 10


def issue_api_key(
    *,
    account: Account,
    actor: Actor,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    created_by: User | None = None,
    secret: str = "",
) -> tuple[ApiKey, str]:
    """A new key and its secret, which cannot be read again. `secret` is given only for demo data. Problem("invalid")."""
    rules = {"name": values.required_name, "scopes": values.scopes}
    clean = cleaned({"name": str(name)[:80], "scopes": list(scopes)}, rules)
    secret = secret or PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        key = ApiKey.objects.create(
            account=account,
            prefix=secret[:SHOWN],
            key_hash=key_hash(secret),
            created_by=created_by,
            created_at=now,
            **clean,
        )
        tell(key, actor, now, "api_key.created")
    return key, secret


def revoke_api_key(*, account: Account, actor: Actor, key_id: UUID | str, now: datetime) -> ApiKey:
    """The key stops working at once; doing it twice changes nothing. Problem("not_found")."""
    key = get(account, ApiKey, key_id)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            key.revoked_at = now
            tell(key, actor, now, "api_key.revoked")
    return key


def note_key_use(*, key: ApiKey, now: datetime) -> None:
    """Remember roughly when a key was last used: at most one UPDATE an hour. Not for GET (P3)."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(hours=1))
    if key.last_used_at is None or key.last_used_at < now - timedelta(hours=1):
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)


def tell(key: ApiKey, actor: Actor, now: datetime, kind: str) -> None:
    record(
        account_id=key.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="api_key",
        subject_id=key.id,
        facts={"scopes": key.scopes},
    )
