"""The next open time of many calendars at once, in a number of statements that does not grow with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from uuid import UUID

from django.db.models import Count, Q

from admitone.booking.holds import GRACE
from admitone.booking.models import Booking, SeatHold, Session, WaitlistEntry
from admitone.booking.queries import (
    COUNTED,
    LONGEST,
    PACKED_REACH,
    REACH,
    counted_days,
    joinable,
    local_day,
    taken_by_host,
)
from admitone.calendars.models import BlockedTime
from admitone.logic.clock import to_min_ceil
from admitone.logic.openings import Openings
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import Busy, Request
from admitone.logic.teams import Seated, off_blocks
from admitone.logic.waiting import Held, gathered

#: So far is looked ahead; the first days alone before, as most calendars have something in them.
AHEAD = 28 * 24 * 60
SOON = 3 * 24 * 60

Span = tuple[int, int]


def soonest(plans: Sequence[CalendarPlan], *, now: datetime) -> dict[str, int]:
    """By calendar id: the first start (epoch minute) that one guest could book within four weeks. Two statements; one more
    each where some calendar has seats, limits, limits of its hosts, and two for waiting lists."""
    first = to_min_ceil(now)
    span = first, first + AHEAD
    known = _known(plans, span, now)
    found = {plan.calendar_id: _first(known.openings(plan, span), span) for plan in plans}
    return {key: start for key, start in found.items() if start is not None}


def _first(asked: Openings, span: Span) -> int | None:
    first, end = span
    for low, high in ((first, first + SOON), (first + SOON, end)):
        starts = replace(asked, request=replace(asked.request, first=low, end=high)).slots()
        if starts:
            return min(starts)
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """What was read: by host, then by calendar."""

    now: datetime
    hosts: Mapping[str, list[Busy]]
    blocked: Mapping[str, list[Busy]]
    sessions: Mapping[str, list[tuple[int, int, int, int]]]
    days: Mapping[str, dict[date, int]]
    host_days: Mapping[str, dict[str, dict[date, int]]]
    held: Mapping[str, dict[int, Held]]

    def openings(self, plan: CalendarPlan, span: Span) -> Openings:
        """As `booking.queries.openings` answers for the one calendar."""
        key = plan.calendar_id
        request = Request(*span, self.now, None, self.days.get(key, {}))
        blocks = self._blocks(plan, span)
        together = list(chain.from_iterable(blocks.values()))
        if plan.type.team:
            return Openings(plan, together, request, blocks, host_days=self.host_days.get(key, {}))
        if not plan.type.seated:
            return Openings(plan, together, request)
        rows = self.sessions.get(key, [])
        alone = [row for row in rows if not joinable(plan, *row[:3])]
        joined = [Seated(start, end, count) for start, end, room, count in rows if joinable(plan, start, end, room)]
        busy = list(self.blocked.get(key, []))
        if plan.kind != "event":
            own = {(start, end) for start, end, _room, _count in rows}
            busy = [one for one in together if one.kind != "booking" or (one.start, one.end) not in own]
            busy += [Busy(start, end, "booking") for start, end, _room, _count in alone]
        return Openings(plan, busy, request, sessions=joined, held=self.held.get(key, {}))

    def _blocks(self, plan: CalendarPlan, span: Span) -> dict[str, list[Busy]]:
        """By host: their own time, the calendar's, and the hours that they do not work."""
        found = {}
        for host in plan.hosts:
            rows = [*self.hosts.get(host.id, []), *self.blocked.get(plan.calendar_id, [])]
            if plan.busy_policy != "block":
                rows = [one for one in rows if one.kind != "unreadable"]
            off = off_blocks(host.schedule, span[0], span[1] + plan.rules.duration) if host.schedule else []
            found[host.id] = [*rows, *off]
        return found


