"""A series is one letter to each side, with all its dates; the events of its other appointments tell nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from admitone.events.models import Event
from admitone.logic import ics
from admitone.messaging import queries as messaging
from admitone.notifications.appointments import Appointment


def told_elsewhere(event: Event) -> bool:
    """Is this told in the letter of another appointment of the series?"""
    return bool(event.facts.get("told_with"))


def method_of(one: Appointment, method: ics.Method | None) -> ics.Method | None:
    """An invitation is about one appointment (RFC 5546 section 3.2.2); several at once are published."""
    return "PUBLISH" if one.others and method == "REQUEST" else method


def calendar_file(
    one: Appointment,
    invite: Callable[[Appointment, tuple[str, str]], ics.Invite],
    method: ics.Method | None,
    now: datetime,
) -> str:
    """The file with every date, "" without a method."""
    if method is None:
        return ""
    sender = messaging.sender(one.booking.account)
    return ics.invites([invite(each, sender) for each in (one, *one.others)], method=method, now=now)
