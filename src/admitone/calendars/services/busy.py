"""Busy sources: add, change and remove; calendars/busy.py reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from admitone.accounts import queries as accounts
from admitone.accounts.models import Account
from admitone.accounts.sealing import seal
from admitone.calendars import busy
from admitone.calendars.models import BusySource, Host
from admitone.calendars.queries import bookable
from admitone.events import Actor
from admitone.logic.errors import Problem

MAX_SOURCES = 20


def add_busy_source(
    *,
    account: Account,
    host_id: UUID,
    kind: str,
    config: Mapping[str, str],
    actor: Actor,
    now: datetime,
    name: str = "",
) -> BusySource:
    """Read a host's other appointments from now on; until the first success the host counts as busy.

    Problem("invalid", fields) for bad settings, Problem("not_found") for a host the account may not book.
    """
    cleaned = _config(kind, config)
    with transaction.atomic():
        host = bookable(account).filter(id=host_id).first()
        if host is None:
            raise Problem("not_found")
        return attach_busy_source(account, host, kind, cleaned, name, actor, now)


def attach_busy_source(
    account: Account, host: Host, kind: str, config: Mapping[str, str], name: str, actor: Actor, now: datetime
) -> BusySource:
    """Inside the caller's transaction, with settings that need no check. Problem("invalid") for too many."""
    if host.busy_sources.count() >= MAX_SOURCES:
        raise Problem("invalid", fields={"url": f"A host can have {MAX_SOURCES} busy calendars at most."})
    sealed = seal(json.dumps(dict(config)))
    source = BusySource.objects.create(
        account=account, host=host, kind=kind, name=name.strip()[:120], config_sealed=sealed, created_at=now
    )
    busy.tell(source, actor, now, "busy_source.created")
    refresh_soon(source)
    return source


def change_busy_source(
    *,
    account: Account,
    source_id: UUID,
    actor: Actor,
    now: datetime,
    name: str | None = None,
    config: Mapping[str, str] | None = None,
) -> BusySource:
    """A new name or address; with a new address the source is unread until the first success."""
    cleaned = None
    if config is not None:
        cleaned = _config(accounts.get(account, BusySource, source_id).kind, config)
    with transaction.atomic():
        source = accounts.get(account, BusySource, source_id)
        changed = []
        if name is not None and name.strip()[:120] != source.name:
            source.name = name.strip()[:120]
            changed.append("name")
        if cleaned is not None and cleaned != busy.unsealed(source):
            source.config_sealed = seal(json.dumps(cleaned))
            source.etag, source.error = "", ""
            source.fetched_at = source.tried_at = source.alerted_at = None
            changed.append("config")
            refresh_soon(source)
        if changed:
            source.save()
            busy.tell(source, actor, now, "busy_source.changed", fields=changed)
    return source


def delete_busy_source(*, account: Account, source_id: UUID, actor: Actor, now: datetime) -> None:
    """Forget the source and what it blocked."""
    with transaction.atomic():
        source = accounts.get(account, BusySource, source_id)
        busy.tell(source, actor, now, "busy_source.deleted")
        source.delete()


def _config(kind: str, config: Mapping[str, str]) -> dict[str, str]:
    try:
        return busy.clean_config(kind, config)
    except ValueError as error:
        raise Problem("invalid", fields={"url": str(error)}) from error


def refresh_soon(source: BusySource) -> None:
    """Read it in the background at once."""
    busy.refresh_busy_source.enqueue(source_id=str(source.id))
