"""Writes of bookings: reserve (inside a caller's transaction), book, confirm, decline, cancel, reschedule, mark_no_show, complete."""

from admitone.booking.services.answering import confirm, decline, decline_unanswered
from admitone.booking.services.booking import Booked, book, booked
from admitone.booking.services.changing import cancel, mark_no_show, reschedule
from admitone.booking.services.completing import complete
from admitone.booking.services.hosts import remove_host
from admitone.booking.services.reserving import Wish, reserve
from admitone.booking.services.series import cancel_following

__all__ = [
    "Booked",
    "Wish",
    "book",
    "booked",
    "cancel",
    "cancel_following",
    "complete",
    "confirm",
    "decline",
    "decline_unanswered",
    "mark_no_show",
    "remove_host",
    "reschedule",
    "reserve",
]
