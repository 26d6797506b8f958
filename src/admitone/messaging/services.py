"""Writes: queue a message, send one again, keep and test an account's mail server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.accounts.sealing import SealBroken, seal
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_name, clean_phone
from admitone.logic.ids import uuid7
from admitone.logic.sms import MAX_LENGTH
from admitone.messaging import queries
from admitone.messaging.channels import Parcel, Refused, channel_named
from admitone.messaging.esps import SMTP
from admitone.messaging.mime import address, line
from admitone.messaging.models import EmailSettings, Message
from admitone.messaging.tasks import send
from admitone.statements import insert

SECURITIES = ("starttls", "tls", "none")
MAX_SUBJECT = 250
NO_LINK = "Not sent: the message does not contain its link."
NO_SERVER = "There is no mail server yet. Set one up in Settings > Email."
NO_GATEWAY = "There is no SMS provider yet. Set one up in Settings > SMS and calls."
RESENDABLE = ("failed", "outbox")


def queue(
    *,
    account_id: UUID,
    kind: str,
    key: str,
    to: str,
    text: str,
    now: datetime,
    channel: str = "email",
    subject: str = "",
    html: str = "",
    contact_id: UUID | None = None,
    ics: str = "",
    ics_method: str = "",
    reply_to: str = "",
    from_name: str = "",
    booking_id: UUID | None = None,
    link_id: UUID | None = None,
    must_contain: Sequence[str] = (),
    unsubscribe: bool = False,
    message_id: UUID | None = None,
) -> Message:
    """Keep a rendered message and enqueue its sending, in the caller's transaction; the same `key` twice is the first.

    A blank or truncated one, or one without a text of `must_contain` (its link), is kept as failed and never sent.
    `unsubscribe`: it says how to be left alone; its text holds `unsubscribe_url(message_id)`. `channel` sms: `to` is a
    number (E.164), and there is no subject and no HTML.
    """
    fault = fault_of(channel, to, subject, text, html, must_contain)
    values = {
        "id": message_id or uuid7(),
        "account_id": account_id,
        "contact_id": contact_id,
        "channel": channel,
        "kind": kind,
        "unsubscribe": unsubscribe,
        "booking_id": booking_id,
        "link_id": link_id,
        "to": to[:254],
        "from_name": line(from_name)[:120],
        "reply_to": reply_to[:254],
        "subject": shortened(line(subject), MAX_SUBJECT),
        "text": text,
        "html": html,
        "ics": ics,
        "ics_method": ics_method,
        "status": "failed" if fault else "queued",
        "error": fault,
        "created_at": now,
    }
    message = Message(key=key, **values)
    if not insert(message):
        return Message.objects.get(key=key)
    if not fault:
        send.using(account_id=account_id).enqueue(message_id=str(message.pk))
    return message


def fault_of(channel: str, to: str, subject: str, text: str, html: str, must_contain: Sequence[str]) -> str:
    """Why this must not be sent, or ""."""
    return sms_fault(to, text, must_contain) if channel == "sms" else unsendable(to, subject, text, html, must_contain)


def sms_fault(to: str, text: str, must_contain: Sequence[str]) -> str:
    try:
        known = clean_phone(to) == to
    except ValueError:
        known = False
    if not known:
        return "Not sent: the number cannot receive SMS."
    if not text.strip():
        return "Not sent: the message is empty."
    if len(text) > MAX_LENGTH:
        return f"Not sent: the text is longer than {MAX_LENGTH} characters."
    return "" if all(part and part in text for part in must_contain) else NO_LINK


def unsendable(to: str, subject: str, text: str, html: str, must_contain: Sequence[str]) -> str:
    """Why this must not be sent, or ""."""
    try:
        address(to)
    except ValueError:
        return "Not sent: the address cannot receive mail."
    if not line(subject) or not text.strip():
        return "Not sent: the message is empty."
    missing = [part for part in must_contain if not part or part not in text or (html and not in_html(part, html))]
    return NO_LINK if missing else ""


def in_html(part: str, html: str) -> bool:
    return part in html or part.replace("&", "&amp;") in html


def shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def resend(*, account: Account, message_id: Any, actor: Actor, now: datetime) -> Message:
    """Send a failed message again, or one from the outbox now that there is a server. Problem `invalid` otherwise."""
    with transaction.atomic():
        message = get(account, Message, message_id)
        if not queries.delivering(account, message.channel):
            raise Problem("invalid", NO_GATEWAY if message.channel == "sms" else NO_SERVER)
        if fault := fault_of(message.channel, message.to, message.subject, message.text, message.html, ()):
            raise Problem("invalid", fault)
        changed = Message.objects.filter(pk=message.pk, status__in=RESENDABLE).update(
            status="queued", attempts=0, interrupted=0, error=""
        )
        if not changed:
            raise Problem("invalid", "This message is on its way or has been sent.")
        send.using(account_id=account.pk).enqueue(message_id=str(message.pk))
        message.refresh_from_db()
    return message


@dataclass(frozen=True, slots=True)
class MailServer:
    """What an owner types. `password` None keeps the stored one; an empty `host` means the installation's server."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    username: str = ""
    password: str | None = None
    from_name: str = ""
    from_email: str = ""
    reply_to: str = ""


