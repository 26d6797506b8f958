"""SMS by Twilio and by a gateway, against real HTTP servers on this machine."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from tests import factories
from tests.twilio import NUMBER, SID, TOKEN, Twilio
from tests.webhooks.receiver import Receiver

from admitone.accounts.models import Account
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending
from admitone.messaging import queries, sending
from admitone.messaging.models import ChannelHealth, Message, OptOut, SmsSettings
from admitone.messaging.opting import opt_out
from admitone.messaging.services import queue
from admitone.messaging.sms import SmsProvider, save_sms_settings, send_test_sms

NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
TO = "+4915112345678"


@pytest.fixture
def twilio(settings: Any) -> Iterator[Twilio]:
    with Twilio() as server:
        settings.ENV = dataclasses.replace(settings.ENV, twilio_url=server.url)
        yield server


@pytest.fixture
def texting(account: Account, twilio: Twilio) -> Twilio:
    """The account's SMS go to this server."""
    save_sms_settings(account=account, typed=SmsProvider("twilio", NUMBER, SID, TOKEN), **DO)
    return twilio


def put(account: Account, **fields: Any) -> Message:
    values = {"kind": "test", "key": "k", "to": TO, "text": "Hallo Ana", "channel": "sms", "now": NOW, **fields}
    return queue(account_id=account.pk, **values)


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def gateway(server: Receiver, **fields: Any) -> SmsProvider:
    values = {
        "url": server.url,
        "secret": "g4teway",
        "sender": "Praxis",
        "headers": "Authorization: Bearer {secret}\nX-Ref: {id}",
        "body": '{"to": "{digits}", "from": "{from}", "content": [{"text": "{text}"}]}',
        **fields,
    }
    return SmsProvider("http", **values)


def test_queued_sms_reaches_twilio_once_with_its_sid_kept(account: Account, texting: Twilio) -> None:
    message = put(account)
    run_pending(now=NOW)
    run_pending(now=NOW + timedelta(days=1))
    assert texting.sent == [{"To": TO, "From": NUMBER, "Body": "Hallo Ana"}]
    sent = fresh(message)
    assert (sent.status, sent.provider, sent.provider_id) == ("sent", "sms_twilio", "SM" + "1".zfill(32))


@override_settings(BASE_URL="https://book.example.com")
def test_twilio_is_told_where_to_report_when_it_can_reach_us(account: Account, texting: Twilio) -> None:
    message = put(account)
    run_pending(now=NOW)
    callback = texting.sent[0]["StatusCallback"]
    assert callback.startswith("https://book.example.com/hooks/twilio/status/")
    assert callback.endswith(f"?message={message.pk}")


def test_messaging_service_takes_the_place_of_the_number(account: Account, twilio: Twilio) -> None:
    service = "MG" + "a" * 32
    typed = SmsProvider("twilio", "", SID, TOKEN, messaging_service=service)
    save_sms_settings(account=account, typed=typed, **DO)
    put(account)
    run_pending(now=NOW)
    assert twilio.sent == [{"To": TO, "MessagingServiceSid": service, "Body": "Hallo Ana"}]


def test_without_a_provider_sms_stay_in_the_outbox(account: Account) -> None:
    message = put(account)
    run_pending(now=NOW)
    assert (fresh(message).status, queries.delivering(account, "sms")) == ("outbox", False)


def test_busy_twilio_is_tried_again(account: Account, texting: Twilio) -> None:
    texting.refusals = [(429, 20429, "Too Many Requests")]
    message = put(account)
    run_pending(now=NOW)
    assert (fresh(message).status, fresh(message).error) == ("queued", "20429: Too Many Requests")
    run_pending(now=NOW + timedelta(seconds=sending.WAITS[0] + 1))
    assert (fresh(message).status, len(texting.sent)) == ("sent", 1)


def test_landline_fails_once_in_plain_words_and_is_known_from_then_on(account: Account, texting: Twilio) -> None:
    contact = factories.contact(account, phone=TO)
    texting.refusals = [(400, 21614, "'To' number is not a valid mobile number")]
    message = put(account, contact_id=contact.id)
    run_pending(now=NOW)
    run_pending(now=NOW + timedelta(days=1))
    words = "21614: 'To' number is not a valid mobile number (This number cannot receive SMS: it is a landline.)"
    assert (fresh(message).status, fresh(message).error, texting.sent) == ("failed", words, [])
    assert queries.is_landline(account, contact.id, TO) is True
    assert ChannelHealth.objects.count() == 0


def test_wrong_token_fails_with_twilios_words_and_owners_are_told_once(account: Account, texting: Twilio) -> None:
    factories.owner(account)
    save_sms_settings(account=account, typed=SmsProvider("twilio", NUMBER, SID, "wrong"), **DO)
    first, second = put(account), put(account, key="l")
    run_pending(now=NOW)
    words = "20003: Authenticate (Twilio does not accept the account SID and auth token.)"
    assert (fresh(first).error, fresh(second).status) == (words, "failed")
    assert Message.objects.filter(kind="channel.failing.sms").count() == 1


