"""Round robin, collective, class and event: who takes an appointment, how many fit, what a change gives back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.booking.models import Booking, Occupancy, Seat, Session
from admitone.booking.queries import hosts_of, openings
from admitone.booking.services import book, cancel, reschedule
from admitone.calendars.models import BusyBlock, BusySource, Calendar, Host
from admitone.calendars.services import TeamHost, set_team
from admitone.events import GUEST, SYSTEM, Event
from admitone.links.services import redeem
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.openings import OpenTime

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))  # 10:00 in Berlin
DAY = (TEN - 600, TEN + 840)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account()


def team(
    account: Account, kind: str, count: int = 2, rows: list[dict[str, Any]] | None = None, **changes: Any
) -> Calendar:
    hosts = [factories.host(account, name=name) for name in "ABCDEFGHIJ"[:count]]
    calendar = factories.calendar(account, host=hosts[0])
    places = [TeamHost(host.id, **row) for host, row in zip(hosts, rows or [{}] * count, strict=True)]
    return set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, kind=kind, hosts=places, **changes)


def klass(account: Account, capacity: int = 2, kind: str = "class", **fields: Any) -> Calendar:
    return factories.calendar(account, kind=kind, capacity=capacity, **fields)


def host(calendar: Calendar, name: str) -> Host:
    return Host.objects.get(calendar_hosts__calendar=calendar, name=name)


def take(calendar: Calendar, start: int = TEN, email: str = "ada@example.com", **options: Any) -> Booking:
    calendar.refresh_from_db()
    plan = calendar.compiled
    guest = clean_guest(plan, {"name": "Ada", "email": email})
    made = book(plan=plan, start=start, guest=guest, source="api", actor=GUEST, now=NOW, **options)
    return Booking.objects.select_related("host").get(id=made.id)


def refused(calendar: Calendar, start: int = TEN, **options: Any) -> tuple[str, str]:
    with pytest.raises(Problem) as caught:
        take(calendar, start, **options)
    return caught.value.code, caught.value.extra.get("reason", "")


def offered(calendar: Calendar, start: int = TEN) -> bool:
    asked = openings(calendar.compiled, now=NOW, first=DAY[0], end=DAY[1])
    found = start in asked.slots()
    assert (asked.refusal(start) is None) == found == (not asked.reasons(start))
    return found


def move(booking: Booking, start: int) -> Booking:
    reschedule(account_id=booking.account_id, booking_id=booking.id, start=start, actor=GUEST, now=NOW, by="guest")
    return Booking.objects.select_related("host").get(id=booking.id)


def drop(booking: Booking) -> None:
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=GUEST, now=NOW, by="guest")


def busy(account: Account, of: Host, start: int = TEN, end: int = TEN + 30, **fields: Any) -> None:
    values = {"kind": "ics", "config_sealed": "x", "fetched_at": NOW, "created_at": NOW, **fields}
    source = BusySource.objects.create(account=account, host=of, **values)
    BusyBlock.objects.create(source=source, host=of, start_min=start, end_min=end)


def codes(calendar: Calendar, start: int = TEN) -> list[tuple[str, str]]:
    names = {str(one.id): one.name for one in Host.objects.all()}
    asked = openings(calendar.compiled, now=NOW, first=start, end=start + 1)
    return [(reason.code, names.get(reason.host, "")) for reason in asked.reasons(start)]


# Round robin


def test_round_robin_sells_a_time_once_for_each_host(account):
    calendar = team(account, "round_robin", 3)
    assert [take(calendar).host.name for _ in range(3)] == ["A", "B", "C"]
    assert offered(calendar) is False
    assert refused(calendar) == ("slot_taken", "BOOKED")
    assert Occupancy.objects.count() == 3


def test_round_robin_says_why_this_host(account):
    calendar = team(account, "round_robin", 2)
    assert [take(calendar).host_reason for _ in range(2)] == ["order", "only"]


def test_higher_priority_is_asked_first(account):
    calendar = team(account, "round_robin", 2, [{}, {"priority": 5}])
    booking = take(calendar)
    assert (booking.host.name, booking.host_reason) == ("B", "priority")


def test_equal_share_follows_weights(account):
    calendar = team(account, "round_robin", 2, [{"weight": 3}, {}], strategy="equal")
    names = [take(calendar, TEN + 30 * n).host.name for n in range(8)]
    assert (names.count("A"), names.count("B")) == (6, 2)


def test_the_contacts_owner_comes_first(account):
    user = factories.member(account, name="Owner")
    calendar = team(account, "round_robin", 2)
    Host.objects.filter(name="B").update(user=user)
    calendar = set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, count_days=31)
    factories.contact(account, email="ada@example.com", owner=user)
    booking = take(calendar)
    assert (booking.host.name, booking.host_reason) == ("B", "owner")


def test_the_guests_wish_counts_where_the_calendar_allows_it(account):
    calendar = team(account, "round_robin", 2, guest_picks_host=True)
    wanted = str(host(calendar, "B").id)
    assert take(calendar, host=wanted).host.name == "B"
    assert refused(calendar, host=wanted) == ("slot_taken", "BOOKED")
    assert take(calendar).host.name == "A"


def test_a_wish_where_guests_do_not_choose_is_refused(account):
    calendar = team(account, "round_robin", 2)
    assert refused(calendar, host=str(host(calendar, "B").id)) == ("invalid", "")


def test_hosts_free_halves_make_no_slot(account):
    calendar = team(account, "round_robin", 2)
    busy(account, host(calendar, "A"), TEN, TEN + 15)
    busy(account, host(calendar, "B"), TEN + 15, TEN + 30)
    assert offered(calendar) is False
    assert codes(calendar) == [("BUSY", "A"), ("BUSY", "B")]


def test_source_that_cannot_be_read_blocks_its_own_host_alone(account):
    calendar = team(account, "round_robin", 2)
    busy(account, host(calendar, "A"), TEN + 600, TEN + 630, fetched_at=None)
    assert take(calendar).host.name == "B"
    assert refused(calendar) == ("slot_taken", "BUSY")


def test_own_hours_of_a_host_count(account):
    calendar = team(account, "round_robin", 2)
    own = factories.calendar(account, hours={2: [(600, 660)]}).schedule
    rows = [TeamHost(host(calendar, "A").id, schedule=own.id), TeamHost(host(calendar, "B").id)]
    calendar = set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, hosts=rows)
    assert take(calendar).host.name == "B"
    assert codes(calendar) == [("HOSTOFF", "A"), ("BOOKED", "B")]


def test_moved_round_robin_booking_keeps_its_host_if_free_and_says_so_if_not(account):
    calendar = team(account, "round_robin", 2)
    booking = take(calendar)
    assert (booking.host.name, move(booking, TEN + 60).host.name) == ("A", "A")
    busy(account, host(calendar, "A"), TEN + 120, TEN + 150)
    moved = move(booking, TEN + 120)
    assert (moved.host.name, moved.host_reason) == ("B", "only")
    facts = Event.objects.filter(kind="booking.rescheduled").order_by("subject_seq").values_list("facts", flat=True)
    assert [one.get("old_host") for one in facts] == [None, str(host(calendar, "A").id)]


def test_by_hand_takes_a_host_with_nothing_there_whatever_the_hours(account):
    calendar = team(account, "round_robin", 2)
    night = TEN + 12 * 60
    assert [take(calendar, night, by_hand=True).host.name for _ in range(2)] == ["A", "B"]
    assert refused(calendar, night, by_hand=True)[0] == "slot_taken"


# Collective


def test_collective_blocks_required_hosts_and_free_optional_ones(account):
    calendar = team(account, "collective", 3, [{}, {}, {"required": False}])
    booking = take(calendar)
    assert [one.name for one in hosts_of(booking)] == ["A", "B", "C"]
    assert offered(calendar) is False


def test_busy_optional_host_stays_away(account):
    calendar = team(account, "collective", 2, [{}, {"required": False}])
    busy(account, host(calendar, "B"))
    assert [one.name for one in hosts_of(take(calendar))] == ["A"]


def test_collective_names_who_blocks_and_leaves_nothing_behind(account):
    calendar = team(account, "collective", 2)
    busy(account, host(calendar, "B"))
    assert codes(calendar) == [("BUSY", "B")]
    assert refused(calendar) == ("slot_taken", "BUSY")
    assert (Session.objects.count(), Occupancy.objects.count()) == (0, 0)


def test_cancelled_and_moved_collective_bookings_give_all_hosts_back(account):
    calendar = team(account, "collective", 2)
    booking = move(take(calendar), TEN + 60)
    assert sorted(Occupancy.objects.values_list("start_min", flat=True)) == [TEN + 60] * 2
    drop(booking)
    assert Occupancy.objects.count() == 0


# Class


def test_class_sells_its_seats_and_no_more(account):
    calendar = klass(account, 2)
    assert [list(take(calendar).seat_rows.values_list("n", flat=True)) for _ in range(2)] == [[0], [1]]
    assert (offered(calendar), codes(calendar)) == (False, [("SEATS", "")])
    assert refused(calendar) == ("slot_taken", "SEATS")
    assert (Session.objects.count(), Occupancy.objects.count()) == (1, 1)


def test_class_tells_its_free_seats(account):
    calendar = klass(account, 3)
    take(calendar)
    asked = openings(calendar.compiled, now=NOW, first=DAY[0], end=DAY[1])
    assert (asked.seats()[TEN], asked.seats()[TEN + 30]) == (2, 3)


def test_another_class_cannot_begin_beside_one(account):
    calendar = klass(account, 2, duration=60, interval=30)
    take(calendar)
    assert (offered(calendar), offered(calendar, TEN + 30), offered(calendar, TEN + 60)) == (True, False, True)


def test_a_freed_seat_is_sold_again_and_the_last_one_frees_the_host(account):
    calendar = klass(account, 2)
    one, two = take(calendar), take(calendar)
    drop(one)
    three = take(calendar)
    assert list(Seat.objects.filter(booking=three).values_list("n", flat=True)) == [0]
    drop(two)
    assert Occupancy.objects.count() == 1
    drop(three)
    assert (Occupancy.objects.count(), Session.objects.count()) == (0, 0)


def test_moving_gives_the_seat_back_and_takes_one_elsewhere(account):
    calendar = klass(account, 2)
    one, two = take(calendar), take(calendar)
    move(one, TEN + 60)
    move(two, TEN + 60)
    assert refused(calendar, TEN + 60) == ("slot_taken", "SEATS")
    assert Session.objects.values_list("start_min", "capacity").get() == (TEN + 60, 2)


def test_more_seats_let_more_guests_join_what_has_begun_to_fill(account):
    calendar = klass(account, 2)
    for _ in range(2):
        take(calendar)
    calendar = set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, capacity=3)
    assert list(take(calendar).seat_rows.values_list("n", flat=True)) == [2]
    assert refused(calendar)[0] == "slot_taken"


def test_a_class_does_not_join_what_was_booked_for_one(account):
    calendar = factories.calendar(account)
    take(calendar)
    calendar = set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, kind="class", capacity=5)
    assert refused(calendar) == ("slot_taken", "BOOKED")


def test_one_time_link_takes_one_seat(account):
    calendar = klass(account, 2)
    guest = {"name": "Ada", "email": "ada@example.com", "timezone": "UTC"}
    made = [
        redeem(token=keyring().sign("o1", factories.link(calendar).id), start=TEN, guest=guest, now=NOW)
        for _ in range(2)
    ]
    assert [Booking.objects.get(id=one.id).seats for one in made] == [1, 1]
    assert offered(calendar) is False


# Event


def test_event_without_a_limit_blocks_nobody(account):
    calendar = klass(account, 0, "event")
    for _ in range(12):
        take(calendar)
    asked = openings(calendar.compiled, now=NOW, first=TEN, end=TEN + 1)
    assert (asked.times(), Occupancy.objects.count(), Session.objects.count()) == ([OpenTime(TEN)], 0, 1)


def test_event_with_a_limit_fills_up(account):
    calendar = klass(account, 2, "event")
    busy(account, calendar.calendar_hosts.get().host)
    for _ in range(2):
        take(calendar)
    assert refused(calendar) == ("slot_taken", "SEATS")
    assert offered(calendar, TEN + 30) is True


# Costs


@pytest.mark.parametrize(("kind", "count"), [("round_robin", 1), ("collective", 1), ("class", 2), ("event", 1)])
def test_open_times_cost_one_statement_and_one_more_for_a_class(account, kind, count, django_assert_num_queries):
    calendar = team(account, kind, 3) if kind in ("round_robin", "collective") else klass(account, 3, kind)
    take(calendar)
    with django_assert_num_queries(count):
        openings(calendar.compiled, now=NOW, first=DAY[0], end=DAY[1]).slots()


def test_party_that_moves_where_appointments_are_single_by_now_takes_one_seat(account):
    calendar = klass(account, max_party=3)
    calendar.refresh_from_db()
    guest = clean_guest(calendar.compiled, {"name": "Ada", "email": "ada@example.com", "party": 2})
    made = book(plan=calendar.compiled, start=TEN, guest=guest, source="api", actor=GUEST, now=NOW)
    set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, kind="personal")
    moved = move(Booking.objects.get(id=made.id), TEN + 60)
    assert (moved.seats, Seat.objects.count(), Session.objects.count()) == (1, 1, 1)
