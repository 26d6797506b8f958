"""A contact's row, locked for whoever writes about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem


def locked(account: Account, contact_id: Any) -> Contact:
    """The account's contact, locked. Problem("not_found"), also for an erased one; ("contact_merged")."""
    key = as_uuid(contact_id)
    rows = Contact.objects.select_for_update().filter(account=account, erased_at=None)
    contact = rows.filter(id=key).first() if key else None
    if contact is None:
        raise gone(account, key)
    return contact


def gone(account: Account, key: UUID | None) -> Problem:
    """Why there is no such contact: `extra["contact"]` is the one that it was merged into."""
    kept = kept_of(account, key)
    return Problem("contact_merged", contact=str(kept.id)) if kept else Problem("not_found")


def kept_of(account: Account, key: UUID | None) -> Contact | None:
    """The contact that this one was merged into, at the end of the chain; None if it was not, or is gone."""
    rows, seen = Contact.objects.filter(account=account), set()
    found = rows.filter(id=key).first() if key else None
    while found is not None and found.merged_into_id and found.id not in seen:
        seen.add(found.id)
        found = rows.filter(id=found.merged_into_id).first()
    return found if found is not None and seen and found.erased_at is None else None
