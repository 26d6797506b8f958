"""Reads of requests: the one behind a host's mail, those of its series, and what has got in their way since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db.models import Q

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.booking.queries import hosts_of
from admitone.calendars.models import BlockedTime, BusyBlock
from admitone.logic.tokens import ANSWER


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Epoch minutes of what overlaps a request: an entry of an external calendar, or blocked time."""

    kind: Literal["external", "blocked"]
    start_min: int
    end_min: int


def by_answer_token(token: str) -> Booking | None:
    """The booking behind the link of a host's mail (one statement); None for anything else."""
    booking_id = keyring().verify(ANSWER, token)
    if booking_id is None:
        return None
    rows = Booking.objects.select_related("calendar__schedule", "account", "host__user")
    return rows.filter(id=booking_id).first()


def in_the_way(booking: Booking) -> list[InTheWay]:
    """External entries and blocked time of its hosts over the same minutes; other appointments cannot be there."""
    hosts = [host.id for host in hosts_of(booking)]
    when = Q(start_min__lt=booking.end_min, end_min__gt=booking.start_min)
    external = BusyBlock.objects.filter(when, host__in=hosts)
    blocked = BlockedTime.objects.filter(when).filter(Q(host__in=hosts) | Q(calendar=booking.calendar_id))
    found = [InTheWay("external", row.start_min, row.end_min) for row in external]
    found += [InTheWay("blocked", row.start_min, row.end_min) for row in blocked]
    return sorted(found, key=lambda one: one.start_min)


def together(booking: Booking) -> Sequence[Booking]:
    """The requests that are answered at once: all that are pending of its series, or it alone."""
    if booking.series_id is None:
        return [booking]
    rows = Booking.objects.filter(account=booking.account_id, series_id=booking.series_id, status="pending")
    return list(rows.order_by("start_min", "id"))


def link_of(booking: Booking) -> UUID | None:
    """The one-time link that asked for it; of a series the first appointment holds it."""
    if booking.one_time_link_id or booking.series_id is None:
        return booking.one_time_link_id
    rows = Booking.objects.filter(account=booking.account_id, series_id=booking.series_id)
    return rows.exclude(one_time_link_id=None).values_list("one_time_link_id", flat=True).first()
