"""Appointments that repeat, in requests and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictInt

from admitone.accounts.addresses import manage_url
from admitone.api.fields import Body, Id, Times, Url
from admitone.api.windows import times
from admitone.booking.services.series import series_of
from admitone.logic.calendars import MAX_SERIES
from admitone.logic.series import Repeat


class Repetition(Body):
    """A series: `count` appointments in all, at the same time of the day on the calendar's clock. `month` is the same
    weekday of each month (the second Tuesday); a fifth one is the last."""

    every: Literal["week", "two_weeks", "month"]
    count: Annotated[StrictInt, Field(ge=2, le=MAX_SERIES)]

    def wanted(self) -> Repeat:
        return Repeat(self.every, self.count)


class Dated(Times):
    """One appointment of a series."""

    id: Id
    n: Annotated[int, Field(description="Its place, from 1.")]
    status: str
    manage_url: Url


def dates_of(account_id: UUID | str, series_id: UUID | None) -> list[dict[str, Any]]:
    """Every appointment of a series as the answer shows it; none of a single one."""
    rows = series_of(UUID(str(account_id)), series_id) if series_id else []
    return [
        {
            **times(one.start_min, one.end_min),
            "id": str(one.id),
            "n": one.series_n,
            "status": one.status,
            "manage_url": manage_url(one.id),
        }
        for one in rows
    ]
