"""Two contacts become one: everything of the second moves to the first, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts import personal, queries
from admitone.contacts.erasing import empty
from admitone.contacts.models import Contact, CustomField, Note
from admitone.events import Actor, Draft, record_many
from admitone.logic.errors import Problem

Side = Literal["keep", "drop"]
DETAILS = ("name", "email", "phone", "timezone", "locale")
MAX_NOTE = 4000


@dataclass(frozen=True, slots=True)
class Pair:
    """One value of both contacts; `side` says whose stays. `is_open` when both have one and they differ."""

    name: str
    label: str
    keep: Any
    drop: Any
    side: Side

    @property
    def is_open(self) -> bool:
        return not _none(self.keep) and not _none(self.drop) and self.keep != self.drop

    @property
    def value(self) -> Any:
        return self.keep if self.side == "keep" else self.drop


@dataclass(frozen=True, slots=True)
class Preview:
    """`moves` says in words what changes hands."""

    keep: Contact
    drop: Contact
    pairs: list[Pair]
    moves: list[str]


def preview(account: Account, keep_id: Any, drop_id: Any, choices: Mapping[str, str] | None = None) -> Preview:
    """What merging would do. Problem("not_found"), Problem("invalid") for a contact with itself."""
    keep, drop = queries.get(account, keep_id, "owner"), queries.get(account, drop_id, "owner")
    _different(keep, drop)
    return Preview(keep, drop, pairs(keep, drop, choices or {}), personal.counts(drop))


@transaction.atomic
def merge(
    *,
    account: Account,
    keep_id: Any,
    drop_id: Any,
    actor: Actor,
    now: datetime,
    choices: Mapping[str, str] | None = None,
) -> Contact:
    """Merge `drop` into `keep`; `choices` maps names of pairs to keep or drop. It cannot be undone.

    An empty value never wins over one. What loses is written down in a note. Problem("not_found"), Problem("invalid").
    """
    keep, drop = _both(account, keep_id, drop_id)
    _different(keep, drop)
    found = pairs(keep, drop, choices or {})
    for kind in personal.REGISTRY.values():
        kind.merge(keep, drop, now)
    noted = _write_down(account, keep, found, actor, now)
    empty(drop, now, merged_into=keep)
    _take(keep, found, min(keep.created_at, drop.created_at), now)
    facts = {"contact": str(keep.id), "dropped": str(drop.id)}
    record_many([Draft(account.id, actor, now, "contact.merged", "contact", keep.id, facts), *noted])
    return keep


def pairs(keep: Contact, drop: Contact, choices: Mapping[str, str]) -> list[Pair]:
    """Details, owner and custom values of both. Problem("invalid") for a choice that is neither keep nor drop."""
    labels = _labels()
    fields = {one.key: one.label for one in CustomField.objects.filter(account=keep.account_id)}
    keys = sorted({*keep.custom, *drop.custom})
    rows: list[tuple[str, str, Any, Any]] = [
        *((name, labels[name], getattr(keep, name), getattr(drop, name)) for name in DETAILS),
        ("owner", labels["owner"], keep.owner, drop.owner),
        *((f"custom.{key}", fields.get(key, key), keep.custom.get(key), drop.custom.get(key)) for key in keys),
    ]
    wrong = {name: _("Choose one of both.") for name, side in choices.items() if side not in ("keep", "drop")}
    if wrong:
        raise Problem("invalid", fields=wrong)
    return [Pair(name, label, a, b, _side(a, b, choices.get(name))) for name, label, a, b in rows]


def _side(keep: Any, drop: Any, chosen: str | None) -> Side:
    if _none(keep) or _none(drop):
        return "drop" if _none(keep) and not _none(drop) else "keep"
    return "drop" if chosen == "drop" else "keep"


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"),
        "email": _("Email"),
        "phone": _("Phone"),
        "timezone": _("Time zone"),
        "locale": _("Language"),
        "owner": _("Owner"),
    }


def _none(value: Any) -> bool:
    return value is None or value == ""


def _different(keep: Contact, drop: Contact) -> None:
    if keep.pk == drop.pk:
        raise Problem("invalid", fields={"drop": _("Choose another contact.")})


def _both(account: Account, keep_id: Any, drop_id: Any) -> tuple[Contact, Contact]:
    """Both rows, locked in the order of their ids: two merges at once wait for each other."""
    keys = [as_uuid(keep_id), as_uuid(drop_id)]
    rows = Contact.objects.filter(account=account, erased_at=None, id__in=[k for k in keys if k]).order_by("id")
    personal.hold(list(rows.values_list("id", flat=True)))
    found = {row.id: row for row in rows.select_for_update()}
    if any(key not in found for key in keys):
        raise Problem("not_found")
    return found[keys[0]], found[keys[1]]  # type: ignore[index]


def _write_down(account: Account, keep: Contact, found: list[Pair], actor: Actor, now: datetime) -> list[Draft]:
    """Values that lose are not lost: they stay readable in a note, if there are any."""
    lost = [(one.label, one.drop if one.side == "keep" else one.keep) for one in found if one.is_open]
    if not lost:
        return []
    text = "\n".join([_("Merged with another contact, which had:"), *(f"{label}: {value}" for label, value in lost)])
    by = f"{actor.kind}:{actor.id}"[:80]
    note = Note.objects.create(account=account, contact=keep, text=text[:MAX_NOTE], by=by, created_at=now)
    facts = {"contact": str(keep.id), "note": str(note.id)}
    return [Draft(account.id, actor, now, "note.added", "contact", keep.id, facts)]


def _take(keep: Contact, found: list[Pair], created_at: datetime, now: datetime) -> None:
    for one in found:
        if not one.name.startswith("custom."):
            setattr(keep, one.name, one.value)
    keep.custom = {
        one.name.removeprefix("custom."): one.value
        for one in found
        if one.name.startswith("custom.") and not _none(one.value)
    }
    keep.email_key = keep.email.lower() or None
    keep.created_at, keep.updated_at = created_at, now
    keep.save()
