"""Reads of what is taken and what is open; the page, the API and the booking itself ask the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.busy import FRESH_FOR, window
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.identity import zone
from admitone.logic.plan import CalendarPlan
from admitone.logic.ranges import limits
from admitone.logic.slots import EARLIEST, LATEST, Busy, Reason, Request, find_slots, nearest, reasons
from admitone.logic.tokens import MANAGE

#: Buffers are at most 12 hours and two of them may add up, so a booking bars no start further away (minutes).
REACH = 24 * 60
#: `packed` grids begin after busy time, wherever in the open span that lies.
PACKED_REACH = 33 * 24 * 60
COUNTED = ("pending", "confirmed", "completed", "no_show")

TAKEN = """
SELECT o.start_min, o.end_min, 'booking', o.buffer_before, o.buffer_after FROM booking_occupancy o
WHERE o.host_id IN ({hosts}) AND o.end_min > %s AND o.start_min < %s {without}
UNION ALL
SELECT b.start_min, b.end_min, 'external', 0, 0 FROM calendars_busyblock b
WHERE b.host_id IN ({hosts}) AND b.end_min > %s AND b.start_min < %s"""
#: A source that cannot be read blocks all of its host's time, one that can what lies beyond the days it was read for (P8).
UNREADABLE = """
UNION ALL
SELECT CASE WHEN {stale} THEN 0 ELSE {known} END, {end}, 'unreadable', 0, 0
FROM calendars_busysource s WHERE s.host_id IN ({hosts})"""
#: Booking trusts a source for five minutes; a page, which refreshes nothing, trusts one that did not fail.
STALE = "(s.fetched_at IS NULL OR s.fetched_at < %s)"
FAILED = "(s.fetched_at IS NULL OR s.fetched_at < %s) AND (s.fetched_at IS NULL OR s.error <> '')"
FOR_EVER = 10**9
WITHOUT = "AND o.session_id NOT IN (SELECT t.session_id FROM booking_seat t WHERE t.booking_id = %s)"


def db_id(value: UUID | str) -> Any:
    """An id as raw SQL parameters want it: 32 hex digits on SQLite, a UUID on PostgreSQL."""
    key = value if isinstance(value, UUID) else UUID(value)
    return key.hex if connection.vendor == "sqlite" else key


def taken(
    host_ids: Iterable[UUID | str],
    first: int,
    end: int,
    *,
    now: datetime | None = None,
    booking: bool = False,
    exclude_booking: UUID | None = None,
) -> list[Busy]:
    """What blocks these hosts in [first, end) epoch minutes, with the reach of buffers: one statement.

    With `now`, hosts whose busy sources cannot be read are blocked throughout; `booking` asks for fresh sources.
    """
    hosts = [db_id(host) for host in host_ids]
    if not hosts:
        return []
    low, high = first - REACH, end + REACH
    without, excluded = (WITHOUT, [db_id(exclude_booking)]) if exclude_booking else ("", [])
    sql, params = TAKEN, [*hosts, low, high, *excluded, *hosts, low, high]
    if now is not None:
        sql += UNREADABLE.replace("{stale}", STALE if booking else FAILED).replace("{end}", str(FOR_EVER))
        params += [connection.ops.adapt_datetimefield_value(now - FRESH_FOR), *hosts]
    known = 0 if now is None else window(now - FRESH_FOR)[1]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(hosts=", ".join(["%s"] * len(hosts)), without=without, known=known), params)
        return [Busy(*row) for row in cursor.fetchall()]


def day_counts(
    calendar_id: UUID | str, first: date, last: date, *, exclude_booking: UUID | None = None
) -> dict[date, int]:
    """Bookings of the calendar per host-local date, for its limits."""
    rows = Booking.objects.filter(calendar_id=calendar_id, local_date__range=(first, last), status__in=COUNTED)
    if exclude_booking:
        rows = rows.exclude(id=exclude_booking)
    return dict(rows.values_list("local_date").annotate(Count("id")))


def local_day(plan: CalendarPlan, minute: int) -> date:
    """The date of an instant on the schedule's wall clock."""
    return from_min(minute).astimezone(zone(plan.schedule.timezone)).date()


