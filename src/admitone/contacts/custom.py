"""Custom fields of an account, and their values on its contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts import rows
from admitone.contacts.models import Contact, CustomField
from admitone.events import Actor, Draft, record, record_many
from admitone.events.models import Event
from admitone.logic import answers
from admitone.logic.errors import Problem
from admitone.logic.faults import Faults
from admitone.logic.forms import KEY, key_from
from admitone.logic.identity import clean_name

MAX_FIELDS = 100


@transaction.atomic
def create_field(
    *,
    account: Account,
    actor: Actor,
    now: datetime,
    label: str,
    kind: str = "text",
    options: Sequence[str] = (),
    key: str = "",
) -> CustomField:
    """A field with a key of its own, made from the label unless given; it never changes. Problem("invalid")."""
    taken = list(CustomField.objects.filter(account=account).values_list("key", flat=True))
    if len(taken) >= MAX_FIELDS:
        raise Problem("invalid", f"An account has at most {MAX_FIELDS} custom fields.")
    cleaned = _clean(label, kind, options)
    if key and not KEY.fullmatch(key):
        raise Problem("invalid", fields={"key": "Use small letters, digits and _, beginning with a letter."})
    if key in taken:
        raise Problem("invalid", fields={"key": "Another field has this key."})
    made = CustomField.objects.create(
        account=account,
        key=key or key_from(cleaned["label"], taken),
        kind=kind,
        position=len(taken),
        created_at=now,
        **cleaned,
    )
    _tell(made, actor, now, "custom_field.created")
    return made


@transaction.atomic
def update_field(
    *, account: Account, field_id: Any, actor: Actor, now: datetime, label: str, options: Sequence[str] = ()
) -> CustomField:
    """A new label or other options; values that contacts have stay."""
    found = _locked(account, field_id)
    cleaned = _clean(label, found.kind, options)
    changed = sorted(name for name, value in cleaned.items() if getattr(found, name) != value)
    for name in changed:
        setattr(found, name, cleaned[name])
    if changed:
        found.save(update_fields=changed)
        _tell(found, actor, now, "custom_field.changed", fields=changed)
    return found


@transaction.atomic
def delete_field(*, account: Account, field_id: Any, actor: Actor, now: datetime) -> CustomField:
    """Hide the field; the contacts' values stay and come back with it."""
    found = _locked(account, field_id)
    if found.deleted_at is None:
        found.deleted_at = now
        found.save(update_fields=["deleted_at"])
        _tell(found, actor, now, "custom_field.deleted")
    return found


@transaction.atomic
def restore_field(*, account: Account, field_id: Any, actor: Actor, now: datetime) -> CustomField:
    found = _locked(account, field_id)
    if found.deleted_at is not None:
        found.deleted_at = None
        found.save(update_fields=["deleted_at"])
        _tell(found, actor, now, "custom_field.restored")
    return found


@transaction.atomic
def set_custom(
    *,
    account: Account,
    contact_id: Any,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    cause: Event | None = None,
) -> Contact:
    """Set values by key; None and empty text take one away. Problem("invalid") names every wrong key."""
    contact = rows.locked(account, contact_id)
    fields = {one.key: one for one in CustomField.objects.filter(account=account, deleted_at=None)}
    cleaned: dict[str, Any] = {}
    faults = Faults()
    for key, raw in values.items():
        with faults.at(str(key)[:80]):
            cleaned[key] = _value(fields.get(key), raw)
    faults.refuse()
    _write(contact, cleaned, actor, now, cause)
    return contact


def fill_custom(*, account_id: UUID, contact_id: UUID, values: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Values that a form carries, in the caller's transaction; what no field takes any more is left out."""
    contact = Contact.objects.select_for_update().get(id=contact_id, account=account_id)
    cleaned = {}
    for one in CustomField.objects.filter(account=account_id, deleted_at=None, key__in=list(values)):
        try:
            cleaned[one.key] = _value(one, values[one.key])
        except ValueError:
            continue
    _write(contact, cleaned, actor, now, None)


def _write(contact: Contact, cleaned: Mapping[str, Any], actor: Actor, now: datetime, cause: Event | None) -> None:
    """The new values, and one event that names the changed ones."""
    wanted = {key: value for key, value in {**contact.custom, **cleaned}.items() if value is not None}
    changed = sorted(key for key in cleaned if contact.custom.get(key) != wanted.get(key))
    if not changed:
        return
    contact.custom, contact.updated_at = wanted, now
    contact.save(update_fields=["custom", "updated_at"])
    facts = {"contact": str(contact.id), "fields": [f"custom.{key}" for key in changed]}
    record_many([Draft(contact.account_id, actor, now, "contact.changed", "contact", contact.id, facts, cause)])


def _value(field: CustomField | None, raw: Any) -> Any:
    if field is None:
        raise ValueError("There is no such field.")
    return None if answers.is_empty(raw) else answers.clean_value(field.kind, raw, field.options)


def _clean(label: str, kind: str, options: Sequence[str]) -> dict[str, Any]:
    faults = Faults()
    found: dict[str, Any] = {"label": "", "options": []}
    with faults.at("label"):
        found["label"] = clean_name(label, 120)
        if not found["label"]:
            faults["label"] = "Give the field a label."
    if kind not in answers.CUSTOM_KINDS:
        faults["kind"] = f"Choose one of {', '.join(answers.CUSTOM_KINDS)}."
    with faults.at("options"):
        found["options"] = answers.clean_options(list(options)) if kind == "choice" else []
    faults.refuse()
    return found


def _locked(account: Account, field_id: Any) -> CustomField:
    key = as_uuid(field_id)
    rows_ = CustomField.objects.select_for_update().filter(account=account)
    found = rows_.filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def _tell(field: CustomField, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=field.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="custom_field",
        subject_id=field.id,
        facts={"custom_field": str(field.id), **facts},
    )