def save_email_settings(*, account: Account, server: MailServer, actor: Actor, now: datetime) -> EmailSettings:
    """Keep the account's mail server; the result of an earlier test is forgotten. Raises Problem("invalid")."""
    values = cleaned(server)
    if server.password is not None:
        values["password_sealed"] = seal(server.password)
    values |= {"tested_at": None, "test_ok": False, "test_answer": "", "updated_at": now}
    values |= {"provider": SMTP, "provider_sealed": ""}
    with transaction.atomic():
        before = queries.email_settings(account)
        if server.password is None and moved(before, values):
            raise Problem("invalid", fields={"password": "Enter the password again: server or user name have changed."})
        after, _ = EmailSettings.objects.update_or_create(account_id=account.pk, defaults=values)
        changed = [name for name in values if name in CHANGES and getattr(before, name) != getattr(after, name)]
        note(account, actor, now, "email_settings.changed", {"changed": changed})
    return after


CHANGES = (
    *("provider", "host", "port", "security", "username", "password_sealed"),
    *("from_name", "from_email", "reply_to", "daily_cap"),
)


def moved(before: EmailSettings, values: dict[str, Any]) -> bool:
    """A kept password must not be sent to another server than the one it was typed for."""
    return bool(before.password_sealed and values["host"]) and any(
        getattr(before, name) != values[name] for name in ("host", "username")
    )


def cleaned(server: MailServer) -> dict[str, Any]:
    """Model values of what was typed. Problem("invalid") names every field to correct."""
    faults: dict[str, str] = {}
    host = server.host.strip().rstrip(".").lower()
    if not is_host(host):
        faults["host"] = "Enter a host name like smtp.example.com."
    if not 1 <= server.port <= 65535:
        faults["port"] = "Choose a port from 1 to 65535."
    if server.security not in SECURITIES:
        faults["security"] = "Choose STARTTLS, TLS or none."
    if host and not server.from_email.strip():
        faults["from_email"] = "Enter the address that mail comes from."
    emails = {name: email_or_fault(getattr(server, name), name, faults) for name in ("from_email", "reply_to")}
    texts = {name: text_or_fault(getattr(server, name), limit, name, faults) for name, limit in TEXTS}
    if faults:
        raise Problem("invalid", fields=faults)
    return {"host": host, "port": server.port, "security": server.security, **emails, **texts}


TEXTS = (("username", 254), ("from_name", 120))


def is_host(host: str) -> bool:
    """A name or address that can stand in a connection; "" is allowed."""
    try:
        ascii_host = host.encode("idna").decode() if host else ""
    except UnicodeError:
        return False
    return len(ascii_host) <= 253 and all(c.isalnum() or c in ".-:_" for c in ascii_host)


def email_or_fault(raw: str, name: str, faults: dict[str, str]) -> str:
    try:
        return clean_email(raw) if raw.strip() else ""
    except ValueError as error:
        faults.setdefault(name, str(error))
        return ""


def text_or_fault(raw: str, limit: int, name: str, faults: dict[str, str]) -> str:
    try:
        return clean_name(raw, limit)
    except ValueError as error:
        faults[name] = str(error)
        return ""


@dataclass(frozen=True, slots=True)
class TestResult:
    """`answer` is the server's own line, of success or of refusal."""

    __test__ = False  # not a test class

    ok: bool
    answer: str


def send_test(
    *, account: Account, to: str, subject: str, text: str, html: str = "", actor: Actor, now: datetime
) -> TestResult:
    """Send one mail right now, outside any transaction, and remember how it went."""
    try:
        recipient = clean_email(to)
    except ValueError as error:
        raise Problem("invalid", fields={"to": str(error)}) from error
    result = try_out(account, recipient, subject, text, html, now)
    remember_test(account=account, result=result, actor=actor, now=now)
    return result


def try_out(account: Account, to: str, subject: str, text: str, html: str, now: datetime) -> TestResult:
    try:
        way = queries.route(account)
        if way.channel == "outbox":
            return TestResult(False, "There is no mail server yet.")
        parcel = Parcel(uuid7(), now, way.from_name, way.from_email, to, way.reply_to, subject, text, html)
        return TestResult(True, channel_named(way.channel).deliver(parcel, way.params).words)
    except Refused as refusal:
        return TestResult(False, refusal.words)
    except SealBroken:
        return TestResult(False, SEAL_BROKEN)


SEAL_BROKEN = "The stored password cannot be read: the secret key has changed. Enter the password again."


def remember_test(*, account: Account, result: TestResult, actor: Actor, now: datetime) -> None:
    with transaction.atomic():
        EmailSettings.objects.update_or_create(
            account_id=account.pk,
            defaults={"tested_at": now, "test_ok": result.ok, "test_answer": result.answer},
            create_defaults={
                "tested_at": now,
                "test_ok": result.ok,
                "test_answer": result.answer,
                "updated_at": now,
            },
        )
        note(account, actor, now, "email_settings.tested", {"ok": result.ok})


def note(account: Account, actor: Actor, now: datetime, kind: str, facts: dict[str, Any]) -> None:
    record(
        account_id=account.pk,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="account",
        subject_id=account.pk,
        facts=facts,
    )
