"""What an account keeps about a person, table by table: counted, moved when two contacts become one, given out, blanked.

Every app with a key to Contact registers its model in its own `personal.py`; a test finds the keys that are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.apps import apps
from django.db.models import Model, QuerySet

from admitone.contacts.models import Contact
from admitone.events import Actor
from admitone.logic.clock import iso


class PersonalData:
    """Rows that belong to a contact by one key. Override what the defaults do not do; all run in a transaction."""

    model: ClassVar[str]  # "booking.Booking"
    field: ClassVar[str]  # the key to Contact
    noun: ClassVar[str] = ""  # its name in an export; none leaves the rows out
    words: ClassVar[Any] = None  # ngettext_lazy with %(n)d; None is not counted
    shown: ClassVar[Sequence[str]] = ()  # what an export holds
    blank: ClassVar[Mapping[str, Any]] = {}  # what an erasure leaves in place

    @classmethod
    def table(cls) -> Any:
        found: type[Model] = apps.get_model(cls.model)
        return found._default_manager

    @classmethod
    def rows(cls, contact_id: UUID) -> QuerySet[Any]:
        found: QuerySet[Any] = cls.table().filter(**{cls.field: contact_id})
        return found

    @classmethod
    def merge(cls, keep: Contact, drop: Contact, now: datetime) -> None:
        """Give the rows of `drop` to `keep`."""
        cls.rows(drop.id).update(**{cls.field: keep.id})

    @classmethod
    def export(cls, contact: Contact) -> list[dict[str, Any]]:
        return [plain(row) for row in cls.rows(contact.id).order_by("pk").values(*cls.shown)]

    @classmethod
    def hold(cls, contact_ids: Sequence[UUID]) -> None:
        """Lock rows whose own work locks the contact after them, before a merge or an erasure locks the contact."""

    @classmethod
    def under_way(cls, contact: Contact, now: datetime) -> int:
        """How many rows have to be ended (`release`) before an erasure."""
        return 0

    @classmethod
    def release(cls, contact: Contact, actor: Actor, now: datetime) -> None:
        """End what is still going on; the contact's row is not locked yet."""

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        if cls.blank:
            cls.rows(contact.id).update(**cls.blank)


P = TypeVar("P", bound=type[PersonalData])
#: "app.Model.field" -> what is done about its rows
REGISTRY: dict[str, type[PersonalData]] = {}


def personal_data(model: str, field: str) -> Callable[[P], P]:
    """Register the rows of `model` ("app.Model") whose key `field` names a contact."""

    def register(kind: P) -> P:
        key = f"{model}.{field}"
        if key in REGISTRY:
            raise RuntimeError(f"{key} is registered twice")
        kind.model, kind.field = model, field
        REGISTRY[key] = kind
        return kind

    return register


def counts(contact: Contact) -> list[str]:
    """What there is, in words: "3 appointments"; one statement a table."""
    found = ((kind.words, kind.rows(contact.id).count()) for kind in REGISTRY.values() if kind.words is not None)
    return [str(words % {"n": n}) for words, n in found if n]


def hold(contact_ids: Sequence[UUID]) -> None:
    for kind in REGISTRY.values():
        kind.hold(contact_ids)


def under_way(contact: Contact, now: datetime) -> int:
    return sum(kind.under_way(contact, now) for kind in REGISTRY.values())


def export(contact: Contact) -> dict[str, Any]:
    """Everything that is kept about the person, as JSON can carry it."""
    names = ("id", "name", "email", "phone", "timezone", "locale", "source", "custom", "created_at", "updated_at")
    found: dict[str, Any] = {"contact": plain({name: getattr(contact, name) for name in names})}
    return found | {kind.noun: kind.export(contact) for kind in REGISTRY.values() if kind.noun}


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with ids as text and instants as RFC 3339."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
