"""Writes of bookings: reserve (inside a caller's transaction), book, cancel, reschedule, mark_no_show."""

from admitone.booking.services.booking import Booked, book, booked
from admitone.booking.services.changing import cancel, mark_no_show, reschedule
from admitone.booking.services.reserving import Wish, reserve

__all__ = ["Booked", "Wish", "book", "booked", "cancel", "mark_no_show", "reschedule", "reserve"]
