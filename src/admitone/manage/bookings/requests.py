"""What the pages show of requests: the question to its host, and in the list who may answer it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from admitone.booking.models import Booking
from admitone.booking.requests import in_the_way, together
from admitone.logic.clock import from_min, to_min_floor
from admitone.manage.bookings import reading
from admitone.manage.bookings.forms import DeclineForm
from admitone.manage.context import AccountRequest


def question(booking: Booking, *, may_change: bool = True) -> dict[str, Any]:
    """For the page of a request; nothing for an appointment that is none."""
    if booking.status != "pending":
        return {}
    minute = to_min_floor(timezone.now())
    return {
        "decline_form": DeclineForm(),
        "can_answer": may_change,
        "can_approve": may_change and booking.start_min > minute,
        "in_the_way": [(one.kind, from_min(one.start_min), from_min(one.end_min)) for one in in_the_way(booking)],
        "answered_with": len(together(booking)) - 1,
    }


def answerable(request: AccountRequest, rows: Iterable[Booking]) -> set[UUID]:
    """The calendars whose requests among the rows the person may answer; no statement if there are none."""
    asked = {row.calendar_id for row in rows if row.status == "pending"}
    return set(reading.bookable(request).filter(id__in=asked).values_list("id", flat=True)) if asked else set()
