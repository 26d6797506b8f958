"""Contacts that may be the same person: one phone number, or one name and addresses that look alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import Lower

from admitone.accounts.models import Account
from admitone.contacts.models import Contact

#: Groups looked at, and members of one: who shares a number or a name with more is no likely duplicate.
GROUPS, MEMBERS = 200, 6
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Suspects:
    """`keep` is the older one."""

    keep: Contact
    drop: Contact
    reason: Literal["phone", "name"]


def suspects(account: Account, *, most: int = 50) -> list[Suspects]:
    """Likely pairs, each once; four statements."""
    rows = Contact.objects.filter(account=account, erased_at=None)
    found: dict[frozenset[UUID], Suspects] = {}
    for keep, drop in pairs(rows.exclude(phone="").annotate(shared=Lower("phone"))):
        found.setdefault(frozenset((keep.id, drop.id)), Suspects(keep, drop, "phone"))
    for keep, drop in pairs(rows.exclude(name="").annotate(shared=Lower("name"))):
        if alike(keep.email, drop.email):
            found.setdefault(frozenset((keep.id, drop.id)), Suspects(keep, drop, "name"))
    return list(found.values())[:most]


def pairs(rows: Any) -> Iterator[tuple[Contact, Contact]]:
    """Of contacts annotated with `shared`: the oldest of each group that has it in common, with each of the others."""
    groups = rows.values("shared").annotate(n=Count("id")).filter(n__gt=1, n__lte=MEMBERS).order_by("shared")[:GROUPS]
    members = rows.filter(shared__in=[one["shared"] for one in groups]).order_by("shared", "created_at", "id")
    for _shared, group in groupby(members, key=lambda one: one.shared):
        first, *others = group
        yield from ((first, other) for other in others)


def alike(one: str, other: str) -> bool:
    """One has none, the part before the @ is the same, or they differ by a slip of the finger."""
    if not one or not other:
        return True
    a, b = one.lower(), other.lower()
    return a.partition("@")[0] == b.partition("@")[0] or SequenceMatcher(None, a, b).ratio() >= ALIKE
