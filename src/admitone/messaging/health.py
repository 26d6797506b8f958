"""Whether an account's messages get out. Owners are told once when they no longer do, not once per message."""

from __future__ import annotations

from datetime import datetime, timedelta

from admitone.events import SYSTEM, record
from admitone.messaging.models import ChannelHealth, Message

#: A streak that begins so soon after the last news is shown in the product only.
QUIET = timedelta(days=1)
#: A passing refusal is trouble from this attempt on.
PATIENCE = 3


def note(message: Message, status: str, words: str, now: datetime) -> None:
    """Remember how an attempt went, in the caller's transaction; the first refusal after a success is told."""
    if message.kind == "channel.failing":
        return
    if status in ("sent", "delivered"):
        recover(message)
    elif status == "failed" or (status in ("queued", "sending") and message.attempts >= PATIENCE):
        tell_of(message, words, now)


def recover(message: Message) -> None:
    rows = ChannelHealth.objects.filter(account_id=message.account_id, channel=message.channel)
    rows.filter(failing_since__isnull=False).update(failing_since=None, words="")


def tell_of(message: Message, words: str, now: datetime) -> None:
    """`alerted_at` and `failing_since` are set in one UPDATE, so that of two workers one tells."""
    rows = ChannelHealth.objects.filter(account_id=message.account_id, channel=message.channel)
    ChannelHealth.objects.get_or_create(account_id=message.account_id, channel=message.channel)
    began = rows.filter(failing_since=None).update(failing_since=now, words=words)
    if not began:
        rows.update(words=words)
        return
    quiet = rows.filter(alerted_at__gt=now - QUIET).exists()
    if quiet:
        return
    rows.update(alerted_at=now)
    record(
        account_id=message.account_id,
        actor=SYSTEM,
        now=now,
        kind="channel.failing",
        subject_kind="account",
        subject_id=message.account_id,
        facts={"channel": message.channel, "message": str(message.pk)},
    )
