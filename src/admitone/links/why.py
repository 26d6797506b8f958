"""Why is this time missing? One question about a start of a calendar, also through one of its links; page and API ask alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.booking import queries as booking
from admitone.calendars.models import Calendar
from admitone.links.models import OneTimeLink
from admitone.links.queries import state_of, token_in
from admitone.links.terms import agreed
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.openings import Openings
from admitone.logic.party import MAX_PARTY
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import Reason
from admitone.logic.wishes import for_length

WEEK = 7 * 1440
RELATED = ("calendar", "group")


@dataclass(frozen=True, slots=True)
class Question:
    """A start (epoch minute) for `party` places, on the calendar's plan or as a link lays its own terms over it."""

    plan: CalendarPlan
    start: int
    now: datetime
    party: int = 1
    link: OneTimeLink | None = None

    @property
    def state(self) -> str:
        """The link's, "active" without one."""
        return state_of(self.link, self.now) if self.link else "active"

    def openings(self, first: int, end: int) -> Openings:
        link = self.link
        return booking.openings(
            self.plan,
            now=self.now,
            first=first,
            end=end,
            offered=link.offered if link else None,
            party=self.party,
            link=link.id if link else None,
        )

    def reasons(self) -> list[Reason]:
        """Every reason against the start, the weightiest first; empty if it can be booked."""
        found = self.openings(self.start, self.start + 1).reasons(self.start)
        closed = [] if self.state in ("active", "paused") else [Reason("LINKCLOSED", detail=self.state)]
        paused = [] if self.plan.active else [Reason("PAUSED")]
        return [*closed, *paused, *found]

    def nearest(self) -> list[int]:
        """Up to three open starts within a week on either side; none of what is paused or closed."""
        first, end = max(self.start - WEEK, to_min_floor(self.now)), self.start + WEEK
        if first >= end or not self.plan.active or self.state != "active":
            return []
        return self.openings(first, end).nearest(self.start)


def ask(
    account: Account,
    calendar: Calendar,
    start: int,
    *,
    now: datetime,
    link: str = "",
    duration: int | None = None,
    party: int = 0,
) -> Question:
    """`link` is an address, a token or an id; without `party` the link's places, else one.

    Raises Problem("invalid") at `link`, `duration` or `party`.
    """
    row = _link(account, calendar, link) if link.strip() else None
    plan = agreed(row, calendar.compiled) if row else calendar.compiled
    if not 0 <= party <= MAX_PARTY:
        raise Problem("invalid", fields={"party": _("That is no number of places.")})
    return Question(for_length(plan, duration), start, now, party or (row.seats if row else 1), row)


def _link(account: Account, calendar: Calendar, text: str) -> OneTimeLink:
    key = token_in(text) or as_uuid(text.strip())
    rows = OneTimeLink.objects.filter(account=account).select_related(*RELATED)
    row = rows.filter(id=key).first() if key else None
    if row is None:
        raise Problem("invalid", fields={"link": _("That is none of your one-time links.")})
    leads_here = row.group_id == calendar.group_id if row.group_id else row.calendar_id == calendar.id
    if not leads_here:
        raise Problem("invalid", fields={"link": _("That link does not lead to this calendar.")})
    return row
