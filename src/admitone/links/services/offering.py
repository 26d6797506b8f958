"""Offers of a waiting list: a seat that became free goes to the next person as a one-time link, and is kept for it.

What is kept for whom changes under the hosts' lock only, so that no seat is promised twice; links are locked before it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from admitone.booking.holds import WAITING
from admitone.booking.models import SeatHold, WaitlistEntry
from admitone.booking.queries import openings
from admitone.booking.retrying import retrying
from admitone.booking.services.keeping import let_go
from admitone.booking.services.reserving import PlanChanged, lock_hosts
from admitone.booking.services.waiting import end, event_of
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Actor, Draft, record_many
from admitone.jobs import task
from admitone.links.models import OneTimeLink
from admitone.links.queries import facts
from admitone.links.services.changing import revoke
from admitone.links.services.issuing import issue
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.links import status
from admitone.logic.openings import Openings
from admitone.logic.waiting import Held, next_in_line

MINUTE = timedelta(minutes=1)
BATCH = 500


def offer_next(*, calendar_id: UUID, start: int, now: datetime) -> int:
    """Offer the free seats at `start` (epoch minute) to those next in line whose party fits; how many got an offer."""
    return _again(lambda: _offer(calendar_id, start, None, SYSTEM, now))


def offer_now(*, account_id: UUID, entry_id: UUID, actor: Actor, now: datetime) -> None:
    """The owner's choice of who is next. Problem not_found, slot_taken if there is no room for the party."""
    entry = WaitlistEntry.objects.filter(id=entry_id, account_id=account_id, status="waiting").first()
    if entry is None:
        raise Problem("not_found")
    if not _again(lambda: _offer(entry.calendar_id, entry.start_min, entry.id, actor, now)):
        raise Problem("slot_taken", "No place is free at this time.", reason="SEATS")


def _again(offer: Callable[[], int]) -> int:
    for _ in range(3):
        try:
            return retrying(offer)
        except PlanChanged:
            continue
    return 0


@transaction.atomic
def _offer(calendar_id: UUID, start: int, only: UUID | None, actor: Actor, now: datetime) -> int:
    line = WaitlistEntry.objects.filter(calendar=calendar_id, start_min=start, status="waiting")
    if not line.exists():
        return 0
    calendar = Calendar.objects.select_related("account").filter(id=calendar_id, deleted_at=None).first()
    if calendar is None:
        return 0
    plan = calendar.compiled
    if not plan.active or not plan.waitlist:
        return 0
    lock_hosts(plan)
    asked = openings(plan, now=now, first=start, end=start + 1)
    until = last_moment(asked, start, now, now + timedelta(minutes=calendar.waitlist_hold))
    if until is None:
        let_go(calendar_id=calendar_id, start=start, even_waited_for=True)
        return 0
    rows = list(line.filter(end_min=start + plan.rules.duration).select_for_update().order_by("created_at", "id"))
    free = asked.unheld()[start] - asked.held.get(start, Held()).seats
    chosen = next_in_line([(str(row.id), row.seats) for row in rows if only in (None, row.id)], free)
    for row in rows:
        if str(row.id) in chosen:
            record_many([_hand_over(calendar, row, until, actor, now)])
    return len(chosen)


def _hand_over(calendar: Calendar, entry: WaitlistEntry, until: datetime, actor: Actor, now: datetime) -> Draft:
    """Make the link and keep the seats for it; whoever cannot be written to is out of the line."""
    contact = Contact.objects.get(id=entry.contact_id)
    if not contact.email:
        return end(entry, "expired", SYSTEM, now)
    link = issue(
        account=calendar.account,
        calendar=calendar,
        actor=actor,
        now=now,
        contact=contact,
        contact_policy="refuse",
        expires_at=until,
        offered=[(entry.start_min, entry.end_min)],
        source_kind="waitlist",
        source_id=str(entry.id),
        special={"seats": entry.seats},
    )
    SeatHold.objects.create(
        link_id=link.id, calendar=calendar, start_min=entry.start_min, end_min=entry.end_min, seats=entry.seats,
        until=until,
    )  # fmt: skip
    entry.status, entry.link_id, entry.updated_at = "offered", link.id, now
    entry.save(update_fields=["status", "link_id", "updated_at"])
    settle_offer.using(run_after=until, account_id=entry.account_id).enqueue(link_id=str(link.id))
    return event_of(entry, "waitlist.offered", actor, now)


