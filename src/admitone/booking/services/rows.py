"""One booking's row while it changes: locked, written, told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from admitone.booking.models import Booking
from admitone.booking.services.reserving import facts_of
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_text


def locked(account_id: UUID, booking_id: UUID) -> Booking:
    """The row, locked until the transaction ends, with its calendar. Problem("not_found")."""
    rows = Booking.objects.select_for_update(of=("self",)).select_related("calendar")
    booking = rows.filter(id=booking_id, account_id=account_id).first()
    if booking is None:
        raise Problem("not_found")
    return booking


def reason_of(text: str) -> str:
    """Cleaned words of at most 1,000 characters. Problem("invalid")."""
    try:
        return clean_text(text, 1000)
    except ValueError as error:
        raise Problem("invalid", fields={"reason": str(error)}) from error


def save(booking: Booking, now: datetime, *names: str) -> None:
    booking.updated_at = now
    booking.save(update_fields=[*(name.removesuffix("_id") for name in names), "updated_at"])


def shared(bookings: Sequence[Booking]) -> dict[UUID, dict[str, Any]]:
    """Facts of what happens to several appointments of a series at once, which is one letter: the event of the first
    names all of them (`together`), the others name the first (`told_with`). Nothing for one alone."""
    if len(bookings) < 2:
        return {}
    ids = [one.id for one in sorted(bookings, key=lambda one: (one.start_min, one.id))]
    others: dict[UUID, dict[str, Any]] = {key: {"told_with": str(ids[0])} for key in ids[1:]}
    return {ids[0]: {"together": [str(key) for key in ids]}, **others}


def hushed(quiet: bool) -> dict[str, bool]:
    """The fact by which an event's handlers leave the guest alone."""
    return {"quiet": True} if quiet else {}


def tell(booking: Booking, kind: str, actor: Actor, now: datetime, **more: Any) -> None:
    """Record the event with the booking's ids and states and `more`."""
    record(
        account_id=booking.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="booking",
        subject_id=booking.id,
        facts=facts_of(booking, **more),
    )
