"""Workflows and requests: what starts by which event, and that nothing is said of a request before its answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.workflows.conftest import email
from tests.workflows.test_waits import workflow_mails

from admitone.booking.models import Booking
from admitone.booking.services import book, confirm, decline, reschedule
from admitone.calendars.queries import plan_by_id
from admitone.calendars.services import update_calendar
from admitone.events import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.logic.bookings import clean_guest
from admitone.workflows.models import Enrollment

NOW = factories.NOW
AT = int(NOW.timestamp()) // 60 + 24 * 60
BEFORE = {"name": "before", "type": "wait.until", "params": {"anchor": "appointment.start", "minutes": -60}}
PAUSE = [{"name": "wait", "type": "wait.for", "params": {"days": 9}}]


@pytest.fixture
def asking(account, calendar):
    update_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, approval=True, approval_hours=240)
    return calendar


def request(calendar) -> Booking:
    plan = plan_by_id(calendar.id)
    assert plan
    guest = clean_guest(plan, {"name": "Ada", "email": "ada@example.com"})
    made = book(plan=plan, start=AT, guest=guest, source="api", actor=GUEST, now=NOW)
    run_pending(now=NOW)
    return Booking.objects.get(id=made.id)


def answer(service, booking, now=NOW) -> None:
    service(account_id=booking.account_id, booking_id=booking.id, actor=SYSTEM, now=now)
    run_pending(now=now)


def entered() -> list[str]:
    return sorted(Enrollment.objects.values_list("trigger", flat=True))


KINDS = ("booking.created", "booking.requested", "booking.confirmed", "booking.declined")


@pytest.fixture
def watched(published):
    for kind in KINDS:
        published(PAUSE, [{"type": kind}])


def test_request_is_booked_once_it_is_approved(watched, asking):
    booking = request(asking)
    assert entered() == ["booking.requested"]
    answer(confirm, booking)
    assert entered() == ["booking.confirmed", "booking.created", "booking.requested"]


def test_declined_request_was_never_booked(watched, asking):
    answer(decline, request(asking))
    assert entered() == ["booking.declined", "booking.requested"]


def test_appointment_approved_again_is_not_booked_again(watched, asking):
    booking = request(asking)
    answer(confirm, booking)
    ids = {"account_id": booking.account_id, "booking_id": booking.id}
    reschedule(**ids, start=AT + 60, actor=GUEST, now=NOW, by="guest")
    answer(confirm, booking)
    assert entered().count("booking.created") == 1
    assert entered().count("booking.confirmed") == 2


def test_appointment_without_approval_starts_both(watched, calendar):
    factories.booking(calendar)
    run_pending(now=NOW)
    assert entered() == ["booking.confirmed", "booking.created"]


def test_wait_for_the_start_of_a_request_holds_until_it_is_approved(published, asking):
    published([BEFORE, email(body="Soon")], [{"type": "booking.requested"}])
    booking = request(asking)
    due = NOW + timedelta(hours=23)
    run_pending(now=due)
    assert (Enrollment.objects.get().status, workflow_mails()) == ("waiting", [])
    answer(confirm, booking, due + timedelta(minutes=10))
    assert (Enrollment.objects.get().status, workflow_mails()) == ("done", ["Soon\n"])


def test_declined_request_stops_its_wait(published, asking):
    published([BEFORE, email(body="Soon")], [{"type": "booking.requested"}])
    answer(decline, request(asking))
    one = Enrollment.objects.get()
    assert (one.status, one.reason) == ("stopped", "Stopped: the appointment was declined.")


def test_run_can_wait_until_a_request_is_declined(published, asking):
    wait = {"name": "wait", "type": "wait.for_event", "params": {"event": "booking.declined"}}
    published([wait, email(body="Sorry")], [{"type": "booking.requested"}])
    booking = request(asking)
    assert Enrollment.objects.get().status == "waiting"
    answer(decline, booking)
    assert workflow_mails() == ["Sorry\n"]
