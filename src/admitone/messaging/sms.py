"""How an account's SMS leave: its provider kept, its secret sealed, and a test that shows the provider's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.sealing import SealBroken, seal
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name, clean_phone, region_of
from admitone.logic.ids import uuid7
from admitone.messaging import queries
from admitone.messaging.channels import Parcel, Refused, channel_named
from admitone.messaging.models import SmsSettings
from admitone.messaging.services import SEAL_BROKEN, TestResult, note

PROVIDERS = ("", "twilio", "http")
METHODS = ("POST", "PUT", "GET")
FORMATS = ("json", "form")
SID = re.compile(r"AC[0-9a-fA-F]{32}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{2,11}")
HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
MAX_BODY = 4000
MAX_HEADERS = 20
PLACEHOLDERS = ("{to}", "{digits}")


@dataclass(frozen=True, slots=True)
class SmsProvider:
    """What an owner types. `secret` None keeps the stored one; `headers` is one "Name: value" a line."""

    provider: str = ""
    sender: str = ""
    account_sid: str = ""
    secret: str | None = field(default=None, repr=False)
    messaging_service: str = ""
    url: str = ""
    method: str = "POST"
    format: str = "json"
    headers: str = ""
    body: str = ""
    accepted: str = ""
    daily_cap: int | None = None


def save_sms_settings(*, account: Account, typed: SmsProvider, actor: Actor, now: datetime) -> SmsSettings:
    """Keep the provider; the result of an earlier test is forgotten. Raises Problem("invalid")."""
    values = cleaned(account, typed)
    with transaction.atomic():
        before = queries.sms_settings(account)
        values["secret_sealed"] = secret_of(before, typed, values)
        values |= {"tested_at": None, "test_ok": False, "test_answer": "", "updated_at": now}
        after, _made = SmsSettings.objects.update_or_create(account_id=account.pk, defaults=values)
        names = ("provider", "sender", "account_sid", "secret_sealed", "config", "daily_cap")
        changed = [name for name in names if getattr(before, name) != getattr(after, name)]
        note(account, actor, now, "sms_settings.changed", {"changed": changed})
    return after


def secret_of(before: SmsSettings, typed: SmsProvider, values: Mapping[str, Any]) -> str:
    """A kept secret must not be sent to another receiver than the one it was typed for."""
    if not typed.provider:
        return ""
    if typed.secret is not None:
        sealed = seal(typed.secret.strip())
    else:
        same = before.provider == typed.provider and place(before.account_sid, before.config) == place(
            values["account_sid"], values["config"]
        )
        if before.secret_sealed and not same:
            raise Problem("invalid", fields={"secret": _("Enter it again: the provider or its address has changed.")})
        sealed = before.secret_sealed
    if typed.provider == "twilio" and not sealed:
        raise Problem("invalid", fields={"secret": _("Enter the auth token.")})
    return sealed


def place(account_sid: str, config: Mapping[str, Any]) -> tuple[str, str]:
    return account_sid, urlsplit(str(config.get("url", ""))).netloc


def cleaned(account: Account, typed: SmsProvider) -> dict[str, Any]:
    """Model values of what was typed. Problem("invalid") names every field to correct."""
    faults: dict[str, str] = {}
    if typed.provider not in PROVIDERS:
        faults["provider"] = _("Choose one of the providers.")
    if typed.daily_cap is not None and not 1 <= typed.daily_cap <= 1_000_000:
        faults["daily_cap"] = _("Choose a number from 1 to 1,000,000.")
    sender = sender_or_fault(account, typed, faults)
    config: dict[str, Any] = {}
    if typed.provider == "twilio":
        config = twilio_config(typed, faults)
    elif typed.provider == "http":
        config = gateway_config(typed, faults)
    if faults:
        raise Problem("invalid", fields=faults)
    return {
        "provider": typed.provider,
        "sender": sender,
        "account_sid": typed.account_sid.strip() if typed.provider == "twilio" else "",
        "config": config,
        "daily_cap": typed.daily_cap,
    }


def sender_or_fault(account: Account, typed: SmsProvider, faults: dict[str, str]) -> str:
    """E.164, or up to eleven letters and digits."""
    text = typed.sender.strip()
    if not text:
        if typed.provider == "twilio" and not typed.messaging_service.strip():
            faults["sender"] = _("Enter the number that SMS come from.")
        return ""
    if SENDER_NAME.fullmatch(text):
        return text
    try:
        return clean_phone(text, region_of(account.timezone))
    except ValueError:
        faults["sender"] = _("Enter a number like +1 212 555 0123, or a name of up to 11 letters and digits.")
        return ""


def twilio_config(typed: SmsProvider, faults: dict[str, str]) -> dict[str, Any]:
    service = typed.messaging_service.strip()
    if not SID.fullmatch(typed.account_sid.strip()):
        faults["account_sid"] = _("It begins with AC and has 34 characters.")
    if service and not SERVICE.fullmatch(service):
        faults["messaging_service"] = _("It begins with MG and has 34 characters.")
    return {"messaging_service": service}


def gateway_config(typed: SmsProvider, faults: dict[str, str]) -> dict[str, Any]:
    """The fields of the channel's Params, as they are stored."""
    headers = headers_or_fault(typed.headers, faults)
    if not is_url(typed.url.strip()):
        faults["url"] = _("Enter an address that starts with https:// or http://.")
    if typed.method not in METHODS:
        faults["method"] = _("Choose POST, PUT or GET.")
    if typed.format not in FORMATS:
        faults["format"] = _("Choose JSON or form.")
    kind = "form" if typed.method == "GET" else typed.format
    if wrong := body_fault(typed.body.strip(), kind):
        faults["body"] = wrong
    return {
        "url": typed.url.strip(),
        "method": typed.method,
        "format": kind,
        "headers": headers,
        "body": typed.body.strip(),
        "accepted": typed.accepted.strip()[:200],
    }


