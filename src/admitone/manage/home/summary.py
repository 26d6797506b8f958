"""What the home page says about today; a bounded number of rows whatever the account's history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from admitone.accounts.models import Account, User
from admitone.booking.models import Booking
from admitone.calendars.access import visible_calendars
from admitone.calendars.models import BusySource, Calendar
from admitone.integrations.models import CalendarConnection
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.logic.clock import from_min, to_min_floor
from admitone.messaging.models import Message

ROWS = 50
NEXT = 5
REQUESTS = 5
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Summary:
    zone: str
    today: list[Booking]
    ahead: list[Booking]  # the next ones, when there are none today
    requests: list[LinkRequest]
    more_requests: bool
    links: dict[str, int]  # issued, used, open, expired: of the last 30 days
    broken_sources: list[BusySource]
    broken_connections: list[CalendarConnection]  # those that appointments cannot be written to
    failed_messages: int
    to_answer: int  # requests that wait for an approval


def summary(account: Account, user: User, role: str, now: datetime) -> Summary:
    """Seven statements, eight on a day without appointments; a member sees what belongs to their calendars."""
    calendars = visible_calendars(user, account, role).order_by()
    asked = requests(account, calendars)
    is_admin = role != "member"
    here = today(account, calendars, now)
    return Summary(
        zone=account.timezone,
        today=here,
        ahead=[] if here else ahead(account, calendars, now),
        requests=asked[:REQUESTS],
        more_requests=len(asked) > REQUESTS,
        links=link_counts(account, calendars, now),
        broken_sources=broken_sources(account, None if is_admin else user),
        broken_connections=broken_connections(account, None if is_admin else user),
        failed_messages=failed_messages(account, now) if is_admin else 0,
        to_answer=Booking.objects.filter(account=account, status="pending", calendar__in=calendars).count(),
    )


def today(account: Account, calendars: QuerySet[Calendar], now: datetime) -> list[Booking]:
    """Appointments that touch the account's local day, by start."""
    first, last = day_bounds(account.timezone, now)
    rows = Booking.objects.filter(
        account=account, start_min__lt=last, start_min__gte=first - 24 * 60, end_min__gt=first
    )
    return timed(rows.filter(status__in=("pending", "confirmed", "completed"), calendar__in=calendars), ROWS)


def ahead(account: Account, calendars: QuerySet[Calendar], now: datetime) -> list[Booking]:
    """The next appointments, by start."""
    rows = Booking.objects.filter(account=account, start_min__gte=to_min_floor(now), calendar__in=calendars)
    return timed(rows.filter(status__in=("pending", "confirmed")), NEXT)


def timed(rows: QuerySet[Booking], count: int) -> list[Booking]:
    """The first `count` by start; `starts` and `ends` are instants."""
    found = list(rows.select_related("calendar", "host").order_by("start_min", "id")[:count])
    for row in found:
        row.starts, row.ends = from_min(row.start_min), from_min(row.end_min)  # type: ignore[attr-defined]
    return found


def day_bounds(zone: str, now: datetime) -> tuple[int, int]:
    """Epoch minutes at which the local day begins and ends."""
    local = ZoneInfo(zone)
    day = now.astimezone(local).date()
    first = datetime.combine(day, time(), local)
    return to_min_floor(first), to_min_floor(datetime.combine(day + timedelta(days=1), time(), local))


def requests(account: Account, calendars: QuerySet[Calendar]) -> list[LinkRequest]:
    within = Q(link__calendar__in=calendars) | Q(link__group__calendars__in=calendars)
    rows = LinkRequest.objects.filter(within, account=account, status="open").distinct()
    return list(rows.select_related("link__calendar", "link__group").order_by("-id")[: REQUESTS + 1])


def link_counts(account: Account, calendars: QuerySet[Calendar], now: datetime) -> dict[str, int]:
    """Links of the last 30 days by what became of them."""
    within = Q(calendar__in=calendars) | Q(group__in=calendars.exclude(group=None).values("group"))
    rows = OneTimeLink.objects.filter(within, account=account, created_at__gte=now - RECENT)
    unused = Q(uses__lt=F("max_uses"), deleted_at=None)
    expired = Q(expires_at__lte=now)
    return rows.aggregate(
        issued=Count("id"),
        used=Count("id", filter=Q(uses__gte=F("max_uses"))),
        open=Count("id", filter=unused & ~expired),
        expired=Count("id", filter=unused & expired),
    )


def broken_sources(account: Account, user: User | None) -> list[BusySource]:
    """Of everybody, or of one person."""
    rows = BusySource.objects.filter(account=account).exclude(error="").select_related("host", "remote_calendar")
    return list((rows.filter(host__user=user) if user else rows)[:REQUESTS])


def broken_connections(account: Account, user: User | None) -> list[CalendarConnection]:
    rows = CalendarConnection.objects.filter(account=account, ended_at=None).exclude(alerted_at=None)
    return list((rows.filter(host__user=user) if user else rows).select_related("host")[:REQUESTS])


def failed_messages(account: Account, now: datetime) -> int:
    """In the last week, at most 100; found through the time-ordered id."""
    rows = Message.objects.filter(account=account, id__gte=first_id(now - timedelta(days=7)), status="failed")
    return rows.order_by()[:100].count()


def first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of an instant."""
    return UUID(int=int(at.timestamp() * 1000) << 80)
