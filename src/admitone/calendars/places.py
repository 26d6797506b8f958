"""Where an appointment takes place: what a calendar may say about it, and the place of one appointment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from admitone.calendars.models import Calendar, Host
from admitone.calendars.rooms import room_providers
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan

FIELDS = ("location_kind", "location", "room_provider")
#: Kinds whose place is an address on the web, chosen by the owner alone.
ONLINE = ("video", "host", "room")


def checked(calendar: Calendar, cleaned: dict[str, Any], hosts: Mapping[UUID, str] | None = None) -> dict[str, Any]:
    """The cleaned fields, their place held to what its kind needs; `hosts` maps hosts to their rooms, by default the
    calendar's own. Problem("invalid")."""
    if not set(FIELDS) & set(cleaned):
        return cleaned
    kind, location, provider = (cleaned.get(name, getattr(calendar, name)) for name in FIELDS)
    if kind == "room":
        return {**cleaned, "location": room_address(provider, location)}
    if kind == "host" and not location and not any((rooms_of(calendar) if hosts is None else hosts).values()):
        sentence = "No host has a video room yet. Enter one on a host's page, or an address for those without."
        raise Problem("invalid", fields={"location": sentence})
    return cleaned


def room_address(provider: str, location: str) -> str:
    """The owner's pattern as its provider wants it. Problem("invalid")."""
    found = room_providers().get(provider)
    if found is None:
        raise Problem("invalid", fields={"room_provider": f"Choose one of: {', '.join(room_providers())}."})
    try:
        return found.check(location)
    except ValueError as error:
        raise Problem("invalid", fields={"location": str(error)}) from error


def rooms_of(calendar: Calendar) -> dict[UUID, str]:
    return dict(Host.objects.filter(calendar_hosts__calendar=calendar).values_list("id", "video_url"))


def place_of(plan: CalendarPlan, host_id: UUID | str, booking_id: UUID, *, said: str = "", instead: str = "") -> str:
    """The place of one appointment: `instead` comes from a link's own terms, `said` from the guest. "" if there is none.

    A provider that is gone gives no room: the booking stands, and its host has to tell the guest.
    """
    if instead:
        return instead
    if plan.location_kind == "ask":
        return said
    if plan.location_kind == "host":
        return next((host.video_url for host in plan.hosts if host.id == str(host_id)), "") or plan.location
    if plan.location_kind == "room":
        provider = room_providers().get(plan.room_provider)
        return provider.room(plan.location, booking_id) if provider else ""
    return plan.location


def moved_place(plan: CalendarPlan, booking: Any, old_host: UUID, new_host: UUID) -> str:
    """Where the appointment is when another host takes it: their room, unless it was agreed on elsewhere."""
    if booking.location_kind != "host" or booking.location != place_of(plan, old_host, booking.id):
        return str(booking.location)
    return place_of(plan, new_host, booking.id)
