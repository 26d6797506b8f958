"""A contact as the API and webhooks show it."""

from __future__ import annotations

from typing import Any

from admitone.contacts.models import Contact
from admitone.logic.clock import iso


def contact_view(contact: Contact) -> dict[str, Any]:
    return {
        "id": str(contact.id),
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "timezone": contact.timezone,
        "locale": contact.locale,
        "source": contact.source,
        "created_at": iso(contact.created_at),
    }
