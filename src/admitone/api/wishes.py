"""What is wanted beside the time: how long it takes, how many places, who comes along."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictInt

from admitone.api.fields import Body, Email, Name
from admitone.api.series import Repetition
from admitone.api.windows import Window
from admitone.logic.calendars import DAY
from admitone.logic.errors import Problem
from admitone.logic.party import MAX_PARTY, clean_party
from admitone.logic.plan import CalendarPlan
from admitone.logic.series import Repeat
from admitone.logic.wishes import for_length


class Attendee(Body):
    """Another one of the party."""

    name: Name = ""
    email: Email = ""


class Wishes(Body):
    """What a booking may say of its length, party and repetition."""

    duration: Annotated[StrictInt, Field(ge=1, le=DAY)] | None = Field(
        None, description="Minutes, one of the calendar's lengths; default: its first."
    )
    party: Annotated[StrictInt, Field(ge=1, le=MAX_PARTY)] = Field(
        1, description="Places of a class or an event, the guest's own among them."
    )
    guests: Annotated[list[Attendee], Field(max_length=MAX_PARTY)] = Field([], description="The others of the party.")
    repeat: Repetition | None = Field(None, description="Book a series, all of it or nothing.")


class WishedWindow(Window):
    """Times for a length and a party."""

    duration: Annotated[int, Field(ge=1, le=DAY)] | None = Field(
        None, description="Minutes, one of the calendar's lengths; default: its first."
    )
    party: Annotated[int, Field(ge=1, le=MAX_PARTY)] = Field(1, description="Places wanted in a class or an event.")

    def of(self, plan: CalendarPlan) -> CalendarPlan:
        """The plan for the wished length. Problem("invalid") for a length or a party that it does not have."""
        try:
            clean_party(self.party, plan.max_party)
        except ValueError as error:
            raise Problem("invalid", fields={"party": str(error)}) from error
        return for_length(plan, self.duration)


def repeat_of(payload: Wishes) -> Repeat | None:
    return payload.repeat.wanted() if payload.repeat else None


def party_of(payload: Wishes) -> dict[str, Any]:
    """Party and companions as logic.bookings.clean_guest takes them; nothing for one who comes alone."""
    return payload.model_dump(include={"party", "guests"}, exclude_defaults=True)
