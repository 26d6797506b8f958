"""SMS that come in: kept, told as `message.received`, and obeyed when they say STOP, START or HELP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.contacts.numbers import contact_of_number
from admitone.events import SYSTEM, record
from admitone.logic.callers import read_caller
from admitone.logic.identity import clean_text, region_of
from admitone.logic.ids import uuid7
from admitone.logic.sms import ANSWERED_BY_TWILIO, keyword, word
from admitone.messaging.models import Message
from admitone.messaging.opting import opt_in, opt_out
from admitone.messaging.sending import ANSWERS
from admitone.messaging.services import queue

SOURCE = "sms"
MAX_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Incoming:
    """`provider_id` names it for ever. `answered`: the provider itself confirms what STOP, START and HELP do."""

    sender: str
    to: str
    text: str
    provider: str
    provider_id: str
    answered: bool = False


def receive(*, account: Account, sms: Incoming, now: datetime) -> Message | None:
    """Keep it and do what it asks for; None if it was received before. A sender without a number is kept without contact."""
    key = f"in:{sms.provider}:{account.id.hex}:{sms.provider_id}"[:160]
    with transaction.atomic():
        if Message.objects.filter(key=key).exists():
            return None
        number = read_caller(sms.sender, region_of(account.timezone)).number
        contact = known(account, number, now) if number else None
        values = {
            "id": uuid7(),
            "account": account,
            "contact_id": contact,
            "channel": "sms",
            "direction": "in",
            "kind": "sms.received",
            "to": sms.to[:254],
            "sender": (number or sms.sender)[:254],
            "text": readable(sms.text),
            "status": "received",
            "provider": sms.provider,
            "provider_id": sms.provider_id[:254],
            "created_at": now,
        }
        message, created = Message.objects.get_or_create(key=key, defaults=values)
        if not created:
            return None
        if number:
            obey(account, message, sms, now)
        told(message, now)
    return message


def readable(text: str) -> str:
    """Never refused for its length: what came is kept, its end cut off if need be."""
    return clean_text(text[:MAX_TEXT], MAX_TEXT * 4)


def known(account: Account, number: str, now: datetime) -> UUID:
    """Whom we wrote to last at this number, else whoever has it."""
    sent = Message.objects.filter(account=account, channel="sms", direction="out", to=number)
    rows = sent.filter(contact__erased_at=None, contact__isnull=False, contact__phone=number).order_by("-id")
    last = rows.values_list("contact_id", flat=True).first()
    return last or contact_of_number(account_id=account.id, phone=number, source=SOURCE, actor=SYSTEM, now=now)


def told(message: Message, now: datetime) -> None:
    record(
        account_id=message.account_id,
        actor=SYSTEM,
        now=now,
        kind="message.received",
        subject_kind="message",
        subject_id=message.pk,
        facts={
            "message": str(message.pk),
            "contact": str(message.contact_id) if message.contact_id else None,
            "channel": "sms",
        },
    )


def obey(account: Account, message: Message, sms: Incoming, now: datetime) -> None:
    """STOP and its like end all SMS to the number, START begins them again, HELP says who we are."""
    wish = keyword(message.text)
    address: dict[str, Any] = {
        "account": account,
        "channel": "sms",
        "address": message.sender,
        "actor": SYSTEM,
        "now": now,
    }
    changed = wish == "help"
    if wish == "stop":
        changed = opt_out(**address, source="stop", contact_id=message.contact_id)
    elif wish == "start":
        changed = opt_in(**address, source="start", contact_id=message.contact_id)
    if changed and not (sms.answered and word(message.text) in ANSWERED_BY_TWILIO):
        answer(account, message, wish, now)


def answer(account: Account, message: Message, wish: str, now: datetime) -> None:
    rows = Contact.objects.filter(messages=message)
    locale = rows.values_list("locale", flat=True).first()
    with translation.override(locale or account.locale or "en"):
        text = words(account, wish)
    queue(
        account_id=account.id,
        contact_id=message.contact_id,
        channel="sms",
        kind=ANSWERS,
        key=f"answer:{message.pk}",
        to=message.sender,
        text=text,
        now=now,
    )


def words(account: Account, wish: str) -> str:
    names = {"name": account.name, "contact": account.public_phone or account.public_email}
    if wish == "stop":
        return _("%(name)s: you will get no more messages. Reply START to get them again.") % names
    if wish == "start":
        return _("%(name)s: you will get messages again. Reply STOP to end them.") % names
    if names["contact"]:
        return _("%(name)s: reach us at %(contact)s. Reply STOP to get no more messages.") % names
    return _("%(name)s: reply STOP to get no more messages.") % names
