"""Waits are rows, not threads: they end on time, or with their event, and never miss one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests import factories
from tests.workflows.conftest import NOW, email, happens, runs, submit

from admitone.accounts.keyring import keyring
from admitone.booking.services import cancel, reschedule
from admitone.events import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows import engine
from admitone.workflows.models import Enrollment

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
START = int((NOW + timedelta(days=1)).timestamp()) // 60


def book(link: OneTimeLink, now: datetime = NOW) -> None:
    guest = {"name": "Ada Lovelace", "email": "ada@example.com", "timezone": "Europe/Berlin"}
    redeem(token=keyring().sign("o1", link.id), start=START, guest=guest, now=now)


def wait_for(event: str, **params) -> dict:
    return {
        "name": "wait",
        "type": "wait.for_event",
        "params": {"event": event, **params},
        "branches": [
            {"name": "happened", "steps": [email("thanks", body="Thanks")]},
            {"name": "timed_out", "steps": [email("nudge", body="Still there? {{ steps.booking_link.url }}")]},
        ],
    }


def workflow_mails() -> list[str]:
    return list(Message.objects.filter(kind="workflow").order_by("id").values_list("text", flat=True))


def test_wait_sleeps_and_wakes_on_time(published, contact):
    published([{"name": "pause", "type": "wait.for", "params": {"hours": 2}}, email(body="Later")])
    submit(contact)
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.resume_at) == ("waiting", NOW + 2 * HOUR)
    run_pending(now=NOW + 2 * HOUR - timedelta(seconds=1))
    assert workflow_mails() == []
    run_pending(now=NOW + 2 * HOUR)
    assert workflow_mails() == ["Later\n"]
    assert Enrollment.objects.get().status == "done"


def test_used_link_ends_the_wait_and_takes_its_branch(published, generate, contact):
    published([generate, wait_for("one_time_link.used", timeout={"days": 2})])
    submit(contact)
    book(OneTimeLink.objects.get())
    run_pending(now=NOW)
    assert workflow_mails() == ["Thanks\n"]
    run_pending(now=NOW + timedelta(days=3))
    assert workflow_mails() == ["Thanks\n"]


def test_unused_link_is_nudged_after_the_timeout(published, generate, contact):
    published([generate, wait_for("one_time_link.used", timeout={"days": 2})])
    submit(contact)
    run_pending(now=NOW + timedelta(days=2))
    assert [text[:12] for text in workflow_mails()] == ["Still there?"]
    enrollment = Enrollment.objects.get()
    assert runs(enrollment) == [("booking_link", "done"), ("wait", "done"), ("nudge", "done")]
    assert enrollment.runs.get(step="wait").outcome == {"happened": False, "branch": 1}


def test_link_used_before_the_wait_began_continues_at_once(published, generate, contact):
    pause = {"name": "pause", "type": "wait.for", "params": {"hours": 1}}
    published([generate, pause, wait_for("one_time_link.used")])
    submit(contact)
    book(OneTimeLink.objects.get())
    run_pending(now=NOW)
    run_pending(now=NOW + HOUR)
    assert workflow_mails() == ["Thanks\n"]


def test_event_between_look_and_note_is_not_missed(published, generate, contact):
    """Nothing wakes the enrollment, and yet the second look, after the wait is committed, finds the event."""
    published([generate, wait_for("one_time_link.used")])
    submit(contact)
    enrollment, link = Enrollment.objects.get(), OneTimeLink.objects.get()
    Enrollment.objects.update(status="active", waiting_for=None, awaits="")
    assert engine.turn(enrollment.id, NOW) is True
    happens(contact.account, "one_time_link.used", "one_time_link", subject_id=link.id, link=link.id)
    engine.advance(enrollment_id=str(enrollment.id), now=NOW)
    assert workflow_mails() == ["Thanks\n"]


def test_another_contacts_booking_does_not_end_the_wait(published, contact, account, calendar):
    wait = {"name": "wait", "type": "wait.for_event", "params": {"event": "booking.created"}}
    published([wait])
    submit(contact)
    factories.booking(calendar)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == "waiting"
    factories.booking(calendar, NOW + timedelta(days=2), email=contact.email)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == "done"


BEFORE = {"name": "before", "type": "wait.until", "params": {"anchor": "appointment.start", "minutes": -60}}


def test_rescheduled_appointment_moves_its_wait(published, calendar, account):
    published([BEFORE, email(body="Soon")], [{"type": "booking.created"}])
    booking = factories.booking(calendar)
    run_pending(now=NOW)
    assert Enrollment.objects.get().resume_at == NOW + timedelta(hours=23)
    later = booking.start_min + 24 * 60
    reschedule(account_id=account.id, booking_id=booking.id, start=later, actor=SYSTEM, now=NOW, by="host")
    run_pending(now=NOW)
    assert Enrollment.objects.get().resume_at == NOW + timedelta(hours=47)
    run_pending(now=NOW + timedelta(hours=23))
    assert workflow_mails() == []
    run_pending(now=NOW + timedelta(hours=47))
    assert workflow_mails() == ["Soon\n"]


def test_cancelled_appointment_stops_its_wait(published, calendar, account):
    published([BEFORE, email(body="Soon")], [{"type": "booking.created"}])
    booking = factories.booking(calendar)
    run_pending(now=NOW)
    cancel(account_id=account.id, booking_id=booking.id, actor=GUEST, now=NOW, by="guest")
    run_pending(now=NOW)
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.reason) == ("stopped", "Stopped: the appointment was cancelled.")


@pytest.mark.parametrize(("if_passed", "status", "mails"), [("continue", "done", ["Soon\n"]), ("stop", "stopped", [])])
def test_wait_whose_moment_has_passed_does_what_is_set(published, contact, if_passed, status, mails):
    at = {"at": "2026-11-01T09:00:00Z", "if_passed": if_passed}
    published([{"name": "until", "type": "wait.until", "params": at}, email(body="Soon")])
    submit(contact)
    assert (Enrollment.objects.get().status, workflow_mails()) == (status, mails)


@pytest.mark.parametrize(("if_passed", "mails"), [("continue", ["Soon\n"]), ("skip", []), ("stop", [])])
def test_wait_that_is_moved_into_the_past_does_what_is_set(published, calendar, account, if_passed, mails):
    before = {**BEFORE, "params": {**BEFORE["params"], "minutes": -1440, "if_passed": if_passed}}
    published([before, email(body="Soon")], [{"type": "booking.created"}])
    booking = factories.booking(calendar, NOW + timedelta(days=3))
    run_pending(now=NOW)
    later = {"actor": SYSTEM, "now": NOW + HOUR, "by": "host"}
    soon = int((NOW + 4 * HOUR).timestamp()) // 60
    reschedule(account_id=account.id, booking_id=booking.id, start=soon, **later)
    run_pending(now=NOW + HOUR)
    assert workflow_mails() == mails
    assert Enrollment.objects.get().status == ("stopped" if if_passed == "stop" else "done")


def test_wait_that_is_reached_late_is_not_passed(published, calendar):
    before = {**BEFORE, "params": {**BEFORE["params"], "if_passed": "stop"}}
    published([before, email(body="Soon")], [{"type": "booking.created"}])
    factories.booking(calendar)
    run_pending(now=NOW)
    run_pending(now=NOW + timedelta(hours=23, minutes=30))
    assert workflow_mails() == ["Soon\n"]


@pytest.mark.parametrize(
    ("rest", "visited"),
    [
        ([email("late", body="Late"), email("after", body="After")], ["until", "after"]),
        ([email("late", body="Late")], ["until"]),
    ],
)
def test_wait_whose_moment_has_passed_can_skip_the_step_behind_it(published, contact, rest, visited):
    at = {"at": "2026-11-01T09:00:00Z", "if_passed": "skip"}
    published([{"name": "until", "type": "wait.until", "params": at}, *rest])
    submit(contact)
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, [step for step, _status in runs(enrollment)]) == ("done", visited)


def test_value_of_a_step_that_may_be_skipped_is_refused(published, generate):
    until = {"name": "until", "type": "wait.until", "params": {"at": "2026-11-01T09:00:00Z", "if_passed": "skip"}}
    with pytest.raises(Problem) as caught:
        published([until, generate, email(body="{{ steps.booking_link.url }}")])
    assert list(caught.value.fields) == ["steps.email.body"]


def test_mail_waits_for_the_sending_window(published, contact):
    published([email(body="Now")], window={"days": [0, 1, 2, 3, 4], "start": "12:00", "end": "17:00"})
    submit(contact)  # Monday 10:00 in Berlin
    assert Enrollment.objects.get().resume_at == NOW + 2 * HOUR
    run_pending(now=NOW + 2 * HOUR)
    assert workflow_mails() == ["Now\n"]


@pytest.mark.parametrize(("stops", "status"), [(True, "stopped"), (False, "waiting")])
def test_booking_stops_the_contacts_enrollment_where_set(published, contact, calendar, stops, status):
    published([{"name": "pause", "type": "wait.for", "params": {"days": 1}}], stop_on_booking=stops)
    submit(contact)
    factories.booking(calendar, email=contact.email)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == status


def test_loop_with_a_wait_goes_round_until_its_condition(published, generate, contact):
    book_yet = {"value": "one_time_link.status", "op": "is", "than": "used"}
    steps = [
        generate,
        email("nudge", body="{{ one_time_link.url }}", dead_link="skip"),
        {"name": "pause", "type": "wait.for", "params": {"days": 1}},
        {
            "name": "booked",
            "type": "if_else",
            "branches": [{"when": book_yet, "steps": [{"name": "stop", "type": "end"}]}],
        },
        {"name": "again", "type": "goto", "params": {"step": "nudge"}},
    ]
    published(steps)
    submit(contact)
    run_pending(now=NOW + timedelta(days=1))
    assert len(workflow_mails()) == 2
    book(OneTimeLink.objects.get())
    for days in (2, 3):
        run_pending(now=NOW + timedelta(days=days))
    assert len(workflow_mails()) == 2
    assert Enrollment.objects.get().status == "done"


BOOKED = {
    "name": "wait",
    "type": "wait.for_event",
    "params": {"event": "booking.created"},
    "branches": [{"name": "happened", "steps": [email("thanks", body="Thanks")]}],
}


def test_booking_made_before_a_late_worker_heard_of_the_form_ends_the_wait(published, contact, calendar):
    published([BOOKED])
    happens(contact.account, "form.submitted", "submission", form=uuid4(), submission=uuid4(), contact=contact.id)
    factories.booking(calendar, email=contact.email)
    run_pending(now=NOW + HOUR)
    assert workflow_mails() == ["Thanks\n"]


def test_booking_that_let_the_contact_in_does_not_end_the_wait(published, calendar):
    published([BOOKED], [{"type": "booking.created"}])
    factories.booking(calendar)
    run_pending(now=NOW + HOUR)
    assert Enrollment.objects.get().status == "waiting"
    assert workflow_mails() == []
