"""Passes to look at a calendar's page as guests see it, also one that only one-time links open. They book nothing and last an hour."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from admitone.accounts.queries import as_uuid

SALT = "calendar.preview"
AGE = 3600


def pass_for(calendar_id: UUID) -> str:
    return signing.dumps(str(calendar_id), salt=SALT)


def calendar_of(text: str) -> UUID | None:
    """The calendar behind a pass; None for anything forged or old."""
    try:
        return as_uuid(signing.loads(text, salt=SALT, max_age=AGE))
    except signing.BadSignature:
        return None
