"""Who no longer wants to be written to, and who does again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_phone, email_key, region_of
from admitone.messaging.models import OptOut

SOURCES = ("unsubscribe_link", "one_click", "stop", "complaint", "bounce", "by_hand")


def opt_out(
    *, account: Account, channel: str, address: str, source: str, actor: Actor, now: datetime, contact_id: Any = None
) -> bool:
    """Write no more to this address through workflows; False if that was so already. Problem("invalid") at `address`."""
    key = address_key(account, channel, address)
    with transaction.atomic():
        row, created = OptOut.objects.get_or_create(
            account=account, channel=channel, address=key, defaults={"source": source, "at": now}
        )
        if created:
            subject, facts = whom(account, channel, key, contact_id)
            record(
                account_id=account.id,
                actor=actor,
                now=now,
                kind="opt_out.created",
                **subject,
                facts={**facts, "source": row.source},
            )
    return created


def opt_in(
    *, account: Account, channel: str, address: str, source: str, actor: Actor, now: datetime, contact_id: Any = None
) -> bool:
    """Write to this address again; False if nobody had opted out."""
    key = address_key(account, channel, address)
    with transaction.atomic():
        gone, _rows = OptOut.objects.filter(account=account, channel=channel, address=key).delete()
        if gone:
            subject, facts = whom(account, channel, key, contact_id)
            record(
                account_id=account.id,
                actor=actor,
                now=now,
                kind="opt_out.removed",
                **subject,
                facts={**facts, "source": source},
            )
    return bool(gone)


def address_key(account: Account, channel: str, address: str) -> str:
    """The form in which opted-out addresses are kept: lower-cased, or E.164."""
    try:
        if channel == "email":
            return email_key(clean_email(address)) or ""
        if channel == "sms":
            return clean_phone(address, region_of(account.timezone))
    except ValueError as error:
        raise Problem("invalid", fields={"address": str(error)}) from error
    raise Problem("invalid", fields={"channel": "Choose email or sms."})


def whom(account: Account, channel: str, key: str, contact_id: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Subject and facts of the event: the contact given, else the one with this address, else the account."""
    contact = as_uuid(contact_id) if contact_id else contact_with(account.id, channel, key)
    subject = ("contact", contact) if contact else ("account", account.id)
    facts = {"channel": channel, "contact": str(contact) if contact else None}
    return {"subject_kind": subject[0], "subject_id": subject[1]}, facts


def contact_with(account_id: UUID, channel: str, key: str) -> UUID | None:
    rows = Contact.objects.filter(account_id=account_id, erased_at=None).order_by("-updated_at")
    rows = rows.filter(email_key=key) if channel == "email" else rows.filter(phone=key)
    return rows.values_list("id", flat=True).first()
