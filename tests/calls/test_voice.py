"""Twilio's voice webhook: who answers, who does not, and who hangs up first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from tests.calls.conftest import CALLER, NOW, OWNER, Post
from tests.twilio import NUMBER

from admitone.accounts.hooking import hook_url
from admitone.accounts.models import Account
from admitone.calls.models import IncomingCall, MissedCall, PhoneNumber
from admitone.calls.services import update_number
from admitone.calls.tasks import KEPT, purge_calls
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending

pytestmark = pytest.mark.usefixtures("freeze", "twilio")


def voice(account: Account, rest: str = "") -> str:
    return hook_url(account.id, "twilio/voice", rest)


def rings(post: Post, account: Account, sid: str = "CA1", caller: str = CALLER) -> Any:
    return post(voice(account), CallSid=sid, From=caller, To=NUMBER, CallStatus="ringing")


def missed_events() -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind="call.missed").order_by("id").values_list("facts", flat=True))


def test_call_rings_the_owners_phone_for_the_seconds_set(account: Account, number: PhoneNumber, post: Post) -> None:
    response = rings(post, account)
    dial = ElementTree.fromstring(response.content).find("Dial")
    assert response["Content-Type"] == "text/xml"
    assert dial is not None
    assert (dial.get("timeout"), dial.get("answerOnBridge")) == ("15", "true")
    assert dial.get("action") == voice(account, "/dialled")
    assert dial.findtext("Number") == OWNER


@pytest.mark.parametrize("outcome", ["no-answer", "busy", "failed", "canceled"])
def test_unanswered_call_is_missed_once(account: Account, number: PhoneNumber, post: Post, outcome: str) -> None:
    rings(post, account)
    for _time in range(2):
        post(voice(account, "/dialled"), CallSid="CA1", DialCallStatus=outcome)
        post(voice(account, "/status"), CallSid="CA1", CallStatus="completed")
    call, contact = MissedCall.objects.get(), Contact.objects.get()
    assert (call.caller, call.outcome, call.note, call.contact_id) == (CALLER, outcome, "", contact.id)
    assert contact.phone == CALLER
    assert missed_events() == [{"call": str(call.id), "number": str(number.id), "contact": str(contact.id)}]


def test_answered_call_is_not_missed(account: Account, number: PhoneNumber, post: Post) -> None:
    rings(post, account)
    post(voice(account, "/leg"), CallSid="CA2", ParentCallSid="CA1", CallStatus="in-progress")
    run_pending(now=NOW + timedelta(hours=1))
    post(voice(account, "/dialled"), CallSid="CA1", DialCallStatus="completed")
    post(voice(account, "/status"), CallSid="CA1", CallStatus="completed")
    assert (MissedCall.objects.count(), IncomingCall.objects.get().state) == (0, "answered")


def test_answer_is_known_by_the_dial_alone(account: Account, number: PhoneNumber, post: Post) -> None:
    rings(post, account)
    post(voice(account, "/dialled"), CallSid="CA1", DialCallStatus="completed")
    post(voice(account, "/status"), CallSid="CA1", CallStatus="completed")
    assert MissedCall.objects.count() == 0


@pytest.mark.parametrize("state", ["completed", "canceled", "no-answer"])
def test_caller_who_hangs_up_first_is_missed(account: Account, number: PhoneNumber, post: Post, state: str) -> None:
    rings(post, account)
    post(voice(account, "/status"), CallSid="CA1", CallStatus=state)
    assert (MissedCall.objects.count(), len(missed_events())) == (1, 1)


def test_caller_who_hangs_up_first_is_missed_even_if_nobody_tells(
    account: Account, number: PhoneNumber, post: Post
) -> None:
    rings(post, account)
    run_pending(now=NOW + timedelta(seconds=100))
    assert MissedCall.objects.count() == 0
    run_pending(now=NOW + timedelta(seconds=110))
    assert MissedCall.objects.get().outcome == "canceled"


def test_states_on_the_way_decide_nothing(account: Account, number: PhoneNumber, post: Post) -> None:
    rings(post, account)
    for state in ("initiated", "ringing", "in-progress", ""):
        post(voice(account, "/status"), CallSid="CA1", CallStatus=state)
    assert IncomingCall.objects.get().state == "ringing"


def test_number_without_a_phone_to_ring_misses_every_call(account: Account, number: PhoneNumber, post: Post) -> None:
    update_number(account=account, number_id=number.id, actor=SYSTEM, now=NOW, forward_to="")
    response = rings(post, account)
    assert b'<Reject reason="busy"' in response.content
    assert MissedCall.objects.count() == 1


def test_unknown_or_paused_number_is_rejected_and_nothing_kept(
    account: Account, number: PhoneNumber, post: Post
) -> None:
    update_number(account=account, number_id=number.id, actor=SYSTEM, now=NOW, active=False)
    assert b"<Reject" in rings(post, account).content
    assert (IncomingCall.objects.count(), MissedCall.objects.count()) == (0, 0)


def test_unsigned_and_wrongly_signed_requests_are_refused(account: Account, number: PhoneNumber, post: Post) -> None:
    for path in ("", "/dialled", "/leg", "/status"):
        response = post(voice(account, path), token="another", CallSid="CA1", From=CALLER, To=NUMBER)
        assert response.status_code == 403
    assert IncomingCall.objects.count() == 0


def test_unknown_token_is_not_found(account: Account, post: Post) -> None:
    assert post("https://book.example.com/hooks/twilio/voice/x", CallSid="CA1").status_code == 404


def test_calls_are_forgotten_after_a_week_and_the_caller_at_once(
    account: Account, number: PhoneNumber, post: Post
) -> None:
    rings(post, account)
    post(voice(account, "/dialled"), CallSid="CA1", DialCallStatus="busy")
    assert IncomingCall.objects.get().caller == ""
    purge_calls(now=NOW + KEPT + timedelta(seconds=1))
    assert (IncomingCall.objects.count(), MissedCall.objects.count()) == (0, 1)
