"""Which appointments somebody may see, the list's filters, and what each row shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account, User
from admitone.accounts.queries import as_uuid
from admitone.booking.models import TOGETHER, Booking, Seat
from admitone.calendars import access
from admitone.calendars.models import Calendar, CalendarAccess, Host
from admitone.logic.bookings import shown_status
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date
from admitone.manage.context import AccountRequest

VIEWS: dict[str, Promise] = {
    "upcoming": _("Upcoming"),
    "requests": _("To answer"),
    "past": _("Past"),
    "cancelled": _("Cancelled"),
    "all": _("All"),
}
STATUSES: dict[str, Promise] = {
    "pending": _("Pending"),
    "confirmed": _("Confirmed"),
    "completed": _("Completed"),
    "no_show": _("No-show"),
    "cancelled": _("Cancelled"),
    "declined": _("Declined"),
}
#: source -> (name, icon)
SOURCES: dict[str, tuple[Promise, str]] = {
    "one_time_link": (_("One-time link"), "ticket"),
    "scheduling_link": (_("Scheduling link"), "link"),
    "permanent_link": (_("Permanent link"), "link-2"),
    "by_hand": (_("By hand"), "phone"),
    "api": (_("API"), "code-xml"),
    "workflow": (_("Workflow"), "workflow"),
}
#: What the list can be sorted by -> its columns
SORTS = {
    "start": "start_min",
    "name": "name",
    "calendar": "calendar__name",
    "host": "host__name",
    "created": "created_at",
}
RELATED = ("calendar__schedule", "contact", "host")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the URL asks for; `first` and `last` are local dates, both included."""

    view: str = "upcoming"
    calendar: UUID | None = None
    host: UUID | None = None
    source: str = ""
    status: str = ""
    first: date | None = None
    last: date | None = None
    search: str = ""
    sort: str = ""  # a key of SORTS, "-" before it: the other way round; empty: what comes next first

    @property
    def narrowed(self) -> bool:
        return any((self.calendar, self.host, self.source, self.status, self.first, self.last, self.search))

    @property
    def by_time(self) -> bool:
        """Do days follow each other?"""
        return self.sort.removeprefix("-") in ("", "start")


def filters_of(query: Mapping[str, str]) -> Filters:
    """Filters of a query string; what cannot be read is left out. A status without a tab looks through all of them."""
    status = query.get("status", "") if query.get("status") in STATUSES else ""
    view = query.get("view", "all" if status else "upcoming")
    return Filters(
        view=view if view in VIEWS else "upcoming",
        calendar=as_uuid(query.get("calendar", "")),
        status=status if view in ("past", "cancelled", "all") else "",
        first=_date(query.get("from", "")),
        last=_date(query.get("to", "")),
        search=typed(query.get("q", "")),
        host=as_uuid(query.get("host", "")),
        source=query.get("source", "") if query.get("source") in SOURCES else "",
        sort=query.get("sort", "") if query.get("sort", "").removeprefix("-") in SORTS else "",
    )


def typed(text: str) -> str:
    """A search as it may be asked of the database."""
    return text.replace("\0", "").strip()[:200]


def _date(text: str) -> date | None:
    try:
        return clean_date(text) if text else None
    except ValueError:
        return None


def zone_of(request: AccountRequest) -> str:
    """The zone that lists are in: the reader's own, else the sub-account's."""
    return request.user.timezone or request.account.timezone


def visible(account: Account, user: User, role: str) -> QuerySet[Booking]:
    """All for owners and admins, a member's by their calendars; appointments of deleted calendars stay."""
    rows = Booking.objects.filter(account=account)
    if role in ("owner", "admin"):
        return rows
    return rows.filter(calendar__in=CalendarAccess.objects.filter(user=user).values("calendar_id"))


def one(request: AccountRequest, booking_id: Any, level: access.Level = "view") -> tuple[Booking, str]:
    """The appointment and the person's level; Problem("not_found") if they may not see it, ("forbidden") below `level`."""
    account, key = request.account, as_uuid(booking_id)
    booking = Booking.objects.filter(account=account, id=key).select_related(*RELATED).first() if key else None
    have = access.level(request.user, account, request.role, booking.calendar) if booking else None
    if booking is None or have is None:
        raise Problem("not_found")
    if not access.reaches(have, level):
        raise Problem("forbidden")
    return booking, have


def bookable(request: AccountRequest) -> QuerySet[Calendar]:
    """The calendars in which the person may make appointments, by name."""
    rows = access.visible_calendars(request.user, request.account, request.role)
    if request.role == "member":
        rows = rows.filter(access_rows__user=request.user, access_rows__level__in=("book", "manage"))
    return rows.select_related("schedule")


