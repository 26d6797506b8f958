"""Reads of what is taken and what is open; the page, the API and the booking itself ask the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.booking.holds import holds
from admitone.booking.models import TOGETHER, Booking, Seat
from admitone.calendars.busy import FRESH_FOR, window
from admitone.calendars.models import Host
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.identity import zone
from admitone.logic.kinds import SEATED, TEAMS
from admitone.logic.openings import Openings, OpenTime
from admitone.logic.plan import CalendarPlan
from admitone.logic.ranges import limits
from admitone.logic.slots import EARLIEST, LATEST, Busy, Request
from admitone.logic.teams import Seated, off_blocks
from admitone.logic.tokens import MANAGE
from admitone.logic.wishes import for_move

#: Buffers are at most 12 hours and two of them may add up, so a booking bars no start further away (minutes).
REACH = 24 * 60
#: `packed` grids begin after busy time, wherever in the open span that lies.
PACKED_REACH = 33 * 24 * 60
COUNTED = ("pending", "confirmed", "completed", "no_show")

TAKEN = """
SELECT o.start_min, o.end_min, 'booking', o.buffer_before, o.buffer_after, o.host_id FROM booking_occupancy o
WHERE o.host_id IN ({hosts}) AND o.end_min > %s AND o.start_min < %s {without}
UNION ALL
SELECT b.start_min, b.end_min, 'external', 0, 0, b.host_id FROM calendars_busyblock b
WHERE b.host_id IN ({hosts}) AND b.end_min > %s AND b.start_min < %s
UNION ALL
SELECT k.start_min, k.end_min, 'blocked', 0, 0, k.host_id FROM calendars_blockedtime k
WHERE k.host_id IN ({hosts}) AND k.end_min > %s AND k.start_min < %s"""
#: Time blocked in one calendar is nobody's own: its rows have no host.
BLOCKED = """
UNION ALL
SELECT k.start_min, k.end_min, 'blocked', 0, 0, k.host_id FROM calendars_blockedtime k
WHERE k.calendar_id = %s AND k.end_min > %s AND k.start_min < %s"""
#: A source that cannot be read blocks all of its host's time, one that can what lies beyond the days it was read for (P8).
UNREADABLE = """
UNION ALL
SELECT CASE WHEN {stale} THEN 0 ELSE {known} END, {end}, 'unreadable', 0, 0, s.host_id
FROM calendars_busysource s WHERE s.host_id IN ({hosts})"""
#: Booking trusts a source for five minutes; a page, which refreshes nothing, trusts one that did not fail.
STALE = "(s.fetched_at IS NULL OR s.fetched_at < %s)"
FAILED = "(s.fetched_at IS NULL OR s.fetched_at < %s) AND (s.fetched_at IS NULL OR s.error <> '')"
FOR_EVER = 10**9
WITHOUT = "AND o.session_id NOT IN (SELECT t.session_id FROM booking_seat t WHERE t.booking_id = %s)"
#: A class is not in the way of those who join it: its own sessions are counted by their seats.
NOT_ITS_OWN = (
    "AND o.session_id NOT IN (SELECT s.id FROM booking_session s WHERE s.calendar_id = %s AND s.start_min > %s)"
)
#: What stands for the seats of blocked time.
BARRED = -1
#: No appointment is longer than a day.
LONGEST = 24 * 60
SESSIONS = """
SELECT s.start_min, s.end_min, s.capacity, COUNT(t.id) FROM booking_session s
LEFT JOIN booking_seat t ON t.session_id = s.id {without}
WHERE s.calendar_id = %s AND s.start_min > %s AND s.start_min < %s
GROUP BY s.id, s.start_min, s.end_min, s.capacity
UNION ALL
SELECT k.start_min, k.end_min, -1, 1 FROM calendars_blockedtime k
WHERE k.calendar_id = %s AND k.end_min > %s AND k.start_min < %s ORDER BY 1"""


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
    except_calendar: UUID | str | None = None,
    calendar: UUID | str | None = None,
) -> list[Busy]:
    """What blocks these hosts in [first, end) epoch minutes, with the reach of buffers: one statement.

    With `now`, hosts whose busy sources cannot be read are blocked throughout; `booking` asks for fresh sources.
    `calendar` adds the time that is blocked in it.
    `except_calendar` leaves out the appointments of a calendar.
    """
    rows = _taken(list(host_ids), first, end, now, booking, exclude_booking, except_calendar, calendar)
    return [Busy(*row[:-1]) for row in rows]


def taken_by_host(
    host_ids: Iterable[UUID | str],
    first: int,
    end: int,
    *,
    now: datetime | None = None,
    booking: bool = False,
    exclude_booking: UUID | None = None,
    calendar: UUID | str | None = None,
) -> dict[str, list[Busy]]:
    """The same, by host: a source that cannot be read blocks its own host alone, the calendar's blocked time all of
    them. One statement."""
    names = {db_id(host): str(host) for host in host_ids}
    found: dict[str, list[Busy]] = {name: [] for name in names.values()}
    for row in _taken(list(found), first, end, now, booking, exclude_booking, None, calendar):
        for name in found if row[-1] is None else (names[row[-1]],):
            found[name].append(Busy(*row[:-1]))
    return found


def _taken(
    host_ids: Sequence[UUID | str],
    first: int,
    end: int,
    now: datetime | None,
    booking: bool,
    exclude_booking: UUID | None,
    except_calendar: UUID | str | None,
    calendar: UUID | str | None,
) -> list[tuple[Any, ...]]:
    hosts = [db_id(host) for host in host_ids]
    if not hosts:
        return []
    low, high = first - REACH, end + REACH
    without, excluded = (WITHOUT, [db_id(exclude_booking)]) if exclude_booking else ("", [])
    if except_calendar:
        without, excluded = f"{without} {NOT_ITS_OWN}", [*excluded, db_id(except_calendar), low - LONGEST]
    sql, params = TAKEN, [*hosts, low, high, *excluded, *hosts, low, high, *hosts, low, high]
    if calendar:
        sql, params = sql + BLOCKED, [*params, db_id(calendar), low, high]
    if now is not None:
        sql += UNREADABLE.replace("{stale}", STALE if booking else FAILED).replace("{end}", str(FOR_EVER))
        params += [connection.ops.adapt_datetimefield_value(now - FRESH_FOR), *hosts]
    known = 0 if now is None else window(now - FRESH_FOR)[1]
    with connection.cursor() as cursor:
        cursor.execute(sql.format(hosts=", ".join(["%s"] * len(hosts)), without=without, known=known), params)
        return list(cursor.fetchall())


def seated(
    plan: CalendarPlan, first: int, end: int, *, exclude_booking: UUID | None = None
) -> tuple[list[Seated], list[Busy]]:
    """Sessions of a class or an event with the seats that are taken, and what nobody may join, blocked time too: one
    statement.

    A class is not joined to what was booked for somebody alone, nor under another length.
    """
    without, excluded = ("AND t.booking_id <> %s", [db_id(exclude_booking)]) if exclude_booking else ("", [])
    own, low, high = db_id(plan.calendar_id), first - REACH, end + REACH
    params = [*excluded, own, low - LONGEST, high, own, low, high]
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS.format(without=without), params)
        # One without seats waits for its line (services/keeping.py), unless its only guest is the one who moves.
        rows = [row for row in cursor.fetchall() if row[3] or not exclude_booking]
    joined = [Seated(start, until, count) for start, until, room, count in rows if joinable(plan, start, until, room)]
    alone = [
        Busy(start, until, "blocked" if room == BARRED else "booking")
        for start, until, room, _ in rows
        if not joinable(plan, start, until, room)
    ]
    return joined, alone


def joinable(plan: CalendarPlan, start: int, end: int, capacity: int) -> bool:
    """May guests of the calendar join a session? `capacity` is the session's own."""
    if end - start != plan.rules.duration or capacity == BARRED:
        return False
    return plan.kind == "event" or capacity > 1 or plan.capacity == 1


