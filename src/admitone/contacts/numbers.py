"""Who calls or writes from a phone number."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.contacts.models import Contact
from admitone.contacts.services import find_or_create
from admitone.events import Actor, record_many


def by_number(account_id: UUID, phone: str) -> UUID | None:
    """The contact with this number (E.164), of several the one that changed last."""
    rows = Contact.objects.filter(account_id=account_id, phone=phone, erased_at=None, merged_into=None)
    return rows.order_by("-updated_at", "-id").values_list("id", flat=True).first()


def contact_of_number(*, account_id: UUID, phone: str, source: str, actor: Actor, now: datetime) -> UUID:
    """The contact with this number, made and recorded if there is none, in the caller's transaction."""
    if found := by_number(account_id, phone):
        return found
    contact_id, made = find_or_create(
        account_id=account_id,
        name="",
        email="",
        phone=phone,
        timezone="",
        locale="",
        source=source,
        actor=actor,
        now=now,
    )
    if made:
        record_many([made])
    return contact_id