@dataclass(frozen=True, slots=True)
class Openings:
    """The question a page or a booking asks of a calendar, and what is in its way."""

    plan: CalendarPlan
    busy: Sequence[Busy]
    request: Request

    def slots(self) -> list[int]:
        return find_slots(self.plan.schedule, self.plan.rules, self.busy, self.request)

    def nearest(self, wanted: int, count: int = 3) -> list[int]:
        return nearest(self.slots(), wanted, count)

    def reasons(self, start: int) -> list[Reason]:
        return reasons(self.plan.schedule, self.plan.rules, self.busy, self.request, start)


def openings(
    plan: CalendarPlan,
    *,
    now: datetime,
    first: int,
    end: int,
    offered: Sequence[Sequence[int]] | None = None,
    booking: bool = False,
    exclude_booking: UUID | None = None,
) -> Openings:
    """Everything needed to tell which starts in [first, end) are open: one statement, two with a per-day limit."""
    first, end = (min(max(minute, EARLIEST), LATEST) for minute in (first, end))
    reach = plan.rules.duration
    strict = now if plan.busy_policy == "block" else None
    hosts = [host.id for host in plan.hosts]
    since = first - PACKED_REACH if plan.rules.alignment == "packed" else first
    busy = taken(hosts, since, end + reach, now=strict, booking=booking, exclude_booking=exclude_booking)
    counts: Mapping[date, int] = {}
    if (days := counted_days(plan, first, end)) is not None:
        counts = day_counts(plan.calendar_id, *days, exclude_booking=exclude_booking)
    spans = None if offered is None else tuple((int(s), int(e)) for s, e in offered)
    return Openings(plan, busy, Request(first, end, now, spans, counts))


def counted_days(plan: CalendarPlan, first: int, end: int) -> tuple[date, date] | None:
    """The dates whose bookings the calendar's limits count for starts in [first, end); None without limits."""
    spans = [days_of(local_day(plan, minute)) for _, days_of, _ in limits(plan.rules) for minute in (first, end)]
    days = [day for span in spans for day in (span.start, span.stop - 1)]
    return (date.fromordinal(min(days)), date.fromordinal(max(days))) if days else None


def open_slots(
    plan: CalendarPlan,
    *,
    now: datetime,
    first: int,
    end: int,
    offered: Sequence[Sequence[int]] | None = None,
    exclude_booking: UUID | None = None,
) -> list[int]:
    """Bookable start minutes in [first, end), ascending; none of a paused calendar."""
    if not plan.active:
        return []
    return openings(plan, now=now, first=first, end=end, offered=offered, exclude_booking=exclude_booking).slots()


def listing(
    account: Account,
    *,
    calendar: UUID | None = None,
    status: str | None = None,
    contact: UUID | None = None,
    first: int | None = None,
    end: int | None = None,
) -> QuerySet[Booking]:
    """The account's bookings, filtered; those that start in [first, end) epoch minutes."""
    wanted = {"calendar_id": calendar, "status": status, "contact_id": contact, "start_min__gte": first}
    rows = Booking.objects.filter(account=account).select_related("host")
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return rows if end is None else rows.filter(start_min__lt=end)


def contacts_ahead(account: Account, now: datetime) -> QuerySet[Booking, Any]:
    """Ids of contacts with an appointment that is not over yet, for a filter."""
    rows = Booking.objects.filter(account=account, status__in=("pending", "confirmed"), end_min__gt=to_min_floor(now))
    return rows.order_by().values("contact_id")


@dataclass(frozen=True, slots=True)
class Managed:
    booking: Booking
    plan: CalendarPlan


def by_manage_token(token: str) -> Managed | None:
    """The booking behind a manage link, with its calendar's plan (one statement); None for anything else.

    A deleted calendar's plan is paused: the appointment stands, but cannot be moved.
    """
    booking_id = keyring().verify(MANAGE, token)
    if booking_id is None:
        return None
    booking = Booking.objects.select_related("calendar", "account", "host").filter(id=booking_id).first()
    if booking is None:
        return None
    plan = booking.calendar.compiled
    return Managed(booking, replace(plan, active=False) if booking.calendar.deleted_at else plan)
