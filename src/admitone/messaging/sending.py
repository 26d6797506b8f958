"""One attempt at one message: claim it (the send intent), hand it over outside any transaction, record what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.addresses import unsubscribe_url
from admitone.accounts.sealing import SealBroken
from admitone.messaging import queries
from admitone.messaging.channels import Parcel, Receipt, Refused, channel_named, sms_twilio
from admitone.messaging.health import note
from admitone.messaging.models import Message
from admitone.messaging.reports import leave, tell
from admitone.statements import Prepared, update

LOCKED = Prepared(lambda key: Message.objects.select_for_update().filter(pk=key), key=UUID)
MAX_ATTEMPTS = 8
#: Seconds before the next attempt, by the number of attempts made; the last one repeats.
WAITS = (30, 120, 480, 1800, 3600, 7200, 14400)
AGAIN = "Interrupted while it was being sent, so it was sent again; the reader may have it twice."
TWICE = "Handed over twice without a confirmation. Whether it arrived is not known."
TOO_OFTEN = "Interrupted again and again while it was being sent. Whether it arrived is not known."
#: A process that dies in the middle of this message so often may well die of it.
MAX_INTERRUPTED = 5
SEAL_BROKEN = "The provider's stored password cannot be read: the secret key has changed."
OPTED_OUT = "Not sent: this number has opted out."
#: Kinds of SMS that answer somebody who has just opted out.
ANSWERS = "sms.answer"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`wait` is the seconds until another attempt, None if this was the last."""

    status: str
    error: str = ""
    provider_id: str = ""
    carrier: str = ""
    wait: float | None = None


def claim(message_id: str) -> Message | None:
    """Commit the intent: status sending, one attempt more. None if there is nothing (left) to send.

    A message found in `sending` was interrupted between intent and record: it is sent once more and says so, a few times.
    """
    with transaction.atomic():
        message = LOCKED.first(key=UUID(message_id))
        if message is None or message.status not in ("queued", "sending"):
            return None
        if message.status == "sending":
            message.interrupted += 1
            message.error = AGAIN if message.interrupted <= MAX_INTERRUPTED else TOO_OFTEN
        gone = message.interrupted > MAX_INTERRUPTED
        message.status = "failed" if gone else "sending"
        message.attempts += 0 if gone else 1
        update(message, "status", "attempts", "interrupted", "error")
    return None if gone else message


def attempt(message: Message, now: datetime) -> Outcome:
    """Hand it to its account's channel. Never raises for what a provider does."""
    if silenced(message):
        return Outcome("failed", OPTED_OUT)
    try:
        way = queries.way_of(message)
    except SealBroken:
        return Outcome("failed", SEAL_BROKEN)
    try:
        receipt = channel_named(way.channel).deliver(parcel_of(message, way, now), way.params)
    except Refused as refusal:
        return replace(refused(message, refusal), carrier=way.carrier)
    return replace(accepted(message, receipt), carrier=way.carrier)


def silenced(message: Message) -> bool:
    """STOP counts for every SMS, also for one written before it came."""
    if message.channel != "sms" or message.kind == ANSWERS:
        return False
    return queries.opted_out(message.account_id, "sms", message.to)


def parcel_of(message: Message, way: queries.Route, now: datetime) -> Parcel:
    return Parcel(
        id=message.pk,
        at=now,
        from_name=message.from_name or way.from_name,
        from_email=way.from_email,
        to=message.to,
        reply_to=message.reply_to or way.reply_to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        ics=message.ics,
        ics_method=message.ics_method,
        unsubscribe=unsubscribe_url(message.pk) if message.unsubscribe else "",
    )


def accepted(message: Message, receipt: Receipt) -> Outcome:
    twice = AGAIN if message.interrupted and receipt.status == "sent" else ""
    return Outcome(receipt.status, twice, receipt.words[:254])


def refused(message: Message, refusal: Refused) -> Outcome:
    if refusal.unsure and message.interrupted:
        return Outcome("failed", TWICE)
    if refusal.unsure:  # left in `sending`: the next attempt counts it as interrupted
        return Outcome("sending", refusal.words, wait=WAITS[0])
    if refusal.permanent or message.attempts >= MAX_ATTEMPTS:
        return Outcome("failed", refusal.words)
    return Outcome("queued", refusal.words, wait=WAITS[min(message.attempts, len(WAITS)) - 1])


def record_outcome(message: Message, outcome: Outcome, now: datetime) -> bool:
    """Write the outcome unless another attempt has begun since; True if it was written."""
    values: dict[str, Any] = {"status": outcome.status, "error": outcome.error, "provider_id": outcome.provider_id}
    values |= {"provider": outcome.carrier, "sent_at": now if outcome.status == "sent" else None}
    with transaction.atomic():
        mine = Message.objects.filter(pk=message.pk, status="sending", attempts=message.attempts)
        written = bool(mine.update(**values))
        if written:
            settle(message, outcome, now)
    return written


def settle(message: Message, outcome: Outcome, now: datetime) -> None:
    """What follows from an outcome. A number that cannot be reached says nothing about the provider."""
    codes = outcome.error[:5] if message.channel == "sms" else ""
    if codes not in sms_twilio.ABOUT_READER and outcome.error != OPTED_OUT:
        note(message, outcome.status, outcome.error, now)
    if outcome.status == "failed":
        tell(message, "message.failed", now)
        if codes == sms_twilio.OPTED_OUT:
            leave(message.account, message, "stop", now)