def last_moment(asked: Openings, start: int, now: datetime, latest: datetime) -> datetime | None:
    """Until when an offer of `start` can be taken up: `latest`, the start, or when the calendar's notice begins. None if
    it is too late already."""

    def bookable(at: datetime) -> bool:
        return start in replace(asked, request=replace(asked.request, now=at)).unheld()

    low, high = now, min(latest, from_min(start))
    if high < now + MINUTE or not bookable(now):
        return None
    if bookable(high - MINUTE):
        return high
    while high - low > MINUTE:
        middle = low + (high - low) / 2
        low, high = (middle, high) if bookable(middle) else (low, middle)
    return low if low > now else None


def settle(*, link_id: UUID, now: datetime) -> None:
    """End an offer whose link no longer books, and make the next one; one that was extended is kept as long."""
    retrying(lambda: _settle(link_id, now))


@task(queue="events", name="admitone.links.tasks.settle_offer")
def settle_offer(*, link_id: str, now: datetime) -> None:
    """The moment at which the link of an offer expires."""
    settle(link_id=UUID(link_id), now=now)


@transaction.atomic
def _settle(link_id: UUID, now: datetime) -> None:
    link = OneTimeLink.objects.select_for_update().filter(id=link_id).first()
    entry = WaitlistEntry.objects.select_for_update().filter(link_id=link_id, status="offered").first()
    if entry is None:
        SeatHold.objects.filter(link_id=link_id).delete()
        return
    state = status(facts(link), now) if link else "deleted"
    if state == "active" and link and entry.start_min > to_min_floor(now):
        until = min(link.expires_at or from_min(entry.start_min), from_min(entry.start_min))
        if SeatHold.objects.filter(link_id=link_id).exclude(until=until).update(until=until):
            settle_offer.using(run_after=until, account_id=entry.account_id).enqueue(link_id=str(link_id))
        return
    record_many([end(entry, "booked" if state == "used" else "expired", SYSTEM, now)])
    offer_next(calendar_id=entry.calendar_id, start=entry.start_min, now=now)


def taken_up(link_id: UUID, actor: Actor, now: datetime, booking: UUID) -> list[Draft]:
    """The link of an offer has booked: its seats are sold now and kept no more. In the redemption's transaction."""
    entry = WaitlistEntry.objects.select_for_update().filter(link_id=link_id).first()
    if entry is None or entry.status == "booked":
        return []
    told = end(entry, "booked", actor, now)
    return [replace(told, facts={**told.facts, "booking": str(booking)})]


@transaction.atomic
def withdraw(*, link_id: UUID, actor: Actor, now: datetime) -> None:
    """Close the link of somebody who left the line; nothing if it has booked."""
    link = OneTimeLink.objects.select_related("account").filter(id=link_id, uses=0, deleted_at=None).first()
    if link is not None:
        revoke(account=link.account, link_id=link_id, actor=actor, now=now)


def due(now: datetime) -> list[UUID]:
    """Links of offers that are to be settled, the longest overdue first."""
    return list(SeatHold.objects.filter(until__lte=now).order_by("until").values_list("link_id", flat=True)[:BATCH])


def lines(now: datetime, calendar_id: UUID | None = None) -> list[tuple[UUID, int]]:
    """Times ahead that somebody waits for: (calendar, start)."""
    rows = WaitlistEntry.objects.filter(status="waiting", start_min__gt=to_min_floor(now))
    rows = rows.filter(calendar=calendar_id) if calendar_id else rows
    return list(rows.order_by("start_min").values_list("calendar_id", "start_min").distinct()[:BATCH])


@transaction.atomic
def close_past(now: datetime) -> int:
    """Nobody waits for a time that has begun; how many there were."""
    rows = WaitlistEntry.objects.select_for_update().filter(status__in=WAITING, start_min__lte=to_min_floor(now))
    entries = list(rows.order_by("start_min", "id")[:BATCH])
    record_many([end(entry, "expired", SYSTEM, now) for entry in entries])
    return len(entries)
