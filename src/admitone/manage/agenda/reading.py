"""What the calendar page is asked for, and what stands in those days: appointments, and hosts who are busy elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from admitone.accounts.queries import as_uuid
from admitone.booking.models import TOGETHER, Occupancy, Seat
from admitone.calendars import access
from admitone.calendars.models import BlockedTime, BusyBlock, Calendar, CalendarAccess, CalendarHost
from admitone.logic.agenda import day_span
from admitone.logic.hours import clean_date
from admitone.logic.identity import clean_zone
from admitone.logic.kinds import SEATED
from admitone.logic.spans import Span, normalize
from admitone.manage.bookings import reading as bookings
from admitone.manage.context import AccountRequest
from admitone.ui import formats

VIEWS = ("day", "week", "month", "agenda")
#: No appointment is longer than a day (minutes).
LONGEST = 24 * 60
#: More than these are not read; the page says so. A cell of a month draws four of its own and counts the rest.
MOST, MOST_OF_A_MONTH = 1000, 5000
#: Columns of hosts beside each other.
MOST_COLUMNS = 12
#: Statuses that free their time.
GONE = ("cancelled", "declined")
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """The URL, cleaned. `view` is empty when none is asked for: a week, and on a phone its list."""

    view: str
    day: date
    today: date
    zone: str
    calendars: frozenset[UUID]
    hosts: frozenset[UUID]
    cancelled: bool
    whole: bool
    by_host: bool = False  # colours are the hosts'
    columns: bool = False  # a day has a column for each host

    @property
    def shape(self) -> str:
        return self.view or "week"

    @property
    def days(self) -> list[date]:
        """The days on the page: a month is filled up to whole weeks."""
        if self.view == "day":
            return [self.day]
        first, last = self.day, self.day
        if self.view == "month":
            first, last = self.day.replace(day=1), following_month(self.day) - timedelta(days=1)
        first -= timedelta(days=(first.weekday() - formats.first_weekday()) % 7)
        last += timedelta(days=(formats.first_weekday() - 1 - last.weekday()) % 7)
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def moved(self, step: int) -> date:
        """The day that "next" (1) and "previous" (-1) lead to."""
        if self.view == "month":
            first = self.day.replace(day=1)
            there = following_month(first) if step > 0 else (first - timedelta(days=1)).replace(day=1)
        else:
            there = self.day + timedelta(days=step if self.view == "day" else 7 * step)
        return min(max(there, EARLIEST), LATEST)


def following_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def asked(request: AccountRequest, now: datetime) -> Asked:
    """What the query asks for; what cannot be read is left out."""
    query: QueryDict = request.GET
    zone = _zone(query.get("zone", "")) or bookings.zone_of(request)
    today = now.astimezone(ZoneInfo(zone)).date()
    view = query.get("view", "")
    return Asked(
        view=view if view in VIEWS else "",
        day=min(max(_day(query.get("date", "")) or today, EARLIEST), LATEST),
        today=today,
        zone=zone,
        calendars=_ids(query.getlist("calendar")),
        hosts=_ids(query.getlist("host")),
        cancelled=query.get("cancelled") == "1",
        whole=query.get("hours") == "all",
        by_host=query.get("by") == "host",
        columns=view == "day" and query.get("columns") == "hosts",
    )


def _zone(text: str) -> str:
    try:
        return clean_zone(text) if text else ""
    except ValueError:
        return ""


def _day(text: str) -> date | None:
    try:
        return clean_date(text) if text else None
    except ValueError:
        return None


def _ids(texts: Iterable[str]) -> frozenset[UUID]:
    return frozenset(key for key in map(as_uuid, texts) if key)


@dataclass(frozen=True, slots=True)
class Entry:
    """An appointment, or one time of a class or event with `count` bookings of `seats` places together.

    `hosts` are all who are met, where they were asked for (`with_hosts`).
    """

    id: UUID
    start: int
    end: int
    status: str
    name: str
    calendar: UUID
    calendar_name: str
    host: UUID
    host_name: str
    kind: str
    capacity: int
    reason: str
    seats: int = 1
    count: int = 1
    hosts: frozenset[UUID] = frozenset()

    @property
    def is_session(self) -> bool:
        """Several guests may meet at this time."""
        return self.kind in SEATED


COLUMNS = (
    "id", "start_min", "end_min", "status", "name", "calendar_id", "calendar__name", "host_id", "host__name",
    "calendar__kind", "calendar__capacity", "host_reason", "seats",
)  # fmt: skip


def entries(request: AccountRequest, wanted: Asked, first: int, end: int) -> tuple[list[Entry], bool]:
    """Appointments that touch [first, end) epoch minutes, by start, and whether there are more. One statement."""
    rows = bookings.visible(request.account, request.user, request.role)
    rows = rows.filter(start_min__gt=first - LONGEST, start_min__lt=end, end_min__gt=first)
    if not wanted.cancelled:
        rows = rows.exclude(status__in=GONE)
    if wanted.calendars:
        rows = rows.filter(calendar__in=wanted.calendars)
    if wanted.hosts:
        rows = rows.filter(Q(host__in=wanted.hosts) | _together(wanted.hosts))
    most = MOST_OF_A_MONTH if wanted.view == "month" else MOST
    found = [Entry(*row) for row in rows.order_by("start_min", "end_min", "id").values_list(*COLUMNS)[: most + 1]]
    return _joined(found[:most]), len(found) > most


def _together(hosts: frozenset[UUID]) -> Exists:
    """Appointments whose session takes one of these hosts besides the first."""
    return Exists(Seat.objects.filter(booking=OuterRef("pk"), session__occupancy__host__in=hosts))


def _joined(rows: list[Entry]) -> list[Entry]:
    """The guests of one class at one time as one entry; what is cancelled stands for itself."""
    found: dict[tuple[Any, ...], Entry] = {}
    for row in rows:
        key = (row.start, row.end, row.calendar) if row.is_session and row.status not in GONE else (row.id,)
        before = found.get(key)
        found[key] = replace(before, count=before.count + 1, seats=before.seats + row.seats) if before else row
    return list(found.values())


def with_hosts(rows: list[Entry], host_ids: Iterable[UUID]) -> list[Entry]:
    """Each with those of these hosts whom its guest meets; one statement if any has several, else none."""
    together = [row.id for row in rows if row.reason == TOGETHER]
    met: dict[UUID, set[UUID]] = {}
    if together:
        found = Occupancy.objects.filter(host__in=host_ids, session__seat_rows__booking__in=together)
        for booking_id, host_id in found.values_list("session__seat_rows__booking", "host"):
            met.setdefault(booking_id, set()).add(host_id)
    return [replace(row, hosts=frozenset(met.get(row.id, ()) or {row.host})) for row in rows]


@dataclass(frozen=True, slots=True)
class Host:
    id: UUID
    name: str


def calendars(request: AccountRequest) -> QuerySet[Calendar]:
    """The calendars the person may see, by name, with schedules."""
    return access.visible_calendars(request.user, request.account, request.role).select_related("schedule")


def hosts_of(shown: Iterable[Calendar]) -> list[tuple[Host, set[UUID]]]:
    """Hosts of these calendars by name, each with the calendars they serve; one statement."""
    rows = CalendarHost.objects.filter(calendar__in=[one.pk for one in shown]).order_by("host__name", "host_id")
    found: dict[Host, set[UUID]] = {}
    for host_id, name, calendar_id in rows.values_list("host_id", "host__name", "calendar_id"):
        found.setdefault(Host(host_id, name), set()).add(calendar_id)
    return list(found.items())


@dataclass(frozen=True, slots=True)
class Blocked:
    """Time that a host, or a calendar, is not to be booked."""

    id: UUID
    host: UUID | None
    calendar: UUID | None
    start: int
    end: int
    note: str


def blocked(
    request: AccountRequest, host_ids: set[UUID], calendar_ids: Iterable[UUID], first: int, end: int
) -> tuple[list[Blocked], dict[UUID, list[Span]]]:
    """Time that is blocked here, and that of the hosts in other sub-accounts, which is no more than busy; one statement."""
    rows = BlockedTime.objects.filter(end_min__gt=first, start_min__lt=end)
    rows = rows.filter(Q(host__in=host_ids) | Q(calendar__in=list(calendar_ids))).order_by("start_min", "id")
    columns = ("account_id", "id", "host_id", "calendar_id", "start_min", "end_min", "note")
    here: list[Blocked] = []
    elsewhere: dict[UUID, list[Span]] = {}
    for row in rows.values_list(*columns)[:MOST]:
        one = Blocked(*row[1:])
        if row[0] == request.account.pk:
            here.append(one)
        elif one.host:
            elsewhere.setdefault(one.host, []).append((one.start, one.end))
    return here, elsewhere


def busy(request: AccountRequest, host_ids: set[UUID], first: int, end: int) -> dict[UUID, list[Span]]:
    """When these hosts are taken by what the person may not see or what lies elsewhere; two statements.

    Nothing but the time is told: neither the other sub-account nor what the external calendar calls it.
    """
    window = {"host__in": host_ids, "end_min__gt": first, "start_min__lt": end}
    outside = BusyBlock.objects.filter(**window)
    others = _unseen(request, Occupancy.objects.filter(**window, end_min__lte=end + LONGEST))
    found: dict[UUID, list[Span]] = {}
    for rows in (outside, others):
        for host_id, start, stop in rows.values_list("host_id", "start_min", "end_min"):
            found.setdefault(host_id, []).append((max(start, first), min(stop, end)))
    return {host_id: normalize(spans) for host_id, spans in found.items()}


def _unseen(request: AccountRequest, rows: QuerySet[Occupancy]) -> QuerySet[Occupancy]:
    if request.role in ("owner", "admin"):
        return rows.exclude(session__account_id=request.account.pk)
    granted = CalendarAccess.objects.filter(user=request.user, calendar__account=request.account)
    return rows.exclude(session__calendar__in=granted.values("calendar_id"))


def span_of(days: Sequence[date], zone: str) -> Span:
    """[first, end) epoch minutes of consecutive local days."""
    return day_span(days[0], zone)[0], day_span(days[-1], zone)[1]
