"""Contacts are found or made by email, else by phone number; one statement each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from admitone.events import Actor, Draft
from admitone.logic.identity import email_key
from admitone.logic.ids import uuid7

COLUMNS = "id, account_id, name, email, email_key, phone, timezone, locale, source, created_at, updated_at"
BY_EMAIL = "(account_id, email_key)"
BY_PHONE = "(account_id, phone) WHERE (email_key IS NULL AND NOT (phone = ''))"
KEEP_FIRST = """
INSERT INTO contacts_contact ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT {target} DO UPDATE SET
  name = CASE WHEN contacts_contact.name = '' THEN excluded.name ELSE contacts_contact.name END,
  phone = CASE WHEN contacts_contact.phone = '' THEN excluded.phone ELSE contacts_contact.phone END,
  timezone = CASE WHEN excluded.timezone = '' THEN contacts_contact.timezone ELSE excluded.timezone END,
  locale = CASE WHEN excluded.locale = '' THEN contacts_contact.locale ELSE excluded.locale END,
  updated_at = excluded.updated_at
RETURNING id"""


def find_or_create(
    *,
    account_id: UUID,
    name: str,
    email: str,
    phone: str,
    timezone: str,
    locale: str,
    source: str,
    actor: Actor,
    now: datetime,
) -> tuple[UUID, Draft | None]:
    """The contact with this email (else this phone number) and, if it is new, the event its creator records.

    What the contact already says about itself stays: a stranger who types somebody's address cannot rename them.
    """
    contact_id, key = uuid7(), email_key(email)
    target = BY_EMAIL if key else BY_PHONE
    at = connection.ops.adapt_datetimefield_value(now)
    values = [_uid(contact_id), _uid(account_id), name, email, key, phone, timezone, locale, source, at, at]
    with connection.cursor() as cursor:
        cursor.execute(KEEP_FIRST.format(columns=COLUMNS, target=target), values)
        found = cursor.fetchone()[0]
    found = found if isinstance(found, UUID) else UUID(found)
    if found != contact_id:
        return found, None
    return found, Draft(account_id, actor, now, "contact.created", "contact", found, {"source": source})


def _uid(value: UUID) -> Any:
    return value.hex if connection.vendor == "sqlite" else value
