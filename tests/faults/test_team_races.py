"""Types with several hosts or seats under parallel bookings: nobody twice, nothing oversold, nothing by halves (P2)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking, Occupancy, Seat, Session
from admitone.booking.services import book, cancel, reschedule
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost, set_team
from admitone.events import GUEST, SYSTEM
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
WAIT = 60.0

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def together(*work: Callable[[], Any]) -> list[str]:
    """Start all at the same moment, each in its thread; a word for each, in order."""
    gate = threading.Barrier(len(work))
    results: list[str] = [""] * len(work)

    def run(place: int, one: Callable[[], Any]) -> None:
        try:
            gate.wait(WAIT)
            one()
            results[place] = "done"
        except Problem as problem:
            results[place] = problem.code
        except Exception as error:
            results[place] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, one), daemon=True) for n, one in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return results


def team(account: Account, kind: str, names: str, **changes: Any) -> Calendar:
    hosts = [factories.host(account, name=name) for name in names]
    return team_of(account, kind, [host.id for host in hosts], **changes)


def team_of(account: Account, kind: str, hosts: list[UUID], **changes: Any) -> Calendar:
    calendar = factories.calendar(account)
    rows = [TeamHost(host) for host in hosts]
    return set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, kind=kind, hosts=rows, **changes)


def take(calendar: Calendar, start: int = TEN, n: int = 0) -> UUID:
    plan = calendar.compiled
    guest = clean_guest(plan, {"name": f"Guest {n}", "email": f"guest{n}@example.com"})
    return book(plan=plan, start=start, guest=guest, source="api", actor=GUEST, now=NOW).id


def move(booking: UUID, account: Account, start: int) -> None:
    reschedule(account_id=account.id, booking_id=booking, start=start, actor=GUEST, now=NOW, by="guest")


def drop(booking: UUID, account: Account) -> None:
    cancel(account_id=account.id, booking_id=booking, actor=GUEST, now=NOW, by="guest")


def overlaps() -> int:
    taken = sorted(Occupancy.objects.values_list("host_id", "start_min", "end_min"))
    return sum(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(taken))


def oversold() -> int:
    return sum(session.seat_rows.count() > session.capacity for session in Session.objects.all())


def seatless() -> int:
    return Booking.objects.filter(status="confirmed", seat_rows=None).count()


def empty() -> int:
    """Sessions and hosts' time that nobody has booked."""
    return Session.objects.filter(seat_rows=None).count()


def test_round_robin_serves_as_many_at_once_as_it_has_hosts():
    calendar = team(factories.account(), "round_robin", "ABCD")
    seen = together(*[lambda n=n: take(calendar, TEN, n) for n in range(10)])
    assert Counter(seen) == {"done": 4, "slot_taken": 6}
    assert (overlaps(), Occupancy.objects.values("host").distinct().count()) == (0, 4)


def test_hosts_shared_by_two_round_robins_are_never_booked_twice_nor_refused_while_free():
    account = factories.account()
    hosts = [factories.host(account).id for _ in range(4)]
    one, two = team_of(account, "round_robin", hosts[:3]), team_of(account, "round_robin", hosts[1:])
    seen = together(*[lambda n=n: take((one, two)[n % 2], TEN, n) for n in range(12)])
    assert set(seen) == {"done", "slot_taken"}
    # The hosts they share may all have gone to one of them, but no calendar is refused while one of its own is free.
    assert (seen.count("done"), overlaps(), empty()) == (4, 0, 0)


def test_collective_is_all_or_nothing_beside_other_calendars_of_its_hosts():
    account = factories.account()
    hosts = [factories.host(account).id for _ in range(3)]
    both = team_of(account, "collective", hosts[:2])
    other = team_of(account, "collective", hosts[1:])
    alone = team_of(account, "round_robin", hosts[:1])
    work = [lambda n=n: take((both, other, alone)[n % 3], TEN + 30 * (n % 2), n) for n in range(12)]
    assert set(together(*work)) == {"done", "slot_taken"}
    for booking in Booking.objects.filter(calendar__in=[both, other]):
        assert Occupancy.objects.filter(session__seat_rows__booking=booking).count() == 2
    assert (overlaps(), empty(), seatless()) == (0, 0, 0)


def test_class_sells_exactly_its_seats_to_a_crowd():
    calendar = factories.calendar(factories.account(), kind="class", capacity=5)
    seen = together(*[lambda n=n: take(calendar, TEN, n) for n in range(14)])
    assert Counter(seen) == {"done": 5, "slot_taken": 9}
    assert (Session.objects.count(), Occupancy.objects.count(), oversold()) == (1, 1, 0)
    assert sorted(Seat.objects.values_list("n", flat=True)) == list(range(5))


def test_event_sells_exactly_its_seats_to_a_crowd():
    calendar = factories.calendar(factories.account(), kind="event", capacity=5)
    seen = together(*[lambda n=n: take(calendar, TEN, n) for n in range(12)])
    assert Counter(seen) == {"done": 5, "slot_taken": 7}
    assert (Session.objects.count(), Seat.objects.count()) == (1, 5)


def test_guests_who_come_go_and_move_leave_no_seat_without_booking_and_none_without_seat():
    account = factories.account()
    calendar = factories.calendar(account, kind="class", capacity=3)
    there = [take(calendar, TEN + 60 * (n % 2), n) for n in range(6)]

    def restless(n: int) -> None:
        for step in range(4):
            try:
                if step % 2:
                    move(there[n], account, TEN + 60 * ((n + step) % 3))
                else:
                    take(calendar, TEN + 60 * ((n + step) % 3), 10 + n)
            except Problem as problem:
                assert problem.code in ("slot_taken", "booking_not_active")
        drop(there[n], account)

    assert set(together(*[lambda n=n: restless(n) for n in range(6)])) == {"done"}
    assert (overlaps(), oversold(), seatless(), empty()) == (0, 0, 0, 0)
    assert Seat.objects.count() == Booking.objects.filter(status="confirmed").count()


def test_last_guest_leaves_while_another_joins_and_nobody_loses_a_seat():
    account = factories.account()
    calendar = factories.calendar(account, kind="class", capacity=3)
    for turn in range(6):
        start = TEN + 30 * turn
        first = take(calendar, start)
        seen = together(lambda f=first: drop(f, account), lambda s=start, n=turn: take(calendar, s, n + 1))
        assert seen == ["done", "done"]
    assert (seatless(), empty(), Occupancy.objects.count()) == (0, 0, 6)


def test_equal_share_stays_within_one_appointment_of_ideal():
    calendar = team(factories.account(), "round_robin", "ABC", strategy="equal")
    for n in range(45):
        take(calendar, TEN + 24 * 60 * (n // 15 % 3) + 30 * (n % 15 % 14) + (7 * 24 * 60 if n % 15 == 14 else 0), n)
        counts = Counter(Booking.objects.values_list("host_id", flat=True))
        share = sum(counts.values()) / 3
        assert max(abs(count - share) for count in counts.values()) <= 1
    assert overlaps() == 0


@pytest.mark.parametrize("n", [2, 5])
def test_seat_beyond_the_capacity_by_raw_sql_is_refused(n):
    calendar = factories.calendar(factories.account(), kind="class", capacity=2)
    booking = take(calendar)
    session = Session.objects.get()
    ids = [one.hex if connection.vendor == "sqlite" else one for one in (session.id, booking)]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO booking_seat (session_id, booking_id, n) VALUES (%s, %s, %s)", [*ids, n])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO booking_seat (session_id, booking_id, n) VALUES (%s, %s, %s)", [*ids, 0])
    assert Seat.objects.count() == 1
