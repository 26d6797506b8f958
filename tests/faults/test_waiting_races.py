"""A waiting list in a storm: seats are freed, offered, taken, let go and fought for, all at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests import factories
from tests.faults.test_team_races import oversold, seatless, take, together

from admitone.accounts.addresses import one_time_url
from admitone.booking.models import Booking, Seat, SeatHold, Session, WaitlistEntry
from admitone.booking.services import cancel
from admitone.booking.services.waiting import clean_waiting, join, leave
from admitone.calendars.models import Calendar
from admitone.events import GUEST, SYSTEM
from admitone.events.models import Event
from admitone.events.tasks import dispatch
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.links.services.offering import due, lines, offer_next, settle
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
HOLD = timedelta(hours=2)
AT = NOW + HOLD
SEATS, LINE, SNATCHERS = 4, 12, 2

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def full_class(**fields: Any) -> Calendar:
    calendar = factories.calendar(factories.account(), kind="class", capacity=SEATS, waitlist=True, **fields)
    for n in range(SEATS):
        take(calendar, TEN, n)
    return calendar


def wait(calendar: Calendar, n: int, party: int = 1) -> UUID:
    guest = clean_waiting(calendar.compiled, {"name": f"W{n}", "email": f"w{n}@example.com", "party": party})
    return join(plan=calendar.compiled, start=TEN, guest=guest, actor=GUEST, now=NOW + timedelta(seconds=n)).id


def free(booking: UUID, account: UUID) -> None:
    cancel(account_id=account, booking_id=booking, actor=SYSTEM, now=NOW, by="host")


def work(now: datetime = NOW) -> None:
    """What a worker does, each event once."""
    for key in list(Event.objects.order_by("id").values_list("id", flat=True)):
        dispatch(event_id=str(key), now=now)


def use(link: UUID, now: datetime = NOW, **guest: Any) -> UUID:
    return redeem(token=one_time_url(link).rpartition("/")[2], start=TEN, guest=guest, now=now).id


def kept() -> int:
    return sum(SeatHold.objects.values_list("seats", flat=True))


def checks(calendar: Calendar) -> tuple[int, int, bool]:
    """Nothing oversold, nobody without a seat; what is sold and what is kept fit into the room together."""
    return oversold(), seatless(), Seat.objects.count() + kept() <= calendar.capacity


@dataclass
class Crowd:
    """Everybody at once, until nobody waits any more. `failures` are no refusals, `snatched` is what jumped the queue."""

    calendar: Calendar
    over: threading.Event = field(default_factory=threading.Event)
    failures: list[str] = field(default_factory=list)
    snatched: list[UUID] = field(default_factory=list)

    def quiet(self, one: Callable[[], Any]) -> Any:
        """Refusals are part of the game; so is a deadlock, after which a worker's job is run again."""
        try:
            return one()
        except Problem:
            return None
        except Exception as error:
            if getattr(error.__cause__, "sqlstate", "") not in ("40001", "40P01"):
                self.failures.append(repr(error))
        return None

    def cancels(self) -> None:
        dice = Random(1)
        while not self.over.is_set():
            left = list(Booking.objects.filter(status="confirmed").values_list("id", flat=True))
            if left:
                self.quiet(partial(free, dice.choice(left), self.calendar.account_id))
            time.sleep(0.01)

    def redeems(self, n: int) -> None:
        """Most of those who are offered a seat take it, some let it go."""
        dice, account = Random(n), self.calendar.account_id
        while not self.over.is_set():
            offered = list(WaitlistEntry.objects.filter(status="offered").values_list("id", "link_id"))
            entry, link = dice.choice(offered) if offered else (None, None)
            if entry and dice.random() < 0.2:
                self.quiet(partial(leave, account_id=account, entry_id=entry, actor=GUEST, now=NOW))
            elif link:
                self.quiet(partial(use, link))
            time.sleep(0.005)

    def snatches(self, n: int) -> None:
        """Only who books while somebody waits, before and after, has jumped the queue."""
        waiting = WaitlistEntry.objects.filter(status="waiting")
        while not self.over.is_set():
            found = self.quiet(partial(take, self.calendar, TEN, 100 + n)) if waiting.exists() else None
            if found and waiting.exists():
                self.snatched.append(found)
            time.sleep(0.005)

    def worker(self) -> None:
        until, left = time.monotonic() + 30, WaitlistEntry.objects.filter(status__in=("waiting", "offered"))
        while time.monotonic() < until and left.exists():
            self.quiet(work)
            time.sleep(0.01)
        self.over.set()


