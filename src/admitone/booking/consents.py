"""What guests agreed to when they booked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.logic.clock import iso


def consents(account: Account, calendar_id: UUID) -> QuerySet[Booking]:
    """A calendar's bookings whose guest agreed to a text, the newest first."""
    rows = Booking.objects.filter(account=account, calendar=calendar_id, consent_at__isnull=False)
    return rows.exclude(consent_text="").order_by("-id")


def consent_of(row: Booking) -> dict[str, Any]:
    """Who agreed to what, when: the text as it was then. Of an erased guest only that somebody did."""
    return {
        "id": str(row.id),
        "contact": str(row.contact_id),
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "at": iso(row.consent_at) if row.consent_at else "",
        "version": row.consent_version,
        "text": row.consent_text,
    }
