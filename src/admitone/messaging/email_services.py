"""Keep which email service carries an account's mail, its keys sealed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.sealing import SealBroken, seal
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.messaging import queries
from admitone.messaging.caps import HIGHEST
from admitone.messaging.esps import ESPS, Esp
from admitone.messaging.models import EmailSettings
from admitone.messaging.services import CHANGES, email_or_fault, note, text_or_fault

MAX_VALUE = 500


@dataclass(frozen=True, slots=True)
class EmailService:
    """What an owner types. A secret left empty in `values` keeps the stored one of the same service."""

    provider: str
    values: Mapping[str, str] = field(default_factory=dict)
    from_name: str = ""
    from_email: str = ""
    reply_to: str = ""


def save_email_service(*, account: Account, service: EmailService, actor: Actor, now: datetime) -> EmailSettings:
    """From now on mail goes by this service; a mail server and its password are forgotten. Raises Problem("invalid")."""
    before = queries.email_settings(account)
    values = cleaned(service, before)
    values |= {"host": "", "username": "", "password_sealed": ""}
    values |= {"tested_at": None, "test_ok": False, "test_answer": "", "updated_at": now}
    with transaction.atomic():
        after, _made = EmailSettings.objects.update_or_create(account_id=account.pk, defaults=values)
        changed = [name for name in values if name in CHANGES and getattr(before, name) != getattr(after, name)]
        note(account, actor, now, "email_settings.changed", {"changed": changed})
    return after


def cleaned(service: EmailService, before: EmailSettings) -> dict[str, Any]:
    esp = ESPS.get(service.provider)
    if esp is None:
        raise Problem("invalid", fields={"provider": _("Choose one of the services.")})
    faults: dict[str, str] = {}
    options = options_of(esp, service.values, kept(before, esp), faults)
    emails = {name: email_or_fault(getattr(service, name), name, faults) for name in ("from_email", "reply_to")}
    name = text_or_fault(service.from_name, 120, "from_name", faults)
    if not emails["from_email"]:
        faults.setdefault("from_email", _("Enter the address that mail comes from."))
    if faults:
        raise Problem("invalid", fields=faults)
    return {"provider": esp.key, "provider_sealed": seal(json.dumps(options)), "from_name": name, **emails}


def kept(before: EmailSettings, esp: Esp) -> dict[str, str]:
    """Secrets typed earlier for the same service."""
    if before.provider != esp.key:
        return {}
    try:
        stored = queries.esp_options(before)
    except SealBroken:
        return {}
    return {name: value for name, value in stored.items() if name in esp.secrets}


def options_of(esp: Esp, typed: Mapping[str, str], stored: Mapping[str, str], faults: dict[str, str]) -> dict[str, str]:
    found = {**stored, **{name: typed[name].strip() for name in esp.names if typed.get(name, "").strip()}}
    for one in esp.fields:
        value = found.get(one.name, "")
        if one.required and not value:
            faults[one.name] = _("This must not be empty.")
        elif not sound(value):
            faults[one.name] = _("This does not look like what the service shows.")
    if found.get("region", "") not in ("", *esp.regions):
        faults["region"] = _("Choose one of the regions.")
    return found


def sound(value: str) -> bool:
    """Keys and domains are plain text: anything else could begin another header of the request."""
    return len(value) <= MAX_VALUE and value.isascii() and all(c.isprintable() for c in value)


def save_daily_cap(*, account: Account, cap: int | None, actor: Actor, now: datetime) -> EmailSettings:
    """How many mails workflows may send a day; None for as many as the installation allows. Raises Problem("invalid")."""
    if cap is not None and not 1 <= cap <= HIGHEST:
        raise Problem("invalid", fields={"daily_cap": _("Use a number from 1 to 1,000,000.")})
    with transaction.atomic():
        before = queries.email_settings(account).daily_cap
        defaults = {"daily_cap": cap}
        after, _made = EmailSettings.objects.update_or_create(
            account_id=account.pk, defaults=defaults, create_defaults={**defaults, "updated_at": now}
        )
        if before != cap:
            note(account, actor, now, "email_settings.changed", {"changed": ["daily_cap"]})
    return after
