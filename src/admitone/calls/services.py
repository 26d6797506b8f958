"""Writes: the phone numbers of an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.calls import queries
from admitone.calls.models import PhoneNumber
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name, clean_phone, region_of

PROVIDERS = ("twilio", "")
RING_SECONDS = (5, 60)
QUIET_HOURS = (0, 24 * 30)
FIELDS = ("number", "label", "provider", "forward_to", "ring_seconds", "quiet_hours", "active")


def register_number(*, account: Account, actor: Actor, now: datetime, **values: Any) -> PhoneNumber:
    """A number whose missed calls count: `number`, `label`, `provider` (twilio or ""), `forward_to`, `ring_seconds`,
    `quiet_hours`, `active`. Problem("invalid") names every wrong field."""
    clean = cleaned(account, {"number": "", **values})
    with transaction.atomic():
        made = PhoneNumber(account=account, created_at=now, **clean)
        save(made)
        note(made, actor, now, "phone_number.created", {})
    return made


def update_number(*, account: Account, number_id: Any, actor: Actor, now: datetime, **values: Any) -> PhoneNumber:
    """Change any of what register_number takes."""
    with transaction.atomic():
        found = locked(account, number_id)
        before = {name: getattr(found, name) for name in FIELDS}
        clean = cleaned(account, {**before, **values})
        fields = sorted(name for name, value in clean.items() if before[name] != value)
        if not fields:
            return found
        for name in fields:
            setattr(found, name, clean[name])
        save(found)
        note(found, actor, now, "phone_number.changed", {"fields": fields})
    return found


def delete_number(*, account: Account, number_id: Any, actor: Actor, now: datetime) -> None:
    """Its calls are no longer taken; those already logged stay."""
    with transaction.atomic():
        found = locked(account, number_id)
        found.deleted_at = now
        found.save(update_fields=["deleted_at"])
        note(found, actor, now, "phone_number.deleted", {})


def locked(account: Account, number_id: Any) -> PhoneNumber:
    found = queries.number(account, number_id)
    return PhoneNumber.objects.select_for_update().get(pk=found.pk)


def save(row: PhoneNumber) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Problem("invalid", fields={"number": _("This number is here already.")}) from error


def cleaned(account: Account, values: Mapping[str, Any]) -> dict[str, Any]:
    faults: dict[str, str] = {}
    found: dict[str, Any] = {name: value for name, value in values.items() if name in FIELDS}
    region = region_of(account.timezone)
    for name in ("number", "forward_to"):
        raw = str(found.get(name) or "").strip()
        if name in found:
            found[name] = phone_or_fault(raw, region, name, faults) if raw or name == "number" else ""
    if found.get("forward_to") and found.get("forward_to") == found.get("number"):
        faults["forward_to"] = _("A number cannot ring itself.")
    if found.get("provider", "twilio") not in PROVIDERS:
        faults["provider"] = _("Choose Twilio or your own call flow.")
    for name, (least, most) in (("ring_seconds", RING_SECONDS), ("quiet_hours", QUIET_HOURS)):
        if name in found and not (isinstance(found[name], int) and least <= found[name] <= most):
            faults[name] = _("Choose a number from %(least)d to %(most)d.") % {"least": least, "most": most}
    try:
        found["label"] = clean_name(found.get("label", ""), 80)
    except ValueError as error:
        faults["label"] = str(error)
    if faults:
        raise Problem("invalid", fields=faults)
    return found


def phone_or_fault(raw: str, region: str | None, name: str, faults: dict[str, str]) -> str:
    try:
        return clean_phone(raw, region)
    except ValueError as error:
        faults[name] = str(error)
        return ""


def note(row: PhoneNumber, actor: Actor, now: datetime, kind: str, facts: Mapping[str, Any]) -> None:
    record(
        account_id=row.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="phone_number",
        subject_id=row.pk,
        facts={"number": str(row.pk), **facts},
    )
