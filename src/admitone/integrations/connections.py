"""Reads of calendar connections, the account first, and their secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from admitone.accounts import queries as accounts
from admitone.accounts.models import Account
from admitone.accounts.sealing import SealBroken, seal, unseal
from admitone.integrations.models import CalendarConnection, RemoteCalendar
from admitone.integrations.remote import Login, RemoteError
from admitone.logic.clock import iso
from admitone.logic.errors import Problem

SEALED = "What it signs in with was sealed under another secret key. Sign in again."


def connections(account: Account, host_ids: Sequence[UUID] | None = None) -> QuerySet[CalendarConnection]:
    """The account's connections by host, each with its calendars and `failed`: entries that could not be written."""
    rows = CalendarConnection.objects.filter(account=account, ended_at=None).select_related("host")
    if host_ids is not None:
        rows = rows.filter(host_id__in=list(host_ids))
    failed = Count("events", filter=Q(events__state="failed"))
    return rows.prefetch_related("calendars__source").annotate(failed=failed).order_by("host__name", "name", "id")


def connection(account: Account, connection_id: Any) -> CalendarConnection:
    """Problem("not_found") for another account's, disconnected, unknown and malformed ids."""
    row = accounts.get(account, CalendarConnection, connection_id, "host", "account")
    if row.ended_at is not None:
        raise Problem("not_found")
    return row


def secrets_of(sealed: str) -> dict[str, str]:
    """RemoteError if they cannot be opened."""
    try:
        found: dict[str, str] = json.loads(unseal(sealed))
    except (SealBroken, ValueError) as error:
        raise RemoteError(SEALED, "login") from error
    return found


def sealed(secrets: Mapping[str, str]) -> str:
    return seal(json.dumps(dict(secrets)))


def keep_renewed(connection_id: UUID, before: str, login: Login) -> str:
    """Store tokens that were renewed on the way, unless somebody has stored others since `before`; what is stored now."""
    if login.renewed is None:
        return before
    after = sealed(login.renewed)
    CalendarConnection.objects.filter(id=connection_id, config_sealed=before).update(config_sealed=after)
    return after


def calendars_of(row: CalendarConnection) -> list[RemoteCalendar]:
    return sorted(row.calendars.all(), key=lambda one: (one.name.lower(), str(one.id)))


def state_of(row: CalendarConnection) -> tuple[str, str]:
    """(failed | unread | ok, what is wrong in words) of the whole connection."""
    sources = [one.source for one in row.calendars.all() if one.source]
    words = row.error or next((source.error for source in sources if source.error), "")
    if words:
        return "failed", words
    return ("unread" if any(source.fetched_at is None for source in sources) else "ok"), ""


def connection_view(row: CalendarConnection) -> dict[str, Any]:
    """As the API shows it: no secrets."""
    state, error = state_of(row)
    return {
        "id": str(row.id),
        "kind": row.kind,
        "name": row.name,
        "login": row.login,
        "host": str(row.host_id),
        "state": state,
        "error": error,
        "calendars": [
            {
                "id": str(one.id),
                "name": one.name,
                "writable": one.writable,
                "blocks": one.source_id is not None,
                "write_to": one.remote_id == row.write_to,
                "read_at": iso(one.source.fetched_at) if one.source and one.source.fetched_at else None,
                "error": one.source.error if one.source else "",
            }
            for one in calendars_of(row)
        ],
        "created_at": iso(row.created_at),
    }
