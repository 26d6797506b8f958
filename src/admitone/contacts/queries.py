"""Reads of contacts."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.filters import NOBODY, Filters
from admitone.contacts.filters import SORTS as SORTS
from admitone.contacts.models import Contact, CustomField, Tag, Task
from admitone.contacts.rows import gone
from admitone.logic.errors import Problem


def listing(account: Account, *, search: str = "", sort: str = "", tag: Any = None) -> QuerySet[Contact]:
    """The account's contacts, erased ones left out; `search` is part of a name, address or number, `tag` an id."""
    return Filters(search=search, tag=as_uuid(tag) or NOBODY if tag else None).rows(account, sort=sort)


def get(account: Account, contact_id: Any, *related: str) -> Contact:
    """The account's contact. Problem("not_found"), also for an erased one; ("contact_merged") for one that moved."""
    key = as_uuid(contact_id)
    rows = Contact.objects.filter(account=account, erased_at=None)
    found = (rows.select_related(*related) if related else rows).filter(id=key).first() if key else None
    if found is None:
        raise gone(account, key)
    return found


def task_of(account: Account, contact_id: Any, task_id: Any) -> Task:
    """A task of this contact. Problem("not_found")."""
    contact, key = get(account, contact_id), as_uuid(task_id)
    found = Task.objects.filter(contact=contact, id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def tags(account: Account) -> QuerySet[Any]:
    """The account's tags by name, each with `worn`: how many contacts have it."""
    worn = Count("contact_tags", filter=Q(contact_tags__contact__erased_at=None))
    return Tag.objects.filter(account=account).annotate(worn=worn).order_by("name_key")


def tag_by_id_or_name(account: Account, reference: str) -> Tag:
    """One tag, by its name in any case too; Problem("not_found")."""
    key = as_uuid(reference)
    wanted = Q(id=key) if key else Q(name_key=reference.strip().casefold())
    row = Tag.objects.filter(wanted, account=account).first()
    if row is None:
        raise Problem("not_found")
    return row


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
