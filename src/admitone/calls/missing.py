"""Writes: a call rings, is answered or missed. Whatever reports a missed call, it is one row and one event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.calls.models import IncomingCall, MissedCall, PhoneNumber
from admitone.contacts.models import Contact
from admitone.contacts.numbers import contact_of_number
from admitone.events import SYSTEM, Actor, record
from admitone.jobs import task
from admitone.logic.callers import Caller, read_caller
from admitone.logic.identity import region_of

OUTCOMES = ("no-answer", "busy", "failed", "canceled")
SOURCE = "call"
#: How long after the ringing somebody who has heard nothing of the call takes it for missed.
GRACE = timedelta(seconds=90)
#: A call reported later than that is logged: an SMS about it would come out of the blue.
LATE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Call:
    """`id` is the provider's own, by which it is told apart for ever; `caller` as the network shows it."""

    id: str
    caller: str
    at: datetime
    outcome: str = "no-answer"
    number: PhoneNumber | None = None


def ring(*, number: PhoneNumber, call_id: str, caller: str, now: datetime) -> IncomingCall:
    """The owner's phone begins to ring. If nobody tells how it ended, a job decides."""
    with transaction.atomic():
        call, created = IncomingCall.objects.get_or_create(
            account_id=number.account_id,
            provider_id=call_id[:80],
            defaults={"number": number, "caller": caller[:40], "at": now},
        )
        if created:
            due = now + timedelta(seconds=number.ring_seconds) + GRACE
            decide.using(run_after=due, account_id=number.account_id).enqueue(call_id=call.pk)
    return call


def answered(*, account: Account, call_id: str) -> bool:
    """Somebody took it. False if it is unknown or was decided before."""
    rows = IncomingCall.objects.filter(account=account, provider_id=call_id[:80], state="ringing")
    return bool(rows.update(state="answered", caller=""))


def over(*, account: Account, call_id: str, outcome: str, now: datetime) -> MissedCall | None:
    """It ended unanswered, or the caller hung up first; None if it was answered or is unknown."""
    with transaction.atomic():
        rows = IncomingCall.objects.select_for_update(of=("self",)).select_related("number")
        call = rows.filter(account=account, provider_id=call_id[:80], state="ringing").first()
        if call is None:
            return None
        caller = call.caller
        call.state, call.caller = "missed", ""
        call.save(update_fields=["state", "caller"])
        told = Call(call.provider_id, caller, call.at, outcome, call.number)
        return missed(account=account, call=told, actor=SYSTEM, now=now)


@task(name="admitone.calls.tasks.decide")
def decide(*, call_id: int, now: datetime) -> None:
    """Still ringing long after it rang: the caller hung up, and the provider was not asked to tell us."""
    call = IncomingCall.objects.select_related("account").filter(pk=call_id, state="ringing").first()
    if call is not None:
        over(account=call.account, call_id=call.provider_id, outcome="canceled", now=now)


def missed(*, account: Account, call: Call, actor: Actor, now: datetime) -> MissedCall:
    """Log a missed call once; the first of a caller within the number's quiet hours is told as call.missed."""
    caller = read_caller(call.caller, region_of(account.timezone))
    with transaction.atomic():
        before = MissedCall.objects.filter(account=account, provider_id=call.id[:80]).first()
        if before is not None:
            return before
        contact = whose(account, caller, call, actor, now)
        row, created = MissedCall.objects.get_or_create(
            account=account,
            provider_id=call.id[:80],
            defaults={
                "number": call.number,
                "caller": caller.shown,
                "contact_id": contact,
                "outcome": call.outcome if call.outcome in OUTCOMES else "no-answer",
                "note": why_not(account, caller, call, now),
                "at": call.at,
            },
        )
        if created and not row.note:
            tell(row, actor, now)
    return row


def whose(account: Account, caller: Caller, call: Call, actor: Actor, now: datetime) -> UUID | None:
    """The caller's contact, locked: of two calls at once the second sees the first."""
    if not caller.number or is_own(caller, call.number):
        return None
    found = contact_of_number(account_id=account.id, phone=caller.number, source=SOURCE, actor=actor, now=now)
    return Contact.objects.select_for_update().filter(pk=found).values_list("pk", flat=True).first()


def is_own(caller: Caller, number: PhoneNumber | None) -> bool:
    return number is not None and caller.number in (number.number, number.forward_to)


def why_not(account: Account, caller: Caller, call: Call, now: datetime) -> str:
    """The key of the reason why nothing follows from this call, or ""."""
    if caller.reason:
        return caller.reason
    if is_own(caller, call.number):
        return "own"
    if now - call.at > LATE:
        return "late"
    hours = call.number.quiet_hours if call.number else 24
    rows = MissedCall.objects.filter(account=account, caller=caller.number, number=call.number, note="")
    since = call.at - timedelta(hours=hours)
    return "repeated" if hours and rows.filter(at__gt=since).exists() else ""


def tell(row: MissedCall, actor: Actor, now: datetime) -> None:
    facts: dict[str, Any] = {
        "call": str(row.pk),
        "number": str(row.number_id) if row.number_id else None,
        "contact": str(row.contact_id),
    }
    record(
        account_id=row.account_id,
        actor=actor,
        now=now,
        kind="call.missed",
        subject_kind="missed_call",
        subject_id=row.pk,
        facts=facts,
    )
