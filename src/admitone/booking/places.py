"""The place of a booking as its readers may see it."""

from __future__ import annotations

from admitone.booking.models import Booking
from admitone.calendars.places import ONLINE

#: Of a calendar whose address is told after booking: a request has not been booked yet, and may never be.
BOOKED = ("confirmed", "completed", "no_show")


def place_for_guest(booking: Booking, *, hidden: bool) -> str:
    """The place, "" as long as the calendar keeps it from this guest."""
    return "" if hidden and booking.status not in BOOKED else booking.location


def web_address(booking: Booking) -> str:
    """The owner's own https address of the meeting, which may become a link; never what a guest typed."""
    own = booking.location_kind in ONLINE and booking.location.startswith("https://")
    return booking.location if own else ""


def plain_place(booking: Booking) -> str:
    """The place for a text: a guest's own words cannot become a link in it."""
    place = place_for_guest(booking, hidden=booking.calendar.location_hidden)
    return place.replace("://", " ") if booking.location_kind == "ask" else place
