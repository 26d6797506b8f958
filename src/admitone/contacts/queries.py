"""Reads of contacts."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact, CustomField, Tag
from admitone.logic.errors import Problem
from admitone.logic.identity import storable

SORTS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "-id"),
}


def listing(account: Account, *, search: str = "", sort: str = "", tag: Any = None) -> QuerySet[Contact]:
    """The account's contacts, erased ones left out; `search` is part of a name, address or number, `tag` an id."""
    rows = Contact.objects.filter(account=account, erased_at=None)
    if text := storable(search).strip():
        found = Q(name__icontains=text) | Q(email__icontains=text)
        digits = "".join(c for c in text if c.isdigit())
        # "030 123" and "+49 30-123" are written as they are dialled; a stored number has neither space nor trunk zero.
        found |= Q(phone__contains=digits.lstrip("0") or digits) if len(digits) > 2 else Q(phone__icontains=text)
        rows = rows.filter(found)
    if tag:
        rows = rows.filter(contact_tags__tag=as_uuid(tag), contact_tags__tag__account=account)
    return rows.order_by(*SORTS[sort]) if sort in SORTS else rows


def get(account: Account, contact_id: Any, *related: str) -> Contact:
    """The account's contact. Raises Problem("not_found"), also for an erased one."""
    key = as_uuid(contact_id)
    rows = Contact.objects.filter(account=account, erased_at=None)
    found = (rows.select_related(*related) if related else rows).filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def kept_of(account: Account, contact_id: Any) -> Contact | None:
    """The contact that this one was merged into, at the end of the chain; None if it was not, or is gone."""
    seen: set[Any] = set()
    found = Contact.objects.filter(account=account, id=as_uuid(contact_id)).first()
    while found is not None and found.merged_into_id and found.id not in seen:
        seen.add(found.id)
        found = Contact.objects.filter(account=account, id=found.merged_into_id).first()
    return found if found is not None and seen and found.erased_at is None else None


def tags(account: Account) -> QuerySet[Any]:
    """The account's tags by name, each with `worn`: how many contacts have it."""
    worn = Count("contact_tags", filter=Q(contact_tags__contact__erased_at=None))
    return Tag.objects.filter(account=account).annotate(worn=worn).order_by("name_key")


def tags_of(contact: Contact) -> QuerySet[Tag]:
    return Tag.objects.filter(contact_tags__contact=contact).order_by("name_key")


def custom_fields(account: Account) -> QuerySet[CustomField]:
    """The account's custom fields in their order, deleted ones left out."""
    return CustomField.objects.filter(account=account, deleted_at=None)


def custom_field(account: Account, field_id: Any, *, deleted: bool = False) -> CustomField:
    """Raises Problem("not_found"), unless `deleted` also for a deleted one."""
    key = as_uuid(field_id)
    rows = CustomField.objects.filter(account=account) if deleted else custom_fields(account)
    found = rows.filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found
