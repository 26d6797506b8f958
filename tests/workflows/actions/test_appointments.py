"""Appointments that runs book and cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.workflows.actions.steps import log, refused, step
from tests.workflows.conftest import NOW, email, submit

from admitone.booking.models import Booking
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.logic.clock import from_min, to_min_floor
from admitone.messaging.models import Message
from admitone.workflows import engine
from admitone.workflows.models import Enrollment
from admitone.workflows.services.testing import try_out

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)


def book(calendar: Any, **params: Any) -> dict[str, Any]:
    return step("booking.book", "book", calendar=str(calendar.id), **params)


def starts() -> list[Any]:
    return [from_min(one.start_min) for one in Booking.objects.order_by("start_min")]


def test_next_free_time_is_booked_and_told(published, contact, calendar):
    published([book(calendar, note="For {{ contact.name }}"), email(body="At {{ steps.book.start }}")])
    submit(contact)
    one = Booking.objects.get()
    assert (starts(), one.contact, one.source, one.note) == ([NOW], contact, "workflow", "For Ada Lovelace")
    assert Message.objects.get(kind="workflow").text.startswith("At 2026-11-02T09:00:00Z")
    outputs = Enrollment.objects.get().outputs["book"]
    assert (outputs["status"], outputs["booking"]) == ("confirmed", str(one.id))


def test_search_begins_and_ends_where_it_is_told(published, contact, calendar):
    published([book(calendar, after={"days": 1})])
    submit(contact)
    assert starts() == [TOMORROW]
    published([book(calendar, after={"days": 5}, within={"days": 6})], [{"type": "booking.created"}])
    factories.booking(calendar, TOMORROW + timedelta(hours=1))
    run_pending(now=NOW)
    assert log(Enrollment.objects.get(trigger="booking.created")) == [("book", "skipped", "No time is free.")]


def test_two_contacts_get_two_times(published, account, calendar):
    published([book(calendar)])
    for _ in range(2):
        submit(factories.contact(account))
    assert starts() == [NOW, NOW + timedelta(minutes=30)]


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("2026-11-03T10:00:00+01:00", TOMORROW),
        ("2026-11-03T10:00", TOMORROW),
        ("{{ contact.custom.wish }}", TOMORROW),
        ("{{ contact.custom.wish }}Z", TOMORROW + timedelta(hours=1)),
    ],
)
def test_time_may_come_from_a_value_and_is_the_contacts_own(published, contact, calendar, account, at, start):
    factories.custom_field(account, label="Wish")
    Contact.objects.update(custom={"wish": "2026-11-03T10:00"}, timezone="Europe/Berlin")
    published([book(calendar, at=at)])
    submit(contact)
    assert starts() == [start]


def test_time_that_is_none_or_taken_fails_with_its_words(published, contact, calendar, account):
    factories.custom_field(account, label="Wish")
    published([book(calendar, at="{{ contact.custom.wish }}")])
    submit(contact)
    assert log() == [("book", "skipped", "There is no time to book.")]
    factories.booking(calendar, TOMORROW)
    for wish, words in (
        ("soon", "soon is not a date and time like 2026-12-01T09:00."),
        ("2026-11-03T09:00Z", "That time has just been taken."),
        ("2026-11-03T03:00Z", "That time cannot be booked."),
    ):
        Contact.objects.update(custom={"wish": wish})
        submit(contact)
        assert Enrollment.objects.order_by("id").last().reason.startswith(words)
    assert starts() == [TOMORROW]


def test_booking_whose_record_was_lost_is_not_made_again(published, contact, calendar):
    """The worker died after it had booked and before it wrote that down."""
    published([book(calendar)])
    submit(contact)
    one = Enrollment.objects.get()
    Enrollment.objects.update(status="active", path=[0], outputs={}, context={})
    one.runs.update(status="running")
    engine.advance(enrollment_id=str(one.id), now=NOW + timedelta(minutes=5))
    one.refresh_from_db()
    assert (one.status, starts(), one.outputs["book"]["booking"]) == ("done", [NOW], str(Booking.objects.get().id))


def test_appointment_values_are_there_after_booking(published, contact, calendar):
    published([book(calendar), step("contact.add_note", text="{{ appointment.time }} {{ calendar.name }}")])
    submit(contact)
    assert contact.notes.get().text == "10:00 Consultation"


def test_runs_appointment_is_cancelled_with_its_reason(published, calendar, contact):
    cancel = step("booking.cancel", reason="Sorry, {{ contact.first_name }}")
    published([cancel, step("booking.cancel", "again")], [{"type": "booking.created"}])
    factories.booking(calendar, email=contact.email)
    run_pending(now=NOW)
    one = Booking.objects.get()
    assert (one.status, one.cancelled_by, one.cancel_reason) == ("cancelled", "host", "Sorry, Ada")
    assert log()[1][1] == "skipped"


def test_run_without_appointment_cancels_nothing(published, contact):
    published([step("booking.cancel")])
    submit(contact)
    assert log() == [("act", "skipped", "There is no appointment.")]


def test_booking_that_cannot_work_is_refused(published, account, calendar):
    theirs = factories.calendar(factories.account())
    assert list(refused(published, book(theirs))) == ["steps.book.calendar"]
    assert list(refused(published, book(calendar, at="tomorrow"))) == ["steps.book.at"]
    assert list(refused(published, book(calendar, within={"hours": -1}))) == ["steps.book.within"]
    assert to_min_floor(NOW) > 0


def test_test_run_books_nothing_and_goes_on_with_an_appointment(published, contact, calendar, account):
    workflow = published([book(calendar), step("contact.add_note", text="{{ appointment.time }}")])
    tried = try_out(account=account, workflow_id=workflow.id, contact_id=contact.id, actor=SYSTEM, now=NOW)
    assert [(one.status, one.notes) for one in tried.steps] == [("done", ["2026-11-02T09:00:00Z"]), ("done", [])]
    assert (Booking.objects.count(), contact.notes.count()) == (0, 0)
