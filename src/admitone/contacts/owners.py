"""Who of the team looks after a contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.permissions import colleague
from admitone.contacts.models import Contact
from admitone.contacts.rows import locked
from admitone.events import Actor, Draft, record_many


@transaction.atomic
def assign_owner(*, account: Account, contact_id: Any, user_id: Any, actor: Actor, now: datetime) -> Contact:
    """Somebody of the team, or None for nobody. Problem("invalid") at `owner`, Problem("not_found") for the contact."""
    contact = locked(account, contact_id)
    owner = colleague(account, user_id) if user_id else None
    if contact.owner_id == (owner.id if owner else None):
        return contact
    contact.owner, contact.updated_at = owner, now
    contact.save(update_fields=["owner", "updated_at"])
    facts = {"contact": str(contact.id), "fields": ["owner"]}
    record_many([Draft(account.id, actor, now, "contact.changed", "contact", contact.id, facts)])
    return contact
