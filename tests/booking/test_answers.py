"""Answers as people read them: in mails, calendar entries, merged texts, and after their form has changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests import factories

from admitone.booking.answers import answers_of
from admitone.booking.models import Booking
from admitone.booking.services import book
from admitone.calendars.services import choose_form
from admitone.contacts.erasing import erase
from admitone.events import GUEST, SYSTEM
from admitone.forms.services import update_form
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.notifications.appointments import load
from admitone.notifications.booked import host_rows
from admitone.values.context import Context
from admitone.values.rendering import available, check, render

pytestmark = pytest.mark.django_db
NOW = factories.NOW
FIELDS = [
    {"key": "mail", "label": "Email", "kind": "email", "required": True, "maps_to": "email"},
    {"key": "need", "label": "What for?"},
    {"key": "first_time", "label": "First time?", "kind": "checkbox"},
]


@pytest.fixture
def booking() -> Booking:
    calendar = factories.calendar(factories.account())
    form = factories.form(calendar.account, fields=FIELDS)
    choose_form(account=calendar.account, calendar_id=calendar.id, form_id=form.id, actor=SYSTEM, now=NOW)
    calendar.refresh_from_db()
    plan = calendar.compiled
    answers = {"mail": "ada@example.com", "need": "Pain <b>", "first_time": True}
    guest = clean_guest(plan, {"name": "Ada", "answers": answers})
    start = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
    done = book(plan=plan, start=start, guest=guest, source="api", actor=GUEST, now=NOW)
    return Booking.objects.get(id=done.id)


def context(booking: Booking) -> Context:
    return Context(booking.account, NOW, contact_id=booking.contact_id, booking_id=booking.id)


def test_answers_are_read_by_the_questions_they_were_given_to(booking: Booking) -> None:
    expected = [("What for?", "Pain <b>"), ("First time?", "Yes")]
    assert answers_of(booking) == expected
    fields = [FIELDS[0], {"key": "need", "label": "Why?"}]
    update_form(account=booking.account, form_id=booking.form_id, actor=SYSTEM, now=NOW, fields=fields)
    assert answers_of(booking) == expected


def test_hosts_mail_lists_them(booking: Booking) -> None:
    one = load(booking.id)
    assert one
    rows = [(row.label, row.value) for row in host_rows(one)]
    assert ("What for?", "Pain <b>") in rows


def test_text_merges_them_and_knows_which_there_are(booking: Booking) -> None:
    known = available(["appointment"], booking.account)
    assert check("{{ appointment.answers.need }}", known) == []
    (fault,) = check("{{ appointment.answers.nothing }}", known)
    assert fault.message == "No calendar's form has a question with the key nothing."
    merged = render(
        "{{ appointment.answers.need }} {{ appointment.answers.first_time }}", context(booking), channel="html"
    )
    assert merged.text == "Pain &lt;b&gt; yes"


def test_erased_guest_leaves_no_answers(booking: Booking) -> None:
    erase(account=booking.account, contact_id=booking.contact_id, actor=SYSTEM, now=NOW, cancel_appointments=True)
    booking.refresh_from_db()
    assert (booking.answers, answers_of(booking)) == ({}, [])
