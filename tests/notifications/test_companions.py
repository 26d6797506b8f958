"""Those who come along with a guest are told what the guest is told, without the guest's link."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests import factories

from admitone.accounts.addresses import manage_url
from admitone.booking.models import Booking
from admitone.booking.services import book, cancel, confirm, reschedule
from admitone.calendars.models import Calendar
from admitone.events import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.messaging.opting import opt_out
from admitone.notifications.services import update_notice

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
BEA, CAT = "bea@example.com", "cat@example.com"
PARTY = [{"name": "Bea", "email": BEA}, {"name": "", "email": CAT}, {"name": "Dan", "email": ""}]

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Calendar:
    return factories.calendar(factories.account(), kind="class", capacity=20, max_party=9)


def take(calendar: Calendar, guests: Any = PARTY, name: str = "Ana Lima", **more: Any) -> Booking:
    raw = {"name": name, "email": "ana@example.com", "party": 1 + len(guests), "guests": guests}
    guest = clean_guest(calendar.compiled, raw)
    made = book(plan=calendar.compiled, start=TEN, guest=guest, source="api", actor=GUEST, now=NOW, **more)
    return Booking.objects.get(id=made.id)


def told(kind: str = "") -> list[tuple[str, str]]:
    run_pending(now=NOW)
    rows = Message.objects.filter(kind__endswith=".party").order_by("created_at", "id")
    return [(row.to, row.ics_method) for row in rows if row.kind.startswith(kind)]


def call_off(booking: Booking) -> None:
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW, by="host")


def test_those_who_left_an_address_get_each_change_with_its_file(room):
    booking = take(room)
    assert told() == [(BEA, "REQUEST"), (CAT, "REQUEST")]
    first = Message.objects.get(kind="booking.created.party", to=BEA)
    assert "Hello Bea," in first.text
    assert "Ana Lima has booked for you, too." in first.text
    assert manage_url(booking.id) not in first.text + first.html + first.ics
    assert BEA in first.ics.replace("\r\n ", "")
    assert "ana@example.com" not in first.ics
    reschedule(account_id=room.account_id, booking_id=booking.id, start=TEN + 60, actor=SYSTEM, now=NOW, by="host")
    call_off(booking)
    assert told("booking.rescheduled") == [(BEA, "REQUEST"), (CAT, "REQUEST")]
    assert told("booking.cancelled") == [(BEA, "CANCEL"), (CAT, "CANCEL")]


def test_whoever_booked_and_whoever_left_are_not_told(room):
    opt_out(account=room.account, channel="email", address=CAT, source="one_click", actor=GUEST, now=NOW)
    take(room, [*PARTY, {"name": "Ana", "email": "Ana@example.com"}, {"name": "Bea again", "email": "BEA@example.com"}])
    assert told() == [(BEA, "REQUEST")]


def test_request_tells_them_once_it_is_approved_and_nothing_if_it_is_withdrawn(room):
    calendar = factories.calendar(room.account, kind="class", capacity=9, max_party=5, approval=True)
    booking = take(calendar)
    assert told() == []
    confirm(account_id=room.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW)
    assert told("booking.confirmed") == [(BEA, "REQUEST"), (CAT, "REQUEST")]
    other = take(calendar, [{"name": "Eve", "email": "eve@example.com"}])
    cancel(account_id=room.account_id, booking_id=other.id, actor=GUEST, now=NOW, by="guest")
    assert "eve@example.com" not in dict(told())


def test_switched_off_they_are_told_nothing(room):
    where = {"account": room.account, "calendar_id": room.id, "actor": SYSTEM, "now": NOW}
    update_notice(**where, key="booked.party.email", enabled=False)
    call_off(take(room))
    assert told() == []
    with pytest.raises(Problem) as problem:
        update_notice(**where, key="cancelled.party.email", body="{{ appointment.manage_url }}")
    assert list(problem.value.fields) == ["body"]


def test_name_that_advertises_is_not_passed_on(room):
    take(room, name="www.win.example")
    told()
    assert "www.win" not in Message.objects.get(kind="booking.created.party", to=BEA).text
