"""Reads of contacts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from admitone.accounts.models import Account
from admitone.contacts.models import Contact


def listing(account: Account, *, search: str = "") -> QuerySet[Contact]:
    """The account's contacts, erased ones left out; `search` is part of a name, address or number."""
    rows = Contact.objects.filter(account=account, erased_at=None)
    if text := search.strip():
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text) | Q(phone__icontains=text))
    return rows
