"""Appointments that repeat: looked at before, booked together or not at all, cancelled from one of them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from admitone.booking.models import Booking
from admitone.booking.queries import local_day, openings
from admitone.booking.retrying import retrying
from admitone.booking.services.changing import ACTIVE, cancel_in
from admitone.booking.services.reserving import Wish, lock_hosts, reserve
from admitone.booking.services.rows import shared
from admitone.events import Actor, Draft
from admitone.logic.clock import from_min, iso, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.logic.plan import CalendarPlan
from admitone.logic.series import Repeat, occurrences
from admitone.logic.slots import EARLIEST, LATEST
from admitone.logic.wishes import for_host, for_length

#: Refusals of one date; every other one is about the request.
OF_A_DATE = ("slot_taken", "slot_unavailable")


@dataclass(frozen=True, slots=True)
class Spot:
    """One date of a series: why it is not open (a reason code), else ""; of a round robin the ids of the free hosts."""

    start: int
    end: int
    reason: str = ""
    hosts: tuple[str, ...] = ()


def look(
    plan: CalendarPlan,
    start: int,
    repeat: Repeat,
    *,
    now: datetime,
    offered: Sequence[Sequence[int]] | None = None,
    party: int = 1,
    booking: bool = False,
    by_hand: bool = False,
) -> list[Spot]:
    """The dates of a series as a guest is asked to confirm them. Earlier ones count for the limits of later ones. By hand
    only taken time is in the way."""
    starts = occurrences(start, plan.schedule.timezone, repeat) if EARLIEST <= start < LATEST else []
    if not starts or not EARLIEST <= starts[-1] < LATEST:
        raise Problem("slot_unavailable")
    first, end = min(starts), max(starts) + 1
    asked = openings(plan, now=now, first=first, end=end, offered=offered, party=party, booking=booking)
    counts, found = dict(asked.request.own_counts), []
    for one in starts:
        asked = replace(asked, request=replace(asked.request, own_counts=counts))
        reason = asked.refusal(one, by_hand=by_hand) or ""
        if not reason:
            counts[local_day(plan, one)] = counts.get(local_day(plan, one), 0) + 1
        hosts = asked.takers(one, by_hand=by_hand) if plan.kind == "round_robin" and not reason else ()
        found.append(Spot(one, one + plan.rules.duration, reason, hosts))
    return found


def reserve_all(
    wish: Wish, repeat: Repeat | None, most: int, *, actor: Actor, now: datetime
) -> tuple[list[Booking], list[Draft]]:
    """`reserve` for the one date or for a series of at most `most`. Problem("invalid") for a longer one."""
    if repeat is None:
        booking, drafts = reserve(wish, actor=actor, now=now)
        return [booking], drafts
    if repeat.count > most:
        never, so_often = "Appointments do not repeat here.", f"Appointments repeat {most} times at most here."
        raise Problem("invalid", fields={"repeat": so_often if most > 1 else never})
    return reserve_series(wish, repeat, actor=actor, now=now)


def reserve_series(wish: Wish, repeat: Repeat, *, actor: Actor, now: datetime) -> tuple[list[Booking], list[Draft]]:
    """`reserve` for every date, the first with the wish's own id and link. Problem("series_conflict", dates=[...]) if one
    is not open; call it inside `transaction.atomic()`.

    A host of a round robin who is free for all dates takes all of them; if there is none, each date has its own.
    """
    lock_hosts(wish.plan)
    plan = for_length(for_host(wish.plan, wish.host, by_hand=wish.by_hand), wish.duration)
    spots = look(
        plan, wish.start, repeat, now=now, offered=wish.offered, party=wish.guest.party, booking=True,
        by_hand=wish.by_hand,
    )  # fmt: skip
    if any(spot.reason for spot in spots):
        raise conflict(spots)
    wish = replace(wish, plan=_of_all(wish.plan, spots), series_id=wish.booking_id, series_n=1)
    bookings: list[Booking] = []
    drafts: list[Draft] = []
    for n, spot in enumerate(spots):
        one = wish if not bookings else _following(wish, bookings[0], spot.start, n + 1)
        try:
            booking, told = reserve(one, actor=actor, now=now)
        except Problem as problem:
            if problem.code in OF_A_DATE:
                reason = str(problem.extra.get("reason") or "BOOKED")
                raise conflict([*spots[:n], replace(spot, reason=reason), *spots[n + 1 :]]) from problem
            raise
        bookings.append(booking)
        drafts += told
    facts = shared(bookings)
    return bookings, [replace(one, facts={**one.facts, **facts.get(one.subject_id, {})}) for one in drafts]


def _of_all(plan: CalendarPlan, spots: Sequence[Spot]) -> CalendarPlan:
    """The plan with those hosts alone who are free for all dates, if there are any."""
    shared = set(spots[0].hosts).intersection(*(spot.hosts for spot in spots))
    return replace(plan, hosts=tuple(host for host in plan.hosts if host.id in shared)) if shared else plan


def _following(wish: Wish, first: Booking, start: int, n: int) -> Wish:
    """A further date: the link has made the first booking alone, so that one use is one booking."""
    return replace(
        wish, booking_id=uuid7(), start=start, series_n=n, link_id=None, contact_id=first.contact_id,
        stay=str(first.host_id),
    )  # fmt: skip


def conflict(spots: Sequence[Spot]) -> Problem:
    """The refusal with every date, so that somebody can choose again."""
    dates = [
        {"start": iso(from_min(spot.start)), "end": iso(from_min(spot.end)), "reason": spot.reason} for spot in spots
    ]
    return Problem("series_conflict", dates=dates)


def series_of(account_id: UUID, series_id: UUID) -> list[Booking]:
    """The appointments of a series in their order."""
    rows = Booking.objects.filter(account=account_id, series_id=series_id).select_related("host", "calendar")
    return list(rows.order_by("series_n", "id"))


def cancel_following(
    *, account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, by: str, reason: str = ""
) -> list[Booking]:
    """Cancel an appointment and those of its series that follow it in time and are still ahead: all or none."""
    return retrying(lambda: _cancel_following(account_id, booking_id, actor, now, by, reason))


@transaction.atomic
def _cancel_following(
    account_id: UUID, booking_id: UUID, actor: Actor, now: datetime, by: str, reason: str
) -> list[Booking]:
    first = Booking.objects.filter(id=booking_id, account_id=account_id).first()
    if first is None:
        raise Problem("not_found")
    rows = Booking.objects.filter(account=account_id, series_id=first.series_id, status__in=ACTIVE)
    rows = rows.filter(start_min__gte=first.start_min, end_min__gt=to_min_floor(now)).exclude(id=first.id)
    both = [first, *(rows.order_by("start_min", "id") if first.series_id else ())]
    facts, keys = shared(both), sorted(one.id for one in both)  # locked in this order, whoever else cancels
    cancelled = [cancel_in(account_id, key, actor, now, by, reason, **facts.get(key, {})) for key in keys]
    return sorted(cancelled, key=lambda booking: booking.start_min)
