"""Which contacts a list, a file or a bulk action is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from admitone.accounts.models import Account
from admitone.contacts.models import Contact, CustomField
from admitone.logic import answers
from admitone.logic.identity import storable

SORTS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "-id"),
}
#: An id that no row has: a filter that cannot be read matches nobody.
NOBODY = UUID(int=0)
MISSING = ("email", "phone", "owner", "tag")


@dataclass(frozen=True, slots=True)
class Filters:
    """`search` is part of a name, address or number in any format; created in [since, until); `missing` one of MISSING.

    `field` is the key of a custom field: with `value` those who have that value (part of a text), else any value.
    """

    search: str = ""
    tag: UUID | None = None
    owner: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    missing: str = ""
    field: str = ""
    value: str = ""

    @property
    def narrowed(self) -> bool:
        return self != Filters()

    def rows(self, account: Account, *, sort: str = "") -> QuerySet[Contact]:
        """The account's contacts, erased ones left out."""
        rows = Contact.objects.filter(account=account, erased_at=None)
        if text := storable(self.search).strip():
            rows = rows.filter(named(text))
        if self.tag:
            rows = rows.filter(contact_tags__tag=self.tag, contact_tags__tag__account=account)
        plain = {"owner_id": self.owner, "created_at__gte": self.since, "created_at__lt": self.until}
        rows = rows.filter(**{name: value for name, value in plain.items() if value is not None})
        rows = rows.filter(without(self.missing)) if self.missing in MISSING else rows
        rows = rows.filter(having(account, self.field, self.value)) if self.field else rows
        return rows.order_by(*SORTS[sort]) if sort in SORTS else rows


def named(text: str) -> Q:
    found = Q(name__icontains=text) | Q(email__icontains=text)
    digits = "".join(c for c in text if c.isdigit())
    # "030 123" and "+49 30-123" are written as they are dialled; a stored number has neither space nor trunk zero.
    return found | (Q(phone__contains=digits.lstrip("0") or digits) if len(digits) > 2 else Q(phone__icontains=text))


def without(what: str) -> Q:
    return {
        "email": Q(email_key=None),
        "phone": Q(phone=""),
        "owner": Q(owner=None),
        "tag": Q(contact_tags=None),
    }[what]


def having(account: Account, key: str, raw: str) -> Q:
    """By the field's kind; nobody for a field that is not there or a value that it cannot have."""
    field = CustomField.objects.filter(account=account, key=key, deleted_at=None).first()
    if field is None:
        return Q(pk=NOBODY)
    if not raw.strip():
        return Q(custom__has_key=key)
    try:
        value: Any = answers.clean_value(field.kind, raw, field.options)
    except ValueError:
        return Q(pk=NOBODY)
    if value is False:  # never ticked is not ticked
        return ~Q(**{f"custom__{key}": True})
    return Q(**{f"custom__{key}__icontains": value}) if field.kind == "text" else Q(**{f"custom__{key}": value})
