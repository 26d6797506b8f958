"""SMS that Twilio passes on, and what it reports about ours."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.calls.conftest import CALLER, NOW, Post
from tests.calls.conftest import account as account
from tests.calls.conftest import post as post
from tests.calls.conftest import twilio as twilio
from tests.twilio import NUMBER, Twilio

from admitone.accounts.hooking import hook_url
from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending
from admitone.messaging.models import Message, OptOut, SmsSettings
from admitone.messaging.opting import opt_out
from admitone.messaging.services import queue

pytestmark = pytest.mark.usefixtures("freeze", "twilio")


def arrives(post: Post, account: Account, text: str, sid: str = "SM1", sender: str = CALLER, **fields: str) -> Any:
    values = {"MessageSid": sid, "From": sender, "To": NUMBER, "Body": text, **fields}
    return post(hook_url(account.id, "twilio/sms"), **values)


def events(kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind=kind).values_list("facts", flat=True))


def test_answer_is_kept_with_its_contact_and_told(account: Account, post: Post) -> None:
    contact = factories.contact(account, phone=CALLER)
    response = arrives(post, account, "Yes, please\x00")
    message = Message.objects.get()
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml")
    assert (message.direction, message.status, message.sender, message.to) == ("in", "received", CALLER, NUMBER)
    assert (message.text, message.contact_id) == ("Yes, please", contact.id)
    facts = {"message": str(message.id), "contact": str(contact.id), "channel": "sms"}
    assert events("message.received") == [facts]


def test_same_message_posted_twice_is_kept_once(account: Account, post: Post) -> None:
    for _time in range(2):
        assert arrives(post, account, "Hello").status_code == 200
    assert (Message.objects.count(), len(events("message.received"))) == (1, 1)


def test_unknown_sender_becomes_a_contact_and_a_short_code_does_not(account: Account, post: Post) -> None:
    arrives(post, account, "Hello")
    arrives(post, account, "Your code is 1", "SM2", "22333")
    assert Contact.objects.get().phone == CALLER
    assert Message.objects.get(provider_id="SM2").contact_id is None


def test_stop_ends_all_sms_and_twilio_answers_it_itself(account: Account, post: Post, twilio: Twilio) -> None:
    arrives(post, account, " Stop. ")
    row = OptOut.objects.get()
    assert (row.channel, row.address, row.source) == ("sms", CALLER, "stop")
    run_pending(now=NOW)
    assert twilio.sent == []


def test_stop_in_another_language_is_confirmed_by_us_once(account: Account, post: Post, twilio: Twilio) -> None:
    arrives(post, account, "Arrêt")
    arrives(post, account, "Arrêt", "SM2")
    run_pending(now=NOW)
    assert OptOut.objects.count() == 1
    text = "Praxis Klein: you will get no more messages. Reply START to get them again."
    assert [(sms["To"], sms["Body"]) for sms in twilio.sent] == [(CALLER, text)]


def test_start_after_stop_allows_sms_again_and_a_bare_yes_is_just_an_answer(account: Account, post: Post) -> None:
    arrives(post, account, "yes")
    assert events("opt_out.removed") == []
    opt_out(account=account, channel="sms", address=CALLER, source="stop", actor=SYSTEM, now=NOW)
    arrives(post, account, "YES", "SM2")
    assert (OptOut.objects.count(), len(events("opt_out.removed"))) == (0, 1)


def test_help_in_another_language_says_who_we_are(account: Account, post: Post, twilio: Twilio) -> None:
    account.public_phone = "+4930901820"
    account.save()
    arrives(post, account, "Hilfe")
    run_pending(now=NOW)
    assert twilio.sent[0]["Body"] == "Praxis Klein: reach us at +4930901820. Reply STOP to get no more messages."


def sent(account: Account, twilio: Twilio) -> Message:
    contact = factories.contact(account, phone=CALLER)
    values = {"kind": "test", "key": "k", "to": CALLER, "text": "Hello", "channel": "sms", "contact_id": contact.id}
    message = queue(account_id=account.id, now=NOW, **values)
    run_pending(now=NOW)
    return message


def reports(post: Post, account: Account, message: Message, state: str, **fields: str) -> int:
    url = hook_url(account.id, "twilio/status", f"?message={message.id}")
    return int(post(url, MessageSid="SM1", MessageStatus=state, **fields).status_code)


def test_delivery_is_noted_and_does_not_go_back(account: Account, post: Post, twilio: Twilio) -> None:
    message = sent(account, twilio)
    for state in ("sent", "delivered", "undelivered", "delivered"):
        assert reports(post, account, message, state) == 204
    message.refresh_from_db()
    assert (message.status, message.delivered_at, len(events("message.delivered"))) == ("delivered", NOW, 1)
    assert events("message.failed") == []


def test_landline_is_shown_in_plain_words(account: Account, post: Post, twilio: Twilio) -> None:
    message = sent(account, twilio)
    reports(post, account, message, "undelivered", ErrorCode="30006")
    message.refresh_from_db()
    words = "30006: This number cannot receive SMS: it is a landline, or its company cannot be reached."
    assert (message.status, message.error, len(events("message.failed"))) == ("failed", words, 1)


def test_opt_out_that_twilio_reports_is_kept(account: Account, post: Post, twilio: Twilio) -> None:
    reports(post, account, sent(account, twilio), "failed", ErrorCode="21610")
    assert OptOut.objects.get().address == CALLER


def test_message_of_another_account_is_left_alone(account: Account, post: Post, twilio: Twilio) -> None:
    other = factories.account()
    values = {"kind": "test", "key": "o", "to": CALLER, "text": "x", "channel": "sms", "status": "sent"}
    theirs = Message.objects.create(account=other, created_at=NOW, provider_id="SM9", **values)
    reports(post, account, theirs, "failed")
    theirs.refresh_from_db()
    assert theirs.status == "sent"


@pytest.mark.parametrize("path", ["twilio/sms", "twilio/status"])
def test_nothing_unsigned_is_believed(account: Account, post: Post, path: str) -> None:
    values = {"MessageSid": "SM1", "From": CALLER, "Body": "STOP", "MessageStatus": "failed"}
    assert post(hook_url(account.id, path), token="wrong", **values).status_code == 403
    assert post(hook_url(factories.account().id, path), **values).status_code == 403
    SmsSettings.objects.update(provider="")
    assert post(hook_url(account.id, path), **values).status_code == 403
    assert (Message.objects.count(), OptOut.objects.count()) == (0, 0)
