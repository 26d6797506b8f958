"""The templates that also send SMS, run like the others."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.workflows.test_templates import ADA, Play, play

from admitone.booking.services import cancel
from admitone.calls.missing import Call, missed
from admitone.events import GUEST, SYSTEM
from admitone.links.models import OneTimeLink
from admitone.logic.clock import from_min

__all__ = ["play"]

pytestmark = pytest.mark.django_db
PHONE = "+49 1512 3456789"


def called(run: Play) -> Play:
    """A stranger calls, and nobody answers."""
    call = Call(id=uuid4().hex, caller=PHONE, at=run.now)
    missed(account=run.account, call=call, actor=SYSTEM, now=run.now)
    return run.after()


def test_missed_call_is_answered_by_sms_with_a_link_that_books(play):
    run = called(play("missed_call"))
    message = run.message("answer")
    assert (message.channel, message.to) == ("sms", "+4915123456789")
    assert run.link("answer").expires_at == run.now + timedelta(days=3)
    run.book("answer")
    assert (run.enrollment.status, run.notices()) == ("done", [])


def test_missed_call_without_a_booking_asks_the_team_to_call_back(play):
    run = called(play("missed_call")).after(days=1)
    assert run.notices() == ["Call back: +4915123456789"]


def test_dentist_lead_books_at_once_and_hears_what_to_bring(play):
    run = play("dentist").submits(**ADA)
    booking = run.book("invitation")
    run.now = from_min(booking.start_min) - timedelta(days=1)
    run.after()
    assert "insurance card" in run.message("prepare").text
    assert run.enrollment.status == "done"


def test_dentist_lead_without_number_is_nudged_by_mail_then_books(play):
    run = play("dentist").submits(**ADA).after(days=2)
    assert run.taken[-3:] == [("how", "done"), ("nudge", "done"), ("booked_at_last", "waiting")]
    run.book("nudge")
    assert run.taken[-1] == ("day_before", "waiting")


def test_dentist_lead_with_number_is_nudged_by_sms(play):
    run = play("dentist").submits(**ADA, phone=PHONE).after(days=2)
    message = run.message("nudge_sms")
    assert (message.channel, message.to) == ("sms", "+4915123456789")
    assert run.link("nudge_sms").uses == 0


def test_dentist_lead_who_never_books_is_told_to_the_desk_and_ends(play):
    run = play("dentist").submits(**ADA).after(days=2).after(days=5)
    assert run.taken[-2:] == [("tell_silent", "done"), ("not_now", "done")]
    assert run.notices() == ["Please call Ada Lovelace"]
    assert run.enrollment.status == "done"


def test_dentist_lead_who_cancels_is_not_reminded(play):
    run = play("dentist").submits(**ADA)
    booking = run.book("invitation")
    cancel(account_id=run.account.id, booking_id=booking.id, by="guest", actor=GUEST, now=run.now)
    run.after()
    assert run.enrollment.status == "stopped"


@pytest.mark.parametrize(("phone", "step"), [("", "reminder"), (PHONE, "reminder_sms")])
def test_salon_lead_is_reminded_and_thanked(play, phone, step):
    answers = {**ADA, **({"phone": phone} if phone else {})}
    run = play("salon").submits(**answers)
    booking = run.book("invitation")
    run.now = from_min(booking.start_min) - timedelta(hours=3)
    run.after()
    assert "11:00" in run.message(step).text + run.message(step).subject
    run.after(days=2)
    assert run.taken[-1] == ("thanks", "done")
    assert run.enrollment.status == "done"


def test_salon_lead_is_nudged_after_a_day(play):
    run = play("salon").submits(**ADA, phone=PHONE).after(days=1)
    assert run.link("nudge_sms") == OneTimeLink.objects.get()
    run.book("nudge_sms")
    assert run.taken[-1] == ("hours_before", "waiting")
