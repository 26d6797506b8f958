"""What happens on waiting lists. The place's values are read when they are needed, as those of appointments are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.logic.clock import to_min_ceil
from admitone.workflows.filters import CalendarTrigger
from admitone.workflows.models import Enrollment
from admitone.workflows.registry import trigger

WEEK, HALF_HOUR = 7 * 24 * 60, 30


class WaitingListTrigger(CalendarTrigger):
    category = _("Waiting lists")
    provides = frozenset({"waitlist", "calendar"})

    @classmethod
    def given(cls, noun: str, enrollment: Enrollment) -> Mapping[str, Any]:
        return enrollment.cause_facts if "entry" in enrollment.cause_facts else example(enrollment)


def example(enrollment: Enrollment) -> Mapping[str, Any]:
    """What a test run is given: one place, at a full hour in a week."""
    start = to_min_ceil(enrollment.created_at) // 60 * 60 + WEEK
    return {"start_min": start, "end_min": start + HALF_HOUR, "seats": 1}


@trigger("waitlist.joined")
class Joined(WaitingListTrigger):
    """Somebody waits for a full time."""

    label = _("Waiting list joined")
    events = ("waitlist.joined",)


@trigger("waitlist.offered")
class Offered(WaitingListTrigger):
    """A place became free and is kept for them; the one-time link is the one that books it."""

    label = _("Place of a waiting list offered")
    events = ("waitlist.offered",)
    provides = WaitingListTrigger.provides | {"one_time_link"}


@trigger("waitlist.booked")
class Accepted(WaitingListTrigger):
    """They took up the offer."""

    label = _("Offered place booked")
    events = ("waitlist.booked",)
    provides = WaitingListTrigger.provides | {"one_time_link", "appointment"}


@trigger("waitlist.expired")
class Expired(WaitingListTrigger):
    """They let the offer pass, or the time began without one."""

    label = _("Offered place not taken")
    events = ("waitlist.expired",)


@trigger("waitlist.left")
class Left(WaitingListTrigger):
    """They gave their place up, or were taken off the list."""

    label = _("Waiting list left")
    events = ("waitlist.left",)
