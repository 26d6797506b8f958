"""The database's own refusals (P2): inserted behind the application's back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from tests import factories

from admitone.booking import guards
from admitone.booking.models import Booking, Occupancy, Seat, Session

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking() -> Booking:
    return factories.booking(factories.calendar(factories.account()))


def session(booking: Booking, start: int, end: int, capacity: int = 1) -> Session:
    return Session.objects.create(
        account_id=booking.account_id, calendar=booking.calendar, start_min=start, end_min=end, capacity=capacity
    )


def insert_raw(booking: Booking, start: int, end: int) -> None:
    made = session(booking, start, end)
    ids = [uuid4(), made.id, booking.host_id]
    values = [i.hex if connection.vendor == "sqlite" else i for i in ids]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO booking_occupancy (id, session_id, host_id, start_min, end_min, buffer_before, buffer_after) "
            "VALUES (%s, %s, %s, %s, %s, 0, 0)",
            [*values, start, end],
        )


def test_all_guards_are_installed():
    assert guards.missing() == []


def test_install_again_changes_nothing():
    guards.install()
    assert guards.missing() == []


@pytest.mark.parametrize(("before", "after"), [(0, 0), (-10, -10), (10, 10), (-10, 10), (5, -5)])
def test_overlapping_row_by_raw_sql_is_refused(booking, before, after):
    with pytest.raises(DatabaseError, match=guards.OVERLAP):
        insert_raw(booking, booking.start_min + before, booking.end_min + after)


def test_touching_row_by_raw_sql_is_accepted(booking):
    insert_raw(booking, booking.end_min, booking.end_min + 30)
    insert_raw(booking, booking.start_min - 30, booking.start_min)
    assert Occupancy.objects.filter(host=booking.host).count() == 3


def test_overlap_made_by_update_is_refused(booking):
    insert_raw(booking, booking.end_min, booking.end_min + 30)
    with pytest.raises(DatabaseError, match=guards.OVERLAP), transaction.atomic():
        Occupancy.objects.filter(start_min=booking.end_min).update(start_min=booking.end_min - 1)


def test_another_host_may_be_taken_at_the_same_time(booking):
    other = factories.booking(factories.calendar(booking.account))
    assert other.start_min == booking.start_min


def test_seat_beyond_the_capacity_is_refused(booking):
    with pytest.raises(DatabaseError, match=guards.OVERSOLD), transaction.atomic():
        Seat.objects.create(session=Seat.objects.get(booking=booking).session, n=1, booking=booking)


def test_seat_sold_twice_is_refused(booking):
    with pytest.raises(DatabaseError), transaction.atomic():
        Seat.objects.create(session=Seat.objects.get(booking=booking).session, n=0, booking=booking)


def test_capacity_below_the_seats_sold_is_refused(booking):
    made = session(booking, booking.end_min, booking.end_min + 30, capacity=3)
    Seat.objects.create(session=made, n=2, booking=booking)
    with pytest.raises(DatabaseError, match=guards.OVERSOLD), transaction.atomic():
        Session.objects.filter(id=made.id).update(capacity=2)


@pytest.mark.database("sqlite")
def test_dropped_trigger_is_reported_and_put_back():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER occupancy_no_overlap_insert")
    assert guards.missing() == ["occupancy_no_overlap_insert"]
    guards.install()
    assert guards.missing() == []


@pytest.mark.database("postgresql")
def test_dropped_constraint_is_reported_and_put_back():
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE booking_occupancy DROP CONSTRAINT {guards.OVERLAP}")
    assert guards.missing() == [guards.OVERLAP]
    guards.install()
    assert guards.missing() == []