def is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and len(url) < 1000
        )
    except ValueError:
        return False


def headers_or_fault(text: str, faults: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in [row.strip() for row in text.splitlines() if row.strip()]:
        name, colon, value = row.partition(":")
        if not colon or not HEADER.fullmatch(name.strip()) or not value.strip().isascii() or len(found) >= MAX_HEADERS:
            faults["headers"] = _("Write one header a line, like Authorization: Bearer {secret}.")
            return {}
        found[name.strip()] = clean_name(value, 500)
    return found


def body_fault(body: str, kind: str) -> str:
    """Why this template cannot be filled in, or ""."""
    if len(body) > MAX_BODY:
        return _("Use at most %(n)d characters.") % {"n": MAX_BODY}
    if "{text}" not in body or not any(name in body for name in PLACEHOLDERS):
        return _("It needs {to} and {text}.")
    if kind == "form":
        return "" if parse_qsl(body, keep_blank_values=True) else _("Write it like to={to}&text={text}.")
    try:
        json.loads(body)
    except ValueError:
        return _('This is not JSON. Write it like {"to": "{to}", "text": "{text}"}.')
    return ""


def send_test_sms(*, account: Account, to: str, text: str, actor: Actor, now: datetime) -> TestResult:
    """Send one SMS right now, outside any transaction, and remember how it went."""
    try:
        number = clean_phone(to, region_of(account.timezone))
    except ValueError as error:
        raise Problem("invalid", fields={"to": str(error)}) from error
    result = try_out(account, number, text, now)
    with transaction.atomic():
        values = {"tested_at": now, "test_ok": result.ok, "test_answer": result.answer}
        SmsSettings.objects.update_or_create(
            account_id=account.pk, defaults=values, create_defaults={**values, "updated_at": now}
        )
        note(account, actor, now, "sms_settings.tested", {"ok": result.ok})
    return result


def try_out(account: Account, to: str, text: str, now: datetime) -> TestResult:
    try:
        way = queries.route(account, "sms")
        if way.channel == "outbox":
            return TestResult(False, _("There is no SMS provider yet."))
        parcel = Parcel(uuid7(), now, "", way.from_email, to, "", "", text)
        return TestResult(True, channel_named(way.channel).deliver(parcel, way.params).words)
    except Refused as refusal:
        return TestResult(False, refusal.words)
    except SealBroken:
        return TestResult(False, SEAL_BROKEN)
