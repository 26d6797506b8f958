"""Reads: an account's phone numbers, and the calls that nobody took."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calls.models import MissedCall, PhoneNumber
from admitone.logic.errors import Problem
from admitone.logic.identity import storable


def numbers(account: Account) -> QuerySet[PhoneNumber]:
    """The account's numbers in the order in which they were added, deleted ones left out."""
    return PhoneNumber.objects.filter(account=account, deleted_at=None).order_by("id")


def number(account: Account, number_id: Any) -> PhoneNumber:
    """Raises Problem("not_found"), also for a deleted one."""
    key = as_uuid(number_id)
    found = numbers(account).filter(pk=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def by_number(account: Account, phone: str) -> PhoneNumber | None:
    """The account's number that is written so (E.164)."""
    return numbers(account).filter(number=phone).first()


def missed(account: Account, *, search: str = "", number_id: UUID | None = None) -> QuerySet[MissedCall]:
    """Calls nobody took, the latest first; `search` is part of a number or of a contact's name."""
    rows = MissedCall.objects.filter(account=account).select_related("number", "contact").order_by("-id")
    if number_id:
        rows = rows.filter(number_id=number_id)
    text = storable(search).strip()
    if not text:
        return rows
    digits = "".join(c for c in text if c.isdigit())
    found = rows.filter(contact__name__icontains=text, contact__erased_at=None)
    return (found | rows.filter(caller__contains=digits.lstrip("0"))) if len(digits) > 2 else found
