"""Reads of batches: progress, rows with their links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import Account
from admitone.links.models import Batch, BatchRow
from admitone.logic.clock import iso

STATES = ("waiting", "made", "failed")


def batches(
    account: Account, *, calendars: list[UUID] | None = None, groups: list[UUID] | None = None
) -> QuerySet[Batch]:
    """The newest first; `calendars` and `groups` limit a member to what they may see."""
    rows = Batch.objects.filter(account=account).select_related("calendar", "group", "created_by")
    if calendars is not None:
        rows = rows.filter(Q(calendar_id__in=calendars) | Q(group_id__in=groups or ()))
    return rows.order_by("-id")


def rows(batch: Batch, *, state: str = "", after: int = 0) -> QuerySet[BatchRow]:
    """In order, those after row `after`."""
    found = BatchRow.objects.filter(batch=batch, n__gt=after)
    return (found.filter(state=state) if state in STATES else found).order_by("n")


def batch_view(batch: Batch) -> dict[str, Any]:
    """As the API shows it: `done` counts links made, `failed` rows without one."""
    return {
        "id": str(batch.id),
        "status": batch.status,
        "calendar": str(batch.calendar_id) if batch.calendar_id else None,
        "group": str(batch.group_id) if batch.group_id else None,
        "kind": batch.kind,
        "total": batch.total,
        "done": batch.done,
        "failed": batch.failed,
        "created_at": iso(batch.created_at),
        "finished_at": iso(batch.finished_at) if batch.finished_at else None,
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One row as pages, files and the API show it."""

    n: int
    state: str
    email: str
    name: str
    phone: str
    link_id: str | None
    url: str | None
    error: str

    def as_dict(self) -> dict[str, Any]:
        person = {"email": self.email, "name": self.name, "phone": self.phone}
        return {
            "n": self.n,
            "state": self.state,
            "contact": person if any(person.values()) else None,
            "link": self.link_id,
            "url": self.url,
            "error": self.error,
        }


def line(row: BatchRow) -> Line:
    person = row.contact or {}
    return Line(
        row.n,
        row.state,
        person.get("email", ""),
        person.get("name", ""),
        person.get("phone", ""),
        str(row.link_id) if row.link_id else None,
        one_time_url(row.link_id) if row.link_id else None,
        row.error,
    )
