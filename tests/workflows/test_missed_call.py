"""A call nobody takes -> one-time link -> SMS with the caller's own link, against a stand-in for Twilio."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.calls.conftest import BASE, CALLER, NOW, Post
from tests.calls.conftest import account as account
from tests.calls.conftest import number as number
from tests.calls.conftest import post as post
from tests.calls.conftest import twilio as twilio
from tests.twilio import NUMBER, Twilio
from tests.workflows.conftest import runs

from admitone.accounts.hooking import hook_url
from admitone.accounts.models import Account
from admitone.calls.models import MissedCall, PhoneNumber
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.messaging.models import DailyCount, Message, SmsSettings
from admitone.messaging.opting import opt_out
from admitone.workflows.models import Enrollment

pytestmark = pytest.mark.usefixtures("freeze")
BODY = "Sorry we missed you. Book: {{ steps.booking_link.url }}"


def sms(name: str = "answer", body: str = BODY, **params: Any) -> dict[str, Any]:
    return {"name": name, "type": "sms.send", "params": {"body": body, **params}}


def misses(post: Post, account: Account, sid: str = "CA1", caller: str = CALLER) -> None:
    """Somebody calls, nobody answers, and everything that follows by now is done."""
    post(hook_url(account.id, "twilio/voice"), CallSid=sid, From=caller, To=NUMBER, CallStatus="ringing")
    post(hook_url(account.id, "twilio/voice", "/dialled"), CallSid=sid, DialCallStatus="no-answer")
    run_pending(now=NOW)


def token(text: str) -> str:
    found = re.search(rf"{BASE}/o/(\S+)", text)
    assert found
    return found.group(1)


@pytest.fixture
def answering(published: Any, generate: Any, number: PhoneNumber) -> Any:
    return published([generate, sms()], [{"type": "call.missed", "filters": {"numbers": [str(number.id)]}}])


def test_missed_call_is_answered_with_a_link_of_its_own_that_books(
    answering: Any, account: Account, post: Post, twilio: Twilio
) -> None:
    misses(post, account)
    assert [(one["To"], one["From"]) for one in twilio.sent] == [(CALLER, NUMBER)]
    secret = token(twilio.sent[0]["Body"])
    assert Client().get(f"/o/{secret}").status_code == 200
    start = int((NOW + timedelta(days=1)).timestamp()) // 60
    guest = {"name": "Ada", "email": "ada@example.com", "timezone": "Europe/Berlin"}
    redeem(token=secret, start=start, guest=guest, now=NOW)
    link, message = OneTimeLink.objects.get(), Message.objects.get(channel="sms")
    assert (link.uses, link.contact_id) == (1, MissedCall.objects.get().contact_id)
    assert (message.status, message.link_id, message.contact_id) == ("sent", link.id, link.contact_id)
    assert runs(Enrollment.objects.get()) == [("booking_link", "done"), ("answer", "done")]


def test_every_caller_gets_another_link_and_a_second_call_gets_none(
    answering: Any, account: Account, post: Post, twilio: Twilio
) -> None:
    misses(post, account)
    misses(post, account, "CA2")
    misses(post, account, "CA3", "+4915187654321")
    misses(post, account, "CA4", "anonymous")
    assert [one["To"] for one in twilio.sent] == [CALLER, "+4915187654321"]
    assert len({token(one["Body"]) for one in twilio.sent}) == 2
    assert MissedCall.objects.count() == 4


def test_another_number_does_not_start_it(
    published: Any, generate: Any, account: Account, number: PhoneNumber, post: Post, twilio: Twilio
) -> None:
    from admitone.calls.services import register_number

    other = register_number(account=account, number="+4930111111", actor=SYSTEM, now=NOW)
    published([generate, sms()], [{"type": "call.missed", "filters": {"numbers": [str(other.id)]}}])
    misses(post, account)
    assert (Enrollment.objects.count(), twilio.sent) == (0, [])


def test_caller_who_opted_out_is_skipped_and_gets_nothing(
    answering: Any, account: Account, post: Post, twilio: Twilio
) -> None:
    opt_out(account=account, channel="sms", address=CALLER, source="stop", actor=SYSTEM, now=NOW)
    misses(post, account)
    one = Enrollment.objects.get()
    assert (one.status, one.runs.get(step="answer").status, one.runs.get(step="answer").error) == (
        "done",
        "skipped",
        "opted out",
    )
    assert twilio.sent == []


def test_landline_is_skipped_the_next_time(answering: Any, account: Account, post: Post, twilio: Twilio) -> None:
    twilio.refusals = [(400, 21614, "'To' number is not a valid mobile number")]
    misses(post, account)
    MissedCall.objects.update(at=NOW - timedelta(days=3))
    misses(post, account, "CA2")
    reasons = [one.error for one in Enrollment.objects.order_by("-id")[0].runs.filter(step="answer")]
    assert (reasons, twilio.sent) == (["landline"], [])


def test_contact_without_a_number_is_skipped_not_failed(published: Any, account: Account, twilio: Twilio) -> None:
    from tests.workflows.conftest import submit

    published([sms(body="Hello")])
    submit(factories.contact(account))
    one = Enrollment.objects.get()
    assert (one.status, one.runs.get().error) == ("done", "no phone")


def test_reply_stops_a_workflow_that_says_so(
    published: Any, generate: Any, account: Account, number: PhoneNumber, post: Post, twilio: Twilio
) -> None:
    later = {"name": "later", "type": "wait.for", "params": {"days": 1}}
    published([generate, sms(), later, sms("again")], [{"type": "call.missed"}], stop_on_reply=True)
    misses(post, account)
    assert Enrollment.objects.get().status == "waiting"
    values = {"MessageSid": "SM9", "From": CALLER, "To": NUMBER, "Body": "Thanks, I will call again"}
    post(hook_url(account.id, "twilio/sms"), **values)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == "stopped"


def test_daily_cap_makes_the_rest_wait_for_tomorrow(
    answering: Any, account: Account, post: Post, twilio: Twilio
) -> None:
    SmsSettings.objects.update(daily_cap=1)
    misses(post, account)
    misses(post, account, "CA2", "+4915187654321")
    assert len(twilio.sent) == 1
    assert DailyCount.objects.get().n == 1
    assert Enrollment.objects.filter(status="waiting").count() == 1
    run_pending(now=NOW + timedelta(days=1))
    assert len(twilio.sent) == 2


def test_used_link_is_not_sent_again(
    published: Any, generate: Any, account: Account, post: Post, twilio: Twilio
) -> None:
    from tests.workflows.conftest import submit

    later = {"name": "later", "type": "wait.for", "params": {"days": 1}}
    published([generate, later, sms()])
    submit(factories.contact(account, phone=CALLER))
    OneTimeLink.objects.update(uses=1)
    run_pending(now=NOW + timedelta(days=1, hours=1))
    assert (Enrollment.objects.get().runs.get(step="answer").error, twilio.sent) == ("The link is used.", [])


def test_empty_value_is_held_and_never_sent_blank(published: Any, account: Account, twilio: Twilio) -> None:
    from tests.workflows.conftest import submit

    published([sms(body="Dear {{ contact.first_name }}")])
    submit(factories.contact(account, name="", phone=CALLER))
    assert (Enrollment.objects.get().reason, twilio.sent) == ("Not sent: contact.first_name is empty.", [])
