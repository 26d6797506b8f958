"""A form's life: made, changed, deleted, restored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.queries import custom_fields
from admitone.events import Actor, record
from admitone.forms.models import Form, FormVersion
from admitone.logic import form_rules
from admitone.logic import forms as logic
from admitone.logic.brand import clean_color
from admitone.logic.calendars import MAX_ORIGINS, clean_https, clean_origin
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name, clean_text

#: What a new form asks unless told otherwise.
FIRST_FIELDS: logic.Document = [
    {"key": "first_name", "label": "First name", "required": True, "maps_to": "first_name", "width": "half"},
    {"key": "last_name", "label": "Last name", "maps_to": "last_name", "width": "half"},
    {"key": "email", "label": "Email", "kind": "email", "required": True, "maps_to": "email"},
]


def _name(raw: Any) -> str:
    text = clean_name(raw, 120)
    if not text:
        raise ValueError("Give the form a name.")
    return text


def _origins(raw: Any) -> list[str]:
    if not isinstance(raw, list | tuple) or len(raw) > MAX_ORIGINS:
        raise ValueError(f"Give at most {MAX_ORIGINS} sites.")
    return list(dict.fromkeys(clean_origin(one) for one in raw))


CLEANERS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "description": lambda raw: clean_text(raw, 2000),
    "consent_text": lambda raw: clean_text(raw, 2000),
    "button": lambda raw: clean_name(raw, 60),
    "thanks_message": lambda raw: clean_text(raw, 2000),
    "redirect_url": clean_https,
    "brand_color": lambda raw: clean_color(str(raw or "")),
    "embed_origins": _origins,
    "active": bool,
}


#: A change of one of these makes a version.
VERSIONED = ("fields", "rules", "consent_text")


def clean(given: Mapping[str, Any], form: Form | None = None) -> dict[str, Any]:
    """The given settings, cleaned; `form` holds those that are not. Raises Problem("invalid") that names every wrong one.

    Rules are read by the fields; those about fields or answers that are gone go with them.
    """
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in sorted(given, key=lambda name: name == "rules"):
        raw = given[name]
        try:
            if name == "rules":
                document = cleaned.get("fields", form.fields if form else [])
                cleaned[name] = form_rules.clean_rules(raw, logic.fields_of(document))
            else:
                cleaned[name] = logic.clean_fields(raw) if name == "fields" else CLEANERS[name](raw)
        except ValueError as error:
            errors[name] = str(error)
        except KeyError:
            errors[name] = "There is no such field."
        except Problem as problem:
            errors |= problem.fields
    if errors:
        raise Problem("invalid", fields=errors)
    if form and "fields" in cleaned and "rules" not in cleaned:
        cleaned["rules"] = remaining(form.rules, cleaned["fields"])
    return cleaned


def remaining(rules: logic.Document, document: logic.Document) -> logic.Document:
    """The rules that can still be met."""
    fields, found = logic.fields_of(document), []
    for rule in rules:
        try:
            found += form_rules.clean_rules([rule], fields)
        except Problem:
            continue
    return found


def check_calendars(account: Account, cleaned: Mapping[str, Any]) -> None:
    """Rules lead only to calendars of the account."""
    errors = {}
    for at, rule in enumerate(cleaned.get("rules", [])):
        key = as_uuid(rule["calendar"])
        if rule["calendar"] and not (key and account.calendars.filter(id=key, deleted_at=None).exists()):
            errors[f"rules.{at}.calendar"] = "There is no such calendar."
    if errors:
        raise Problem("invalid", fields=errors)


def custom_keys(document: logic.Document) -> set[str]:
    """The custom fields that a document fills."""
    return {
        entry["maps_to"].removeprefix(logic.CUSTOM) for entry in document if entry["maps_to"].startswith(logic.CUSTOM)
    }


def check_custom(account: Account, cleaned: Mapping[str, Any], had: set[str]) -> None:
    """Fields may fill only custom fields that there are; those that were filled before may have been deleted since."""
    wanted = custom_keys(cleaned.get("fields", [])) - had
    if not wanted:
        return
    unknown = wanted - set(custom_fields(account).values_list("key", flat=True))
    errors = {
        f"fields.{at}.maps_to": "There is no such custom field."
        for at, entry in enumerate(cleaned["fields"])
        if entry["maps_to"].removeprefix(logic.CUSTOM) in unknown
    }
    if errors:
        raise Problem("invalid", fields=errors)


@transaction.atomic
def create_form(*, account: Account, actor: Actor, now: datetime, name: str, **fields: Any) -> Form:
    """A form; without `fields` it asks for name and email. Other settings by their names. Problem("invalid")."""
    fields.setdefault("fields", FIRST_FIELDS)
    cleaned = clean({"name": name, **fields})
    check_custom(account, cleaned, set())
    check_calendars(account, cleaned)
    form = Form(account=account, created_at=now, updated_at=now, **cleaned)
    form.consent_version = 1 if form.consent_text else 0
    form.save(force_insert=True)
    keep_version(form, now)
    tell(form, actor, now, "form.created")
    return form


@transaction.atomic
def update_form(*, account: Account, form_id: Any, actor: Actor, now: datetime, **changes: Any) -> Form:
    """Change some settings; what is the same is no change. Problem("not_found"), Problem("invalid")."""
    form = locked(account, form_id)
    cleaned = clean(changes, form)
    check_custom(account, cleaned, custom_keys(form.fields))
    check_calendars(account, {"rules": cleaned.get("rules", []) if "rules" in changes else []})
    return apply(form, cleaned, actor, now)


@transaction.atomic
def delete_form(*, account: Account, form_id: Any, actor: Actor, now: datetime) -> Form:
    """Take the form away from the public; its submissions stay and it can be restored."""
    form = locked(account, form_id)
    form.deleted_at = form.updated_at = now
    form.save(update_fields=["deleted_at", "updated_at"])
    tell(form, actor, now, "form.deleted")
    return form


@transaction.atomic
def restore_form(*, account: Account, form_id: Any, actor: Actor, now: datetime) -> Form:
    """Undo a deletion; of a form that is there, nothing."""
    form = locked(account, form_id, deleted=True)
    if form.deleted_at is None:
        return form
    form.deleted_at, form.updated_at = None, now
    form.save(update_fields=["deleted_at", "updated_at"])
    tell(form, actor, now, "form.restored")
    return form


def locked(account: Account, form_id: Any, *, deleted: bool = False) -> Form:
    """The account's form, locked. Raises Problem("not_found")."""
    key = as_uuid(form_id)
    rows = Form.objects.select_for_update().filter(account=account)
    form = (rows if deleted else rows.filter(deleted_at=None)).filter(id=key).first() if key else None
    if form is None:
        raise Problem("not_found")
    return form


def apply(form: Form, cleaned: Mapping[str, Any], actor: Actor, now: datetime) -> Form:
    """Write cleaned settings to a locked form and record which changed."""
    changed = sorted(name for name, value in cleaned.items() if getattr(form, name) != value)
    if not changed:
        return form
    for name in changed:
        setattr(form, name, cleaned[name])
    if "consent_text" in changed:
        form.consent_version += 1
    form.updated_at = now
    is_new = not set(changed).isdisjoint(VERSIONED)
    form.version += is_new
    form.save()
    if is_new:
        keep_version(form, now)
    tell(form, actor, now, "form.changed", fields=changed)
    return form


def keep_version(form: Form, now: datetime) -> None:
    """Store what the form asks from now on, under its number."""
    FormVersion.objects.create(
        form=form, version=form.version, created_at=now, **{name: getattr(form, name) for name in VERSIONED}
    )


def tell(form: Form, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=form.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="form",
        subject_id=form.id,
        facts={"form": str(form.id), **facts},
    )
