"""Several lengths, parties, and limits of one guest and one host, as a booking meets them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking, Seat
from admitone.booking.queries import open_slots, open_times, openings
from admitone.booking.services import book, cancel, reschedule
from admitone.calendars.models import Calendar, Host
from admitone.calendars.services import TeamHost, set_team, update_calendar
from admitone.contacts.models import Contact
from admitone.events import GUEST, SYSTEM
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.wishes import for_length, lengths

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
DAY = (TEN - 600, TEN + 840)
ADA = {"name": "Ada", "email": "ada@example.com"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account()


def team(account: Account, kind: str, names: str = "AB", **fields: Any) -> Calendar:
    hosts = [factories.host(account, name=name) for name in names]
    calendar = factories.calendar(account, host=hosts[0])
    rows = [TeamHost(one.id) for one in hosts]
    set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, kind=kind, hosts=rows)
    return change(calendar, **fields)


def change(calendar: Calendar, **fields: Any) -> Calendar:
    return update_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, **fields)


def take(calendar: Calendar, start: int = TEN, guest: dict[str, Any] | None = None, **options: Any) -> Booking:
    calendar.refresh_from_db()
    cleaned = clean_guest(calendar.compiled, guest or ADA)
    made = book(plan=calendar.compiled, start=start, guest=cleaned, source="api", actor=GUEST, now=NOW, **options)
    return Booking.objects.select_related("host").get(id=made.id)


def refused(*args: Any, **options: Any) -> str:
    with pytest.raises(Problem) as caught:
        take(*args, **options)
    return caught.value.code


def move(booking: Booking, start: int, by: str = "guest") -> Booking:
    reschedule(account_id=booking.account_id, booking_id=booking.id, start=start, actor=GUEST, now=NOW, by=by)
    return Booking.objects.get(id=booking.id)


def length(booking: Booking) -> int:
    return booking.end_min - booking.start_min


# Lengths


def test_each_length_has_its_own_slots_and_books_so_long(account: Account) -> None:
    calendar = factories.calendar(account, durations=[15, 60])
    plan = calendar.compiled
    assert lengths(plan) == [15, 30, 60]
    last = {n: open_slots(for_length(plan, n), now=NOW, first=DAY[0], end=DAY[1])[-1] for n in lengths(plan)}
    assert last == {15: TEN + 390, 30: TEN + 390, 60: TEN + 360}
    assert [length(take(calendar, TEN + 4 * n, duration=n)) for n in (15, 30)] == [15, 30]
    assert length(take(calendar)) == 30
    assert refused(calendar, TEN + 390, duration=60) == "slot_unavailable"


def test_length_that_the_calendar_does_not_have_is_refused(account: Account) -> None:
    assert refused(factories.calendar(account, durations=[15]), duration=45) == "invalid"


@pytest.mark.parametrize("kind", ["class", "event"])
def test_classes_and_events_have_one_length(account: Account, kind: str) -> None:
    with pytest.raises(Problem) as caught:
        factories.calendar(account, kind=kind, durations=[15])
    assert caught.value.fields == {"durations": "Classes and events have one length."}
    assert refused(factories.calendar(account, kind=kind), duration=15) == "invalid"


@pytest.mark.parametrize("kind", ["round_robin", "collective"])
def test_teams_have_lengths_too(account: Account, kind: str) -> None:
    calendar = team(account, kind, durations=[90])
    assert length(take(calendar, duration=90)) == 90
    assert refused(calendar, TEN + 390, duration=90) == "slot_unavailable"


def test_moved_appointment_keeps_its_length_while_the_calendar_has_it(account: Account) -> None:
    calendar = factories.calendar(account, durations=[60])
    booking = take(calendar, duration=60)
    assert length(move(booking, TEN + 120)) == 60
    change(calendar, durations=[])
    assert length(move(booking, TEN + 180)) == 30


def test_lengths_rest_while_the_type_cannot_have_them(account: Account) -> None:
    calendar = factories.calendar(account, durations=[60])
    who: dict[str, Any] = {"account": account, "calendar_id": calendar.id, "actor": SYSTEM, "now": NOW}
    assert set_team(**who, kind="class").compiled.durations == ()
    assert set_team(**who, kind="personal").compiled.durations == (60,)


# One guest


def test_guest_with_all_they_may_have_is_refused_until_one_is_over_or_cancelled(account: Account) -> None:
    calendar = factories.calendar(account, per_contact_limit=2)
    first = take(calendar)
    take(calendar, TEN + 60)
    contacts = Contact.objects.count()
    assert refused(calendar, TEN + 120) == "contact_limit"
    assert refused(calendar, TEN + 120, {"name": "Ada", "email": "ADA@example.com"}) == "contact_limit"
    assert take(calendar, TEN + 120, {"name": "Ben", "email": "ben@example.com"})
    assert Contact.objects.count() == contacts + 1
    cancel(account_id=account.id, booking_id=first.id, actor=GUEST, now=NOW, by="guest")
    assert take(calendar, TEN + 180)


def test_appointments_that_are_over_or_elsewhere_do_not_count(account: Account) -> None:
    calendar = factories.calendar(account, per_contact_limit=1)
    take(factories.calendar(account), TEN + 30)
    booking = take(calendar)
    Booking.objects.filter(id=booking.id).update(start_min=TEN - 9000, end_min=TEN - 8970)
    assert take(calendar, TEN + 60)


def test_owner_by_hand_and_a_moving_guest_are_not_limited(account: Account) -> None:
    calendar = factories.calendar(account, per_contact_limit=1)
    booking = take(calendar)
    assert move(booking, TEN + 60).start_min == TEN + 60
    assert take(calendar, TEN + 120, by_hand=True)


# One host of a team


def host_of(name: str) -> str:
    return str(Host.objects.get(name=name).id)


def test_host_with_enough_of_a_day_is_passed_over_in_a_round_robin(account: Account) -> None:
    calendar = team(account, "round_robin", per_host_day_limit=1)
    first = take(calendar)
    other = "B" if first.host.name == "A" else "A"
    found = open_times(calendar.compiled, now=NOW, first=DAY[0], end=DAY[1])
    assert {one.hosts for one in found} == {(host_of(other),)}
    assert take(calendar, TEN + 60).host.name == other
    assert open_slots(calendar.compiled, now=NOW, first=DAY[0], end=DAY[1]) == []
    asked = openings(calendar.compiled, now=NOW, first=TEN + 120, end=TEN + 121)
    assert sorted((one.code, one.detail, one.host) for one in asked.reasons(TEN + 120)) == sorted(
        ("HOSTLIMIT", "1/1", host_of(name)) for name in "AB"
    )
    assert refused(calendar, TEN + 120) == "slot_taken"
    assert take(calendar, TEN + 1440).start_min == TEN + 1440


def test_collective_is_closed_when_a_required_host_has_enough(account: Account) -> None:
    calendar = team(account, "collective", per_host_day_limit=1)
    booking = take(calendar)
    asked = openings(calendar.compiled, now=NOW, first=DAY[0], end=DAY[1])
    assert asked.slots() == []
    assert {one.code for one in asked.reasons(TEN + 120)} == {"HOSTLIMIT"}
    assert move(booking, TEN + 120).start_min == TEN + 120  # its own place on that day


def test_limit_of_a_host_is_for_teams_alone(account: Account) -> None:
    with pytest.raises(Problem) as caught:
        factories.calendar(account, per_host_day_limit=1)
    assert list(caught.value.fields) == ["per_host_day_limit"]


@pytest.mark.parametrize(("limit", "statements"), [(None, 1), (2, 2)])
def test_limit_of_a_host_costs_one_statement(
    account: Account, django_assert_num_queries: Any, limit: int | None, statements: int
) -> None:
    plan = team(account, "round_robin", per_host_day_limit=limit).compiled
    with django_assert_num_queries(statements):
        openings(plan, now=NOW, first=DAY[0], end=DAY[1])


# Parties


def party(n: int, **more: Any) -> dict[str, Any]:
    return {**ADA, "party": n, **more}


@pytest.mark.parametrize("kind", ["class", "event"])
def test_party_takes_as_many_places_and_keeps_them_when_it_moves(account: Account, kind: str) -> None:
    calendar = factories.calendar(account, kind=kind, capacity=5, max_party=3)
    with_ben = party(3, guests=[{"name": "Ben", "email": "ben@example.com"}])
    booking = take(calendar, guest=with_ben)
    assert (booking.seats, booking.guests) == (3, [{"name": "Ben", "email": "ben@example.com"}])
    assert {one.start: one.seats for one in open_times(calendar.compiled, now=NOW, first=TEN, end=TEN + 1)} == {TEN: 2}
    assert open_slots(calendar.compiled, now=NOW, first=TEN, end=TEN + 1, party=3) == []
    assert refused(calendar, guest=party(3, email="eve@example.com")) == "slot_taken"
    assert take(calendar, guest=party(2, email="eve@example.com")).seats == 2
    moved = move(booking, TEN + 60)
    assert (moved.seats, Seat.objects.filter(booking=moved).count()) == (3, 3)


@pytest.mark.parametrize(("most", "n"), [(3, 4), (1, 2)])
def test_party_above_the_calendars_largest_is_refused(account: Account, most: int, n: int) -> None:
    calendar = factories.calendar(account, kind="class", capacity=8, max_party=most)
    assert refused(calendar, guest=party(n)) == "invalid"


def test_nobody_brings_a_party_to_an_appointment_for_one(account: Account) -> None:
    assert refused(factories.calendar(account), guest=party(2)) == "invalid"
    with pytest.raises(Problem) as caught:
        factories.calendar(account, max_party=2)
    assert list(caught.value.fields) == ["max_party"]
