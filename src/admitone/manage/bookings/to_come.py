"""What a booking's guest, and others, will still be sent about it."""

from __future__ import annotations

from datetime import datetime

from admitone.booking.models import Booking
from admitone.manage.notices.receiving import Receipt, of_booking
from admitone.notifications import appointments


def to_come(booking: Booking, now: datetime) -> list[Receipt]:
    one = appointments.load(booking.id)
    return of_booking(one.booking.account, one.calendar, one, now) if one else []