def test_storm_never_oversells_nor_lets_anybody_snatch_what_is_kept_and_serves_in_order():
    crowd = Crowd(full_class())
    line = [wait(crowd.calendar, n) for n in range(LINE)]
    seen = together(
        crowd.worker,
        crowd.worker,
        crowd.cancels,
        *(partial(crowd.redeems, n) for n in range(2)),
        *(partial(crowd.snatches, n) for n in range(SNATCHERS)),
    )
    assert (set(seen), crowd.failures, crowd.snatched) == ({"done"}, [], [])
    assert checks(crowd.calendar) == (0, 0, True)
    states = Counter(WaitlistEntry.objects.values_list("status", flat=True))
    assert (set(states) <= {"booked", "left"}, sum(states.values())) == (True, LINE)
    told = Event.objects.filter(kind="waitlist.offered").order_by("id").values_list("subject_id", flat=True)
    assert [UUID(str(key)) for key in told] == line
    assert OneTimeLink.objects.filter(source_kind="waitlist").count() == LINE


def test_two_workers_and_the_clock_settle_the_same_offer_once():
    calendar = full_class()
    seats = list(Booking.objects.values_list("id", flat=True))
    line = [wait(calendar, n) for n in range(4)]
    for booking in seats[:2]:
        free(booking, calendar.account_id)
    seen = together(work, work, lambda: offer_next(calendar_id=calendar.id, start=TEN, now=NOW))
    assert set(seen) == {"done"}
    assert states(line) == ["offered", "offered", "waiting", "waiting"]
    later = NOW + HOLD

    def clock() -> None:
        for link in due(later):
            settle(link_id=link, now=later)

    assert set(together(clock, clock, lambda: work(later))) == {"done"}
    assert states(line) == ["expired", "expired", "offered", "offered"]
    assert (SeatHold.objects.count(), checks(calendar)) == (2, (0, 0, True))


def test_offer_is_used_or_passed_on_never_both():
    for turn in range(4):
        calendar = full_class()
        first, second = wait(calendar, 2 * turn), wait(calendar, 2 * turn + 1)
        free(Booking.objects.filter(calendar=calendar, status="confirmed")[0].id, calendar.account_id)
        work()
        link = WaitlistEntry.objects.get(id=first).link_id
        before = AT - timedelta(microseconds=1)
        seen = together(lambda k=link, b=before: use(k, b), lambda k=link: settle(link_id=k, now=AT))
        state = (states([first, second]), seen[0])
        assert state in [(["booked", "waiting"], "done"), (["expired", "offered"], "slot_taken")], state
        assert (oversold(), seatless()) == (0, 0)


def test_host_of_a_class_that_empties_is_not_booked_elsewhere_at_the_same_moment():
    for turn in range(4):
        calendar = factories.calendar(factories.account(), kind="class", capacity=1, waitlist=True)
        booking = take(calendar, TEN, 0)
        line = [wait(calendar, turn)]
        other = factories.calendar(calendar.account, host=calendar.calendar_hosts.get().host)
        last = Booking.objects.get(calendar=calendar).id
        seen = together(lambda k=last, c=calendar: free(k, c.account_id), lambda o=other: take(o, TEN, 9))
        assert seen == ["done", "slot_taken"], (booking, seen)
        work()
        assert states(line) == ["offered"]


def test_event_that_is_lost_halfway_is_caught_up_by_the_clock():
    calendar = full_class()
    line = [wait(calendar, 1)]
    free(Booking.objects.filter(status="confirmed")[0].id, calendar.account_id)
    with pytest.raises(RuntimeError), transaction.atomic():  # the worker dies before it commits
        offer_next(calendar_id=calendar.id, start=TEN, now=NOW)
        raise RuntimeError
    assert (states(line), SeatHold.objects.count(), OneTimeLink.objects.count()) == (["waiting"], 0, 0)
    for key, start in lines(NOW):
        offer_next(calendar_id=key, start=start, now=NOW)
    assert states(line) == ["offered"]
    assert Session.objects.count() == 1
    connection.close()


def states(line: list[UUID]) -> list[str]:
    found = dict(WaitlistEntry.objects.values_list("id", "status"))
    return [found[key] for key in line]