def day_counts(
    calendar_id: UUID | str, first: date, last: date, *, exclude_booking: UUID | None = None
) -> dict[date, int]:
    """Bookings of the calendar per host-local date, for its limits."""
    rows = Booking.objects.filter(calendar_id=calendar_id, local_date__range=(first, last), status__in=COUNTED)
    if exclude_booking:
        rows = rows.exclude(id=exclude_booking)
    return dict(rows.values_list("local_date").annotate(Count("id")))


def ahead_of(plan: CalendarPlan, contact_id: UUID, now: datetime) -> int:
    """How many appointments of this calendar a contact has that are not over."""
    rows = Booking.objects.filter(contact_id=contact_id, calendar_id=plan.calendar_id, end_min__gt=to_min_floor(now))
    return rows.filter(status__in=("pending", "confirmed")).count()


def local_day(plan: CalendarPlan, minute: int) -> date:
    """The date of an instant on the schedule's wall clock."""
    return from_min(minute).astimezone(zone(plan.schedule.timezone)).date()


def openings(
    plan: CalendarPlan,
    *,
    now: datetime,
    first: int,
    end: int,
    offered: Sequence[Sequence[int]] | None = None,
    booking: bool = False,
    exclude_booking: UUID | None = None,
    party: int = 1,
    link: UUID | None = None,
) -> Openings:
    """Everything needed to tell which starts in [first, end) are open: one statement, one more with limits, one more for
    the sessions of a class, one for its waiting list. Seats that are kept for the holder of `link` are free to them."""
    first, end = (min(max(minute, EARLIEST), LATEST) for minute in (first, end))
    asked = Asked(plan, first, end, now if plan.busy_policy == "block" else None, booking, exclude_booking)
    counts: Mapping[date, int] = {}
    if (days := counted_days(plan, first, end)) is not None:
        counts = day_counts(plan.calendar_id, *days, exclude_booking=exclude_booking)
    spans = None if offered is None else tuple((int(s), int(e)) for s, e in offered)
    request = Request(first, end, now, spans, counts)
    if plan.kind in TEAMS:
        blocks, counted = asked.by_host(), asked.host_days()
        together = [one for each in blocks.values() for one in each]
        return Openings(plan, together, request, blocks, party=party, host_days=counted)
    if plan.kind in SEATED:
        sessions, alone = seated(plan, first, end, exclude_booking=exclude_booking)
        if plan.kind == "event":
            busy = [one for one in alone if one.kind == "blocked"]
        else:
            others = [one for one in alone if one.kind != "blocked"]
            busy = [*asked.together(except_calendar=plan.calendar_id), *others]
        held = holds(plan, first, end, now=now, link=link) if plan.waitlist else {}
        return Openings(plan, busy, request, sessions=sessions, party=party, held=held)
    return Openings(plan, asked.together(), request)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose time is asked for, and how: see `taken`."""

    plan: CalendarPlan
    first: int
    end: int
    strict: datetime | None
    booking: bool
    exclude_booking: UUID | None

    def together(self, except_calendar: UUID | str | None = None) -> list[Busy]:
        """All hosts' blocks in one list."""
        plan, (first, end) = self.plan, self._reach()
        busy = taken(
            [host.id for host in plan.hosts], first, end, now=self.strict, booking=self.booking,
            exclude_booking=self.exclude_booking, except_calendar=except_calendar, calendar=plan.calendar_id,
        )  # fmt: skip
        for host in plan.hosts:
            if host.schedule is not None:
                busy += off_blocks(host.schedule, first, end)
        return busy

    def by_host(self) -> dict[str, list[Busy]]:
        plan, (first, end) = self.plan, self._reach()
        blocks = taken_by_host(
            [host.id for host in plan.hosts], first, end, now=self.strict, booking=self.booking,
            exclude_booking=self.exclude_booking, calendar=plan.calendar_id,
        )  # fmt: skip
        for host in plan.hosts:
            if host.schedule is not None:
                blocks[host.id] += off_blocks(host.schedule, first, end)
        return blocks

    def host_days(self) -> dict[str, dict[date, int]]:
        """Appointments of this calendar by host and local date, where those are limited: one statement."""
        plan, days = self.plan, (local_day(self.plan, self.first), local_day(self.plan, self.end))
        if plan.per_host_day_limit is None:
            return {}
        rows = Booking.objects.filter(calendar_id=plan.calendar_id, local_date__range=days, status__in=COUNTED)
        rows = rows.exclude(id=self.exclude_booking) if self.exclude_booking else rows
        host = "seat_rows__session__occupancy__host_id"  # of a collective appointment all of them
        found: dict[str, dict[date, int]] = {}
        for key, day, count in rows.values_list(host, "local_date").annotate(Count("id", distinct=True)):
            found.setdefault(str(key), {})[day] = count
        return found

    def _reach(self) -> tuple[int, int]:
        since = self.first - PACKED_REACH if self.plan.rules.alignment == "packed" else self.first
        return since, self.end + self.plan.rules.duration