def narrowed(rows: QuerySet[Booking], asked: Filters, zone: str) -> QuerySet[Booking]:
    """Everything but the tab and the status."""
    if asked.calendar:
        rows = rows.filter(calendar_id=asked.calendar)
    if asked.host:
        rows = rows.filter(Q(host=asked.host) | _with_host(asked.host))
    if asked.source:
        rows = rows.filter(source=asked.source)
    if asked.first:
        rows = rows.filter(start_min__gte=midnight(asked.first, zone))
    if asked.last:
        rows = rows.filter(start_min__lt=midnight(asked.last + timedelta(days=1), zone))
    if asked.search:
        rows = rows.filter(_matches(asked.search))
    return rows


def _with_host(host: UUID) -> Q:
    """Appointments with several hosts, this one among them."""
    seats = Seat.objects.filter(booking=OuterRef("pk"), session__occupancy__host=host)
    return Q(Exists(seats), host_reason=TOGETHER)


def _matches(text: str) -> Q:
    found = Q(name__icontains=text) | Q(email__icontains=text)
    digits = "".join(c for c in text if c.isdigit())
    return found | Q(phone__contains=digits.lstrip("0") or digits) if len(digits) > 2 else found


def in_view(view: str, now_min: int) -> Q:
    """The rows of a tab; upcoming, past and cancelled are disjoint and cover every row. Requests stand in a second one."""
    ahead = Q(status__in=("pending", "confirmed"), end_min__gt=now_min)
    cancelled = Q(status__in=("cancelled", "declined"))
    views = {"upcoming": ahead, "past": ~ahead & ~cancelled, "cancelled": cancelled, "all": Q()}
    return views.get(view, Q(status="pending"))


def having_status(status: str, now_min: int) -> Q:
    """The rows that show this status; completed is a confirmed one that is over."""
    if status == "completed":
        return Q(status="completed") | Q(status="confirmed", end_min__lte=now_min)
    return Q(status="confirmed", end_min__gt=now_min) if status == "confirmed" else Q(status=status)


def listing(rows: QuerySet[Booking], asked: Filters, now: datetime) -> QuerySet[Booking]:
    """A tab's rows of `narrowed` ones: what comes next first, what is over latest first."""
    now_min = to_min_floor(now)
    rows = rows.filter(in_view(asked.view, now_min))
    if asked.status:
        rows = rows.filter(having_status(asked.status, now_min))
    order = ("start_min", "id") if asked.view in ("upcoming", "requests") else ("-start_min", "-id")
    if asked.sort:
        down, column = asked.sort[:1] == "-", SORTS[asked.sort.removeprefix("-")]
        order = (f"-{column}", "-id") if down else (column, "id")
    return rows.select_related("calendar", "host").order_by(*order)


def counts(rows: QuerySet[Booking], now: datetime) -> dict[str, int]:
    """How many of `narrowed` rows each tab has; one statement."""
    now_min = to_min_floor(now)
    return rows.aggregate(**{view: Count("id", filter=in_view(view, now_min)) for view in VIEWS})


def midnight(day: date, zone: str) -> int:
    """The epoch minute at which a local date begins."""
    return to_min_floor(datetime.combine(day, time(), ZoneInfo(zone)))


def shown(booking: Booking, now: datetime) -> Booking:
    """The row with `starts`, `ends` (instants), `shown_status`, `source_name` and `source_icon`."""
    row: Any = booking
    row.starts, row.ends = from_min(booking.start_min), from_min(booking.end_min)
    row.shown_status = shown_status(booking.status, booking.end_min, to_min_floor(now))
    row.source_name, row.source_icon = SOURCES.get(booking.source, (booking.source, "circle"))
    return booking


@dataclass(frozen=True, slots=True)
class DayGroup:
    """`relation` is today, tomorrow, yesterday or empty; without a day its rows are of any."""

    day: date | None
    relation: str
    rows: list[Booking]


def by_day(rows: Iterable[Booking], zone: str, now: datetime) -> list[DayGroup]:
    """Consecutive rows of one local date together, in the order they come."""
    local = ZoneInfo(zone)
    today = now.astimezone(local).date()
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    groups: list[DayGroup] = []
    for row in rows:
        day = shown(row, now).starts.astimezone(local).date()  # type: ignore[attr-defined]
        if not groups or groups[-1].day != day:
            groups.append(DayGroup(day, near.get((day - today).days, ""), []))
        groups[-1].rows.append(row)
    return groups


def together(rows: Iterable[Booking], now: datetime) -> list[DayGroup]:
    """All rows as one group without a day, in the order they come."""
    found = [shown(row, now) for row in rows]
    return [DayGroup(None, "", found)] if found else []


def hosts(account: Account, request: AccountRequest) -> list[Host]:
    """Who serves the calendars that the person may see, by name."""
    calendars = access.visible_calendars(request.user, account, request.role)
    return list(Host.objects.filter(calendar_hosts__calendar__in=calendars).distinct().order_by("name", "id"))
