"""Requests and their answers: approved, declined, or left without an answer. Of answers at the same moment one counts; a
series is answered as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from admitone.booking.models import Booking
from admitone.booking.retrying import retrying
from admitone.booking.services.rows import locked, reason_of, save, shared, tell
from admitone.booking.services.taking import release
from admitone.events import SYSTEM, Actor
from admitone.events.models import Event
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NO_ANSWER = "no_answer"


def confirm(*, account_id: UUID, booking_id: UUID, actor: Actor, now: datetime) -> Booking:
    """Approve a request, also late, but not once it has begun; an appointment that stands already is no change."""
    return retrying(lambda: _confirm(account_id, booking_id, actor, now))


@transaction.atomic
def _confirm(account_id: UUID, booking_id: UUID, actor: Actor, now: datetime) -> Booking:
    booking = locked(account_id, booking_id)
    minute = to_min_floor(now)
    if booking.status == "confirmed":
        return booking
    if booking.status != "pending" or booking.start_min <= minute:
        raise Problem("booking_not_active", "This request was declined or withdrawn, or its time has begun.")
    ahead = [one for one in _together(booking) if one.start_min > minute]
    facts = shared(ahead)
    for one in ahead:
        _approve(one, actor, now, facts.get(one.id, {}))
    return booking


def _approve(booking: Booking, actor: Actor, now: datetime, facts: dict[str, Any]) -> None:
    booking.status, booking.answer_by = "confirmed", None
    booking.sequence += 1
    save(booking, now, "status", "answer_by", "sequence")
    again = {"again": True} if _stood_before(booking) else {}
    tell(booking, "booking.confirmed", actor, now, **again, **facts)


def decline(
    *, account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, reason: str = "", by: str = "host"
) -> Booking:
    """Turn a request down and free its time; one that was declined already is no change."""
    return retrying(lambda: _decline(account_id, booking_id, actor, now, reason, by))


@transaction.atomic
def _decline(account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, reason: str, by: str) -> Booking:
    booking = locked(account_id, booking_id)
    if booking.status == "declined":
        return booking
    if booking.status != "pending":
        raise Problem("booking_not_active", "This is no request any more: it was approved or withdrawn.")
    words = reason_of(reason)
    both = _together(booking)
    facts = shared(both)
    for one in both:
        _turn_down(one, actor, now, by=by, reason=words, why="answer", facts=facts.get(one.id))
    return booking


def decline_unanswered(*, now: datetime, limit: int = 100) -> int:
    """Decline up to `limit` requests that nobody answered in time, or whose time has begun; how many there were."""
    return retrying(lambda: _decline_unanswered(now, limit))


@transaction.atomic
def _decline_unanswered(now: datetime, limit: int) -> int:
    rows = Booking.objects.select_for_update(
        of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked
    )
    late = list(rows.filter(status="pending", answer_by__lte=now).order_by("answer_by", "id")[:limit])
    series = {one.series_id for one in late if one.series_id}
    rest = Booking.objects.select_for_update(of=("self",)).filter(status="pending", series_id__in=series)
    found = {one.id: one for one in [*late, *rest.order_by("id")]}
    facts = {k: v for key in series for k, v in shared([b for b in found.values() if b.series_id == key]).items()}
    for booking in found.values():
        _turn_down(booking, SYSTEM, now, by="system", why=NO_ANSWER, facts=facts.get(booking.id))
    return len(late)


def _together(booking: Booking) -> list[Booking]:
    """The request and, locked too, what else is pending of its series, in time: a series is one request."""
    if booking.series_id is None:
        return [booking]
    rows = Booking.objects.select_for_update(of=("self",)).filter(series_id=booking.series_id, status="pending")
    others = rows.filter(account_id=booking.account_id).exclude(id=booking.id).order_by("id")
    return sorted([booking, *others], key=lambda one: (one.start_min, one.id))


def _turn_down(
    booking: Booking,
    actor: Actor,
    now: datetime,
    *,
    by: str,
    why: str,
    reason: str = "",
    facts: dict[str, Any] | None = None,
) -> None:
    release(booking)
    values: dict[str, Any] = {
        "status": "declined",
        "cancelled_at": now,
        "cancelled_by": by,
        "cancel_reason": reason,
        "answer_by": None,
        "sequence": booking.sequence + 1,
    }
    for name, value in values.items():
        setattr(booking, name, value)
    save(booking, now, *values)
    tell(booking, "booking.declined", actor, now, by=by, why=why, **(facts or {}))


def _stood_before(booking: Booking) -> bool:
    """Was it confirmed once already, before its guest asked for another time?"""
    told = Event.objects.filter(account_id=booking.account_id, subject_kind="booking", subject_id=booking.id)
    return any(
        kind == "booking.confirmed" or (kind == "booking.created" and facts.get("status") == "confirmed")
        for kind, facts in told.values_list("kind", "facts")
    )
