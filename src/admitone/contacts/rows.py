"""A contact's row, locked for whoever writes about it."""

from __future__ import annotations

from typing import Any

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem


def locked(account: Account, contact_id: Any) -> Contact:
    """The account's contact, locked. Raises Problem("not_found"), also for an erased one."""
    key = as_uuid(contact_id)
    rows = Contact.objects.select_for_update().filter(account=account, erased_at=None)
    contact = rows.filter(id=key).first() if key else None
    if contact is None:
        raise Problem("not_found")
    return contact