def _known(plans: Sequence[CalendarPlan], span: Span, now: datetime) -> Known:
    since = span[0] - (PACKED_REACH if any(plan.rules.alignment == "packed" for plan in plans) else 0)
    until = span[1] + max((plan.rules.duration for plan in plans), default=0)
    hosts = {host.id for plan in plans for host in plan.hosts}
    return Known(
        now=now,
        hosts=taken_by_host(sorted(hosts), since, until, now=now),
        blocked=_blocked(_ids(plans), since - REACH, until + REACH),
        sessions=_sessions([plan for plan in plans if plan.type.seated], since - REACH - LONGEST, until + REACH),
        days=_days(plans, span),
        host_days=_host_days([plan for plan in plans if plan.per_host_day_limit is not None], span),
        held=_held([plan for plan in plans if plan.waitlist and plan.type.seated], span, now),
    )


def _ids(plans: Iterable[CalendarPlan]) -> list[UUID]:
    return [UUID(plan.calendar_id) for plan in plans]


def _blocked(ids: Sequence[UUID], low: int, high: int) -> dict[str, list[Busy]]:
    rows = BlockedTime.objects.filter(calendar__in=ids, end_min__gt=low, start_min__lt=high)
    found: dict[str, list[Busy]] = defaultdict(list)
    for key, start, end in rows.values_list("calendar_id", "start_min", "end_min"):
        found[str(key)].append(Busy(start, end, "blocked"))
    return found


def _sessions(plans: Sequence[CalendarPlan], low: int, high: int) -> dict[str, list[tuple[int, int, int, int]]]:
    found = defaultdict(list)
    if plans:
        rows = Session.objects.filter(calendar__in=_ids(plans), start_min__gt=low, start_min__lt=high)
        counted = rows.values_list("calendar_id", "start_min", "end_min", "capacity").annotate(Count("seat_rows"))
        for key, *row in counted.filter(seat_rows__count__gt=0):
            found[str(key)].append((row[0], row[1], row[2], row[3]))
    return found


def _days(plans: Sequence[CalendarPlan], span: Span) -> dict[str, dict[date, int]]:
    """Appointments by local date of those calendars that limit them."""
    asked = {UUID(plan.calendar_id): days for plan in plans if (days := counted_days(plan, *span))}
    found: dict[str, dict[date, int]] = defaultdict(dict)
    if asked:
        first, last = min(days[0] for days in asked.values()), max(days[1] for days in asked.values())
        rows = Booking.objects.filter(calendar__in=asked, local_date__range=(first, last), status__in=COUNTED)
        for key, day, count in rows.values_list("calendar_id", "local_date").annotate(Count("id")):
            found[str(key)][day] = count
    return found


def _host_days(plans: Sequence[CalendarPlan], span: Span) -> dict[str, dict[str, dict[date, int]]]:
    found: dict[str, dict[str, dict[date, int]]] = defaultdict(lambda: defaultdict(dict))
    if plans:
        days = [local_day(plan, minute) for plan in plans for minute in span]
        rows = Booking.objects.filter(
            calendar__in=_ids(plans), local_date__range=(min(days), max(days)), status__in=COUNTED
        )
        names = ("calendar_id", "seat_rows__session__occupancy__host_id", "local_date")
        for key, host, day, count in rows.values_list(*names).annotate(Count("id", distinct=True)):
            found[str(key)][str(host)][day] = count
    return found


def _held(plans: Sequence[CalendarPlan], span: Span, now: datetime) -> dict[str, dict[int, Held]]:
    if not plans:
        return {}
    mine = Q(calendar__in=_ids(plans), start_min__gte=span[0], start_min__lt=span[1])
    names = ("calendar_id", "start_min", "end_min", "seats")
    kept = SeatHold.objects.filter(mine, until__gt=now - GRACE).values_list(*names)
    waiting = WaitlistEntry.objects.filter(mine, status="waiting").values_list(*names)
    lengths = {plan.calendar_id: plan.rules.duration for plan in plans}
    rows: dict[tuple[str, int], list[tuple[int, int, bool]]] = defaultdict(list)
    for kind, each in ((1, kept), (0, waiting)):
        for key, start, end, seats in each:
            if end - start == lengths[str(key)]:
                rows[str(key), start].append((seats, kind, False))
    found: dict[str, dict[int, Held]] = defaultdict(dict)
    for (key, start), some in rows.items():
        found[key][start] = gathered(some)
    return found
