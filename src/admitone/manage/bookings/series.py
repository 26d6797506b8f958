"""The other appointments of a series, beside one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from admitone.booking.models import Booking
from admitone.booking.services.changing import ACTIVE
from admitone.booking.services.series import series_of
from admitone.logic.bookings import shown_status
from admitone.logic.clock import from_min, to_min_floor


@dataclass(frozen=True, slots=True)
class Date:
    """`status` is the one that people read; `here` is the appointment whose page this is."""

    booking: Booking
    start: datetime
    status: str
    here: bool


@dataclass(frozen=True, slots=True)
class Series:
    """`following`: how many after this one still take place."""

    dates: list[Date]
    following: int
    zone: str


def rows_of(booking: Booking, zone: str) -> Series | None:
    """None for a single appointment."""
    if booking.series_id is None:
        return None
    minute = to_min_floor(timezone.now())
    rows = series_of(booking.account_id, booking.series_id)
    dates = [
        Date(one, from_min(one.start_min), shown_status(one.status, one.end_min, minute), one.id == booking.id)
        for one in rows
    ]
    later = [one for one in rows if one.start_min > booking.start_min and one.status in ACTIVE]
    return Series(dates, len(later), zone)
