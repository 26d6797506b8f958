"""What became of messages after they were handed over, as their providers tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events import SYSTEM, record
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.messaging.opting import opt_out

Status = Literal["delivered", "bounced", "complained", "failed"]
#: What a message may have been before it becomes this. Reports come late, twice and in any order.
BEFORE: dict[str, tuple[str, ...]] = {
    "delivered": ("queued", "sending", "sent"),
    "failed": ("queued", "sending", "sent"),
    "bounced": ("queued", "sending", "sent", "delivered", "failed"),
    "complained": ("queued", "sending", "sent", "delivered", "failed", "bounced"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """`message` is our own id where the provider sends it back, `provider_id` the one it gave; either finds the message.

    `leave` is the source of an opt-out that follows from it, "" if none does.
    """

    status: Status | None
    provider_id: str = ""
    message: str = ""
    words: str = ""
    leave: Literal["", "bounce", "complaint", "one_click", "stop"] = ""


def take(*, account: Account, channel: str, report: Report, now: datetime) -> bool:
    """Note what a provider tells of one message; False if it is unknown here or this is no news."""
    with transaction.atomic():
        message = reported(account.id, channel, report).select_for_update().first()
        if message is None:
            return False
        news = report.status is not None and become(message, report, now)
        if report.leave:
            leave(account, message, report.leave, now)
    return news


def reported(account_id: UUID, channel: str, report: Report) -> QuerySet[Message]:
    rows = Message.objects.filter(account_id=account_id, channel=channel, direction="out").order_by("-id")
    if own := as_uuid(report.message):
        return rows.filter(pk=own)
    return rows.filter(provider_id=report.provider_id) if report.provider_id else rows.none()


def become(message: Message, report: Report, now: datetime) -> bool:
    """The status moves on, never back; one that was still being tried has arrived all the same and is not sent again."""
    status = report.status or ""
    if message.status not in BEFORE[status]:
        return False
    message.status = status
    message.error = report.words[:2000] if status != "delivered" else ""
    message.sent_at = message.sent_at or now
    message.provider_id = message.provider_id or report.provider_id[:254]
    if status == "delivered":
        message.delivered_at = now
    message.save(update_fields=["status", "error", "sent_at", "provider_id", "delivered_at"])
    match status:
        case "delivered":
            tell(message, "message.delivered", now)
        case "bounced":
            tell(message, "message.bounced", now)
        case "complained":
            tell(message, "message.complained", now)
        case _:
            tell(message, "message.failed", now)
    return True


def tell(message: Message, kind: str, now: datetime) -> None:
    """Record what became of it, in the caller's transaction."""
    record(
        account_id=message.account_id,
        actor=SYSTEM,
        now=now,
        kind=kind,
        subject_kind="message",
        subject_id=message.pk,
        facts={
            "message": str(message.pk),
            "contact": str(message.contact_id) if message.contact_id else None,
            "channel": message.channel,
        },
    )


def leave(account: Account, message: Message, source: str, now: datetime) -> None:
    """Nobody writes through workflows to an address that does not exist or complains."""
    known = message.contact_id or None
    try:
        opt_out(
            account=account,
            channel=message.channel,
            address=message.to,
            source=source,
            actor=SYSTEM,
            now=now,
            contact_id=known,
        )
    except Problem:
        return  # kept from before the address rules: nobody can write to it anyway