def counted_days(plan: CalendarPlan, first: int, end: int) -> tuple[date, date] | None:
    """The dates whose bookings the calendar's limits count for starts in [first, end); None without limits."""
    spans = [days_of(local_day(plan, minute)) for _, days_of, _ in limits(plan.rules) for minute in (first, end)]
    days = [day for span in spans for day in (span.start, span.stop - 1)]
    return (date.fromordinal(min(days)), date.fromordinal(max(days))) if days else None


class Question(TypedDict, total=False):
    """What `openings` is asked, but for the plan."""

    now: Required[datetime]
    first: Required[int]
    end: Required[int]
    offered: Sequence[Sequence[int]] | None
    exclude_booking: UUID | None
    party: int
    link: UUID | None


def open_slots(plan: CalendarPlan, **question: Unpack[Question]) -> list[int]:
    """Bookable start minutes in [first, end), ascending; none of a paused calendar."""
    return openings(plan, **question).slots() if plan.active else []


def open_times(plan: CalendarPlan, **question: Unpack[Question]) -> list[OpenTime]:
    """The same with the seats or the hosts that are free at each."""
    return openings(plan, **question).times() if plan.active else []


def listing(
    account: Account,
    *,
    calendar: UUID | None = None,
    status: str | None = None,
    contact: UUID | None = None,
    host: UUID | None = None,
    source: str | None = None,
    first: int | None = None,
    end: int | None = None,
) -> QuerySet[Booking]:
    """The account's bookings, filtered; those that start in [first, end) epoch minutes."""
    wanted: dict[str, Any] = {"calendar_id": calendar, "status": status, "contact_id": contact, "source": source}
    wanted["start_min__gte"] = first
    rows = Booking.objects.filter(account=account).select_related("host")
    if host is not None:
        rows = rows.filter(Q(host=host) | Q(_joins(host), host_reason=TOGETHER))
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return rows if end is None else rows.filter(start_min__lt=end)


def _joins(host: UUID) -> Exists:
    """Appointments whose session takes this host, beside the one who leads it."""
    return Exists(Seat.objects.filter(booking=OuterRef("pk"), session__occupancy__host=host))


def contacts_ahead(account: Account, now: datetime) -> QuerySet[Booking, Any]:
    """Ids of contacts with an appointment that is not over yet, for a filter."""
    rows = Booking.objects.filter(account=account, status__in=("pending", "confirmed"), end_min__gt=to_min_floor(now))
    return rows.order_by().values("contact_id")


def hosts_of(booking: Booking) -> list[Host]:
    """Who the guest meets, the leading host first. One statement for an appointment with several, none for others."""
    if booking.host_reason != TOGETHER:
        return [booking.host]
    others = Host.objects.filter(occupancy__session__seat_rows__booking=booking).exclude(id=booking.host_id)
    return [booking.host, *others.select_related("user").distinct().order_by("name", "id")]


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
    plan = for_move(booking.calendar.compiled, booking.end_min - booking.start_min, booking.terms)
    return Managed(booking, replace(plan, active=False) if booking.calendar.deleted_at else plan)
