"""What one link agrees on otherwise than its calendar, laid over the calendar's plan: page, slots and booking read the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from admitone.links.models import OneTimeLink
from admitone.logic.calendars import clean_https
from admitone.logic.plan import CalendarPlan
from admitone.logic.wishes import with_terms


def agreed(link: OneTimeLink, plan: CalendarPlan) -> CalendarPlan:
    """The plan as the link's guest sees and books it: length, host, place and largest party are the link's.

    Without a word about the party one place can be booked, whatever the calendar allows.
    """
    if terms := lasting(link):
        plan = with_terms(plan, terms)
    if link.location:
        plan = replace(plan, location_kind=place_kind(link.location), location=link.location)
    if plan.type.seated and plan.max_party != link.seats:
        plan = replace(plan, max_party=link.seats)
    return plan


def lasting(link: OneTimeLink) -> dict[str, Any]:
    """What an appointment keeps when its guest moves it: `duration` in minutes, `host` as an id."""
    found = {"duration": link.duration, "host": str(link.host_id) if link.host_id else None}
    return {name: value for name, value in found.items() if value}


def place_kind(location: str) -> str:
    """A link's own place is a video room if it is a web address."""
    try:
        clean_https(location)
    except ValueError:
        return "address"
    return "video"


def special_of(link: OneTimeLink) -> dict[str, Any]:
    """The link's own terms as `special_terms` takes them, for another link like it."""
    own = {**lasting(link), "location": link.location}
    own |= {"seats": link.seats if link.seats > 1 else None, "series": link.series if link.series > 1 else None}
    return {name: value for name, value in own.items() if value}
