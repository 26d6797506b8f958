"""Contacts are found or made by email, else by phone number; one statement each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from admitone.accounts import values
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.custom import create_field as create_field
from admitone.contacts.custom import delete_field as delete_field
from admitone.contacts.custom import fill_custom as fill_custom
from admitone.contacts.custom import restore_field as restore_field
from admitone.contacts.custom import set_custom as set_custom
from admitone.contacts.custom import update_field as update_field
from admitone.contacts.erasing import erase as erase
from admitone.contacts.merging import merge as merge
from admitone.contacts.models import Contact
from admitone.contacts.notes import add_note as add_note
from admitone.contacts.owners import assign_owner as assign_owner
from admitone.contacts.tagging import add_tag as add_tag
from admitone.contacts.tagging import remove_tag as remove_tag
from admitone.contacts.tasks import add_task as add_task
from admitone.contacts.tasks import finish_task as finish_task
from admitone.events import Actor, Draft, record_many
from admitone.logic.errors import Problem
from admitone.logic.faults import Faults, cleaned
from admitone.logic.identity import clean_email, clean_name, clean_phone, clean_zone, email_key, region_of
from admitone.logic.ids import uuid7

COLUMNS = "id, account_id, name, email, email_key, phone, timezone, locale, source, created_at, updated_at, custom"
BY_EMAIL = "(account_id, email_key)"
BY_PHONE = "(account_id, phone) WHERE (email_key IS NULL AND NOT (phone = ''))"
KEEP_FIRST = """
INSERT INTO contacts_contact ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '{{}}')
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


@transaction.atomic
def ensure_contact(
    *, account: Account, person: Mapping[str, str], source: str, actor: Actor, now: datetime, prefix: str = ""
) -> Contact:
    """The contact with this email (else this phone), made and recorded if new. Problem invalid, its fields `prefix`ed."""
    clean = clean_person(account, person, prefix)
    contact_id, made = find_or_create(
        account_id=account.id, timezone="", locale="", source=source, actor=actor, now=now, **clean
    )
    if made:
        record_many([made])
    return Contact.objects.get(id=contact_id)


@transaction.atomic
def create_contact(*, account: Account, actor: Actor, now: datetime, raw: Mapping[str, str]) -> Contact:
    """A new contact from name, email, phone, timezone and locale as typed.

    Problem("invalid") at the field; `extra["contact"]` is the id of the contact that has the address or number already.
    """
    clean = clean_details(account, raw)
    contact = Contact(account=account, source="by_hand", created_at=now, updated_at=now, **clean)
    contact.email_key = email_key(contact.email)
    _save(contact)
    record_many([Draft(account.id, actor, now, "contact.created", "contact", contact.id, {"source": "by_hand"})])
    return contact


@transaction.atomic
def update_contact(
    *, account: Account, contact_id: Any, actor: Actor, now: datetime, raw: Mapping[str, str]
) -> Contact:
    """Replace the details of a contact; bookings and messages keep what they were made with. Problems as on creation."""
    key = as_uuid(contact_id)
    rows = Contact.objects.select_for_update().filter(account=account, erased_at=None)
    contact = rows.filter(id=key).first() if key else None
    if contact is None:
        raise Problem("not_found")
    clean = clean_details(account, raw)
    changed = sorted(name for name, value in clean.items() if getattr(contact, name) != value)
    if not changed:
        return contact
    for name in changed:
        setattr(contact, name, clean[name])
    contact.email_key, contact.updated_at = email_key(contact.email), now
    _save(contact)
    record_many([Draft(account.id, actor, now, "contact.changed", "contact", contact.id, {"fields": changed})])
    return contact


def clean_details(account: Account, raw: Mapping[str, str]) -> dict[str, str]:
    """clean_person and the reader's zone and language, which may be empty. Problem("invalid") names every wrong field."""
    wrong: dict[str, str] = {}
    found: dict[str, str] = {}
    rules = {"timezone": values.optional(clean_zone), "locale": values.optional(values.locale)}
    for read in (
        lambda: clean_person(account, raw),
        lambda: cleaned({name: raw.get(name, "") for name in rules}, rules),
    ):
        try:
            found |= read()
        except Problem as problem:
            wrong |= problem.fields
    if wrong:
        raise Problem("invalid", fields=wrong)
    return found


def _save(contact: Contact) -> None:
    """Write the row, or say whose address or number it is."""
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError as error:
        field = "email" if contact.email_key else "phone"
        same = {"email_key": contact.email_key} if contact.email_key else {"email_key": None, "phone": contact.phone}
        other = Contact.objects.filter(account=contact.account_id, **same).exclude(id=contact.id).first()
        if other is None:
            raise
        text = (
            _("Another contact has this email address.") if field == "email" else _("Another contact has this number.")
        )
        raise Problem("invalid", fields={field: text}, contact=str(other.id)) from error


def clean_person(account: Account, person: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    """name, email and phone in their stored forms; one of email and phone is needed. Problem("invalid")."""
    region = region_of(account.timezone)
    rules: dict[str, Callable[[Any], str]] = {
        "name": clean_name,
        "email": clean_email,
        "phone": lambda raw: clean_phone(raw, region),
    }
    found, faults = {}, Faults()
    for name, rule in rules.items():
        raw = (person.get(name) or "").strip()
        with faults.at(prefix + name):
            found[name] = rule(raw) if raw else ""
    if not faults and not found["email"] and not found["phone"]:
        faults[prefix + "email"] = "Give an email address or a phone number."
    faults.refuse()
    return found


def _uid(value: UUID) -> Any:
    return value.hex if connection.vendor == "sqlite" else value
