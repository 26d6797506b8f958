"""The builder's steps: one field added, changed, moved or removed, under the form's lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from admitone.accounts.models import Account
from admitone.events import Actor
from admitone.forms.models import Form
from admitone.forms.services.forms import apply, check_custom, clean, custom_keys, locked
from admitone.logic.errors import Problem


@transaction.atomic
def add_field(*, account: Account, form_id: Any, actor: Actor, now: datetime, field: Mapping[str, Any]) -> str:
    """Append a field; its key, made from the label if it has none. Problem("invalid") with the field's own names."""
    form = locked(account, form_id)
    _save(form, [*form.fields, dict(field)], len(form.fields), actor, now)
    return str(form.fields[-1]["key"])


@transaction.atomic
def change_field(
    *, account: Account, form_id: Any, key: str, actor: Actor, now: datetime, field: Mapping[str, Any]
) -> Form:
    """Replace what is said about a field; its key stays, because submissions are read by it."""
    form = locked(account, form_id)
    at = position(form, key)
    wanted = [*form.fields[:at], {**form.fields[at], **field, "key": key}, *form.fields[at + 1 :]]
    return _save(form, wanted, at, actor, now)


@transaction.atomic
def move_field(*, account: Account, form_id: Any, key: str, by: int, actor: Actor, now: datetime) -> Form:
    """Swap a field with its neighbour above (`by` -1) or below (+1); at the edge nothing happens."""
    form = locked(account, form_id)
    at = position(form, key)
    to = at + (1 if by > 0 else -1)
    if not 0 <= to < len(form.fields):
        return form
    wanted = list(form.fields)
    wanted[at], wanted[to] = wanted[to], wanted[at]
    return _save(form, wanted, to, actor, now)


@transaction.atomic
def remove_field(*, account: Account, form_id: Any, key: str, actor: Actor, now: datetime) -> Form:
    """Take a field out; fields that were shown only by its answer are shown always from then on."""
    form = locked(account, form_id)
    at = position(form, key)
    wanted = [_freed(entry, key) for entry in form.fields[:at] + form.fields[at + 1 :]]
    return _save(form, wanted, at, actor, now)


def position(form: Form, key: str) -> int:
    """Where the field stands. Raises Problem("not_found")."""
    for at, entry in enumerate(form.fields):
        if entry["key"] == key:
            return at
    raise Problem("not_found")


def _freed(entry: dict[str, Any], key: str) -> dict[str, Any]:
    return {**entry, "show_if": None} if (entry.get("show_if") or {}).get("key") == key else entry


def _save(form: Form, wanted: list[dict[str, Any]], at: int, actor: Actor, now: datetime) -> Form:
    """Problems of the field at `at` get its own names; the first of any others is told about the whole."""
    try:
        cleaned = clean({"fields": wanted}, form)
        check_custom(form.account, cleaned, custom_keys(form.fields))
    except Problem as problem:
        own = f"fields.{at}."
        fields = {name.removeprefix(own): text for name, text in problem.fields.items() if name.startswith(own)}
        raise Problem("invalid", next(iter(problem.fields.values())), fields=fields) from problem
    return apply(form, cleaned, actor, now)
