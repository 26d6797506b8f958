"""Book without a one-time link: scheduling link, permanent link, by hand, through the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.addresses import manage_url
from admitone.accounts.idempotency import Idempotency, claim, find
from admitone.booking.models import Booking
from admitone.booking.retrying import retrying
from admitone.booking.services.reserving import PlanChanged, Wish
from admitone.booking.services.series import reserve_all
from admitone.calendars.queries import plan_by_id
from admitone.calendars.services import refresh_stale
from admitone.events import Actor, record_many
from admitone.logic.bookings import GuestRequest
from admitone.logic.calendars import MAX_SERIES
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.plan import CalendarPlan
from admitone.logic.series import Repeat


@dataclass(frozen=True, slots=True)
class Booked:
    """The answer to a booking request; `replayed` when the same request had been answered before."""

    id: UUID
    start_min: int
    end_min: int
    status: str
    manage_url: str
    replayed: bool = False


def booked(booking: Booking, *, replayed: bool = False) -> Booked:
    url = manage_url(booking.id)
    return Booked(booking.id, booking.start_min, booking.end_min, booking.status, url, replayed)


def book(
    *,
    plan: CalendarPlan,
    start: int,
    guest: GuestRequest,
    source: str,
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
    metadata: Mapping[str, Any] | None = None,
    by_hand: bool = False,
    host: str = "",
    duration: int | None = None,
    repeat: Repeat | None = None,
    location: str = "",
) -> Booked:
    """Book `start` (epoch minute). `by_hand` lets the owner ignore hours and notice, never taken time; `host` is the
    guest's wish, where the calendar lets them choose, `duration` one of its lengths in minutes, `location` stands
    instead of the calendar's. With
    `repeat` it is the first of a series, which is booked as a whole: Problem series_conflict if it cannot be."""
    if not plan.active and not by_hand:
        if before := find(idempotency):
            return booked(Booking.objects.get(id=before), replayed=True)
        raise Problem("calendar_paused")
    refresh_stale(host_ids=[host.id for host in plan.hosts], now=now)
    wish = Wish(
        uuid7(), plan, start, guest, source, metadata=metadata or {}, by_hand=by_hand, host=host, duration=duration,
        location=location,
    )  # fmt: skip
    for _ in range(3):
        try:
            return retrying(lambda: _book(wish, idempotency, repeat, actor=actor, now=now))  # noqa: B023 - called at once
        except PlanChanged:
            wish = replace(wish, plan=_newer(plan))
    raise Problem("slot_unavailable")


def _newer(plan: CalendarPlan) -> CalendarPlan:
    """The plan as it is now; a calendar that was deleted, or opened to links only, is not there."""
    found = plan_by_id(UUID(plan.calendar_id))
    if found is None or (found.access == "one_time" and plan.access != "one_time"):
        raise Problem("not_found")
    return found


@transaction.atomic
def _book(wish: Wish, idempotency: Idempotency | None, repeat: Repeat | None, *, actor: Actor, now: datetime) -> Booked:
    before = claim(idempotency, kind="booking", resource_id=wish.booking_id, now=now)
    if before:
        return booked(Booking.objects.get(id=before), replayed=True)
    most = MAX_SERIES if wish.by_hand else wish.plan.series_max
    bookings, drafts = reserve_all(wish, repeat, most, actor=actor, now=now)
    record_many(drafts)
    return booked(bookings[0])