def test_twilio_that_took_it_without_a_word_is_asked_once_more_and_that_is_said(
    account: Account, texting: Twilio
) -> None:
    texting.silent = True
    message = put(account)
    run_pending(now=NOW)
    assert (fresh(message).status, len(texting.sent)) == ("sending", 1)
    texting.silent = False
    run_pending(now=NOW + timedelta(seconds=sending.WAITS[0] + 1))
    assert (fresh(message).status, fresh(message).error, len(texting.sent)) == ("sent", sending.AGAIN, 2)


def test_unreachable_twilio_is_tried_again(account: Account, texting: Twilio, settings: Any) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, twilio_url="http://127.0.0.1:1")
    message = put(account)
    run_pending(now=NOW)
    assert (fresh(message).status, fresh(message).error) == ("queued", "Twilio cannot be reached.")


def test_number_that_opted_out_gets_nothing_even_if_it_was_queued_before(account: Account, texting: Twilio) -> None:
    message = put(account)
    opt_out(account=account, channel="sms", address=TO, source="stop", **DO)
    run_pending(now=NOW)
    assert (fresh(message).status, fresh(message).error, texting.sent) == ("failed", sending.OPTED_OUT, [])


def test_opt_out_that_only_twilio_knew_is_kept(account: Account, texting: Twilio) -> None:
    texting.refusals = [(400, 21610, "Attempt to send to unsubscribed recipient")]
    put(account)
    run_pending(now=NOW)
    assert OptOut.objects.get().address == TO


@pytest.mark.parametrize("fields", [{"to": "12"}, {"text": " "}, {"must_contain": ["http://x"]}, {"text": "x" * 1601}])
def test_sms_that_cannot_be_meant_is_kept_as_failed(account: Account, texting: Twilio, fields: Any) -> None:
    message = put(account, **fields)
    run_pending(now=NOW)
    assert (message.status, texting.sent) == ("failed", [])


def test_gateway_is_sent_the_template_filled_in(account: Account) -> None:
    with Receiver(text=b'{"id": "gw-1"}') as server:
        save_sms_settings(account=account, typed=gateway(server), **DO)
        message = put(account, text='Say "hi", {secret}')
        run_pending(now=NOW)
    headers, body = server.got[0]
    assert json.loads(body) == {
        "to": TO[1:],
        "from": "Praxis",
        "content": [{"text": 'Say "hi", {secret}'}],
    }
    assert (headers["authorization"], headers["x-ref"]) == ("Bearer g4teway", str(message.pk))
    assert (fresh(message).status, fresh(message).provider_id) == ("sent", "gw-1")


def test_gateway_is_sent_a_form(account: Account) -> None:
    with Receiver() as server:
        typed = gateway(server, format="form", body="key={secret}&to={to}&text={text}")
        save_sms_settings(account=account, typed=typed, **DO)
        put(account, text="a&b=ü")
        run_pending(now=NOW)
    assert server.got[0][1] == "key=g4teway&to=%2B4915112345678&text=a%26b%3D%C3%BC"


def test_gateways_refusals_are_kept_and_only_passing_ones_tried_again(account: Account) -> None:
    with Receiver(answers=[400, 503], text=b"no credit") as server:
        save_sms_settings(account=account, typed=gateway(server), **DO)
        first = put(account)
        run_pending(now=NOW)
        second = put(account, key="l")
        run_pending(now=NOW)
    assert (fresh(first).status, fresh(first).error) == ("failed", "400 no credit")
    assert (fresh(second).status, fresh(second).error) == ("queued", "503 no credit")


def test_gateway_that_says_200_to_a_refusal_is_not_believed(account: Account) -> None:
    with Receiver(text=b"ERROR 102") as server:
        save_sms_settings(account=account, typed=gateway(server, accepted="OK"), **DO)
        message = put(account)
        run_pending(now=NOW)
    assert (fresh(message).status, fresh(message).error) == ("failed", "ERROR 102")


def test_gateway_in_a_private_network_is_refused(account: Account, settings: Any) -> None:
    with Receiver() as server:
        save_sms_settings(account=account, typed=gateway(server), **DO)
        settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
        message = put(account)
        run_pending(now=NOW)
    assert (fresh(message).status, fresh(message).error) == ("failed", "That address lies in a private network.")
    assert server.got == []


def test_settings_keep_the_secret_sealed_and_out_of_events(account: Account, texting: Twilio) -> None:
    stored = SmsSettings.objects.get()
    assert TOKEN not in repr([stored.secret_sealed, stored.config])
    facts = Event.objects.get(kind="sms_settings.changed").facts
    assert facts == {"changed": ["provider", "sender", "account_sid", "secret_sealed", "config"]}


def test_test_sms_shows_twilios_own_answer(account: Account, texting: Twilio) -> None:
    texting.refusals = [(400, 21608, "The number is unverified.")]
    refused = send_test_sms(account=account, to="0151 12345678", text="Test", **DO)
    taken = send_test_sms(account=account, to=TO, text="Test", **DO)
    assert refused.ok is False
    assert refused.answer.startswith("21608: The number is unverified.")
    assert (taken.ok, taken.answer, texting.sent[0]["To"]) == (True, "SM" + "1".zfill(32), TO)
