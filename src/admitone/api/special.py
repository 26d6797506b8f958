"""What links do otherwise than their calendar, one by one or in batches."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictInt

from admitone.api.fields import Body, Reference, Text
from admitone.links.services.special import NAMES
from admitone.logic.calendars import DAY, MAX_SERIES
from admitone.logic.party import MAX_PARTY


class OwnTerms(Body):
    """Terms of a link alone."""

    duration: Annotated[StrictInt, Field(ge=1, le=DAY, description="Minutes, instead of the calendar's.")] | None = None
    host: Annotated[Reference, Field(description="Id: of a round robin only this host.")] | None = None
    location: Annotated[Text, Field(max_length=500, description="Instead of the calendar's.")] = ""
    seats: Annotated[StrictInt, Field(ge=1, le=MAX_PARTY, description="The largest party.")] = 1
    series: Annotated[StrictInt, Field(ge=1, le=MAX_SERIES, description="The longest series.")] = 1

    def special(self) -> dict[str, Any]:
        """What was said, as links.services.special takes it."""
        return {name: getattr(self, name) for name in NAMES if name in self.model_fields_set}
