"""Choose a contact: a search whose hits can be ticked."""

from __future__ import annotations

from dataclasses import dataclass

from admitone.contacts import queries
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.manage.bookings.reading import typed
from admitone.manage.context import AccountRequest

SHOWN = 10


@dataclass(frozen=True, slots=True)
class People:
    """`chosen` comes first and is ticked; `more` if the search found others than are shown."""

    search: str
    rows: list[Contact]
    chosen: Contact | None
    more: bool


def people(request: AccountRequest, chosen: str = "") -> People:
    """Hits of ?q=, the newest contacts without one."""
    search = typed(request.GET.get("q", "") or request.POST.get("q", ""))
    picked = one(request, chosen) if chosen else None
    rows = list(queries.listing(request.account, search=search).order_by("-id")[: SHOWN + 1])
    others = [row for row in rows[:SHOWN] if picked is None or row.id != picked.id]
    return People(search, [*([picked] if picked else []), *others], picked, len(rows) > SHOWN)


def one(request: AccountRequest, contact_id: str) -> Contact | None:
    try:
        return queries.get(request.account, contact_id)
    except Problem:
        return None
