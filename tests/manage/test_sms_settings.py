"""Settings > SMS and calls: provider, test, numbers, missed calls, opt-outs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.contract.world import missed_call_of, opt_out_of
from tests.twilio import NUMBER, SID, TOKEN, Twilio

from admitone.accounts.hooking import hook_secret, hook_url
from admitone.accounts.models import Account
from admitone.calls.models import MissedCall, PhoneNumber
from admitone.messaging.models import Message, OptOut, SmsSettings
from admitone.messaging.receiving import Incoming, receive

TWILIO = {"provider": "twilio", "sender": NUMBER, "account_sid": SID, "secret": TOKEN}
GATEWAY = {"provider": "http", "url": "https://sms.example.com/send", "method": "POST", "format": "json"}
BODY = '{"to": "{to}", "text": "{text}"}'


@pytest.fixture
def account(db: None) -> Account:
    return factories.account(slug="klein")


@pytest.fixture
def owner(account: Account, client: Client) -> Client:
    client.force_login(factories.owner(account))
    return client


@pytest.fixture
def twilio(settings: Any) -> Iterator[Twilio]:
    with Twilio() as server:
        settings.ENV = dataclasses.replace(settings.ENV, twilio_url=server.url)
        yield server


URL = "/app/klein/settings/sms/"


def test_page_without_a_provider_says_what_happens(owner: Client) -> None:
    assert "kept in Messages and not delivered" in owner.get(URL).content.decode()


def test_twilio_is_kept_and_its_token_never_shown(owner: Client, account: Account) -> None:
    assert owner.post(URL, TWILIO).status_code == 302
    page = owner.get(URL).content.decode()
    assert TOKEN not in page
    for path, rest in (("twilio/sms", ""), ("twilio/voice", ""), ("twilio/voice", "/status")):
        assert hook_url(account.id, path, rest) in page
    assert owner.post(URL, {**TWILIO, "secret": "", "sender": "Praxis"}).status_code == 302
    stored = SmsSettings.objects.get()
    assert (stored.sender, bool(stored.secret_sealed)) == ("Praxis", True)


def test_kept_token_is_not_used_for_another_account(owner: Client) -> None:
    owner.post(URL, TWILIO)
    answer = owner.post(URL, {**TWILIO, "secret": "", "account_sid": "AC" + "1" * 32})
    assert (answer.status_code, "Enter it again" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_sid": "x"},
        {"sender": ""},
        {"sender": "12"},
        {"secret": ""},
        {"messaging_service": "x"},
        {"daily_cap": 0},
    ],
)
def test_wrong_twilio_settings_are_refused_at_their_field(owner: Client, wrong: dict[str, Any]) -> None:
    answer = owner.post(URL, {**TWILIO, **wrong})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, set(wrong))
    assert SmsSettings.objects.count() == 0


def test_test_sms_shows_the_providers_own_words(owner: Client, twilio: Twilio) -> None:
    twilio.refusals = [(400, 21608, "The number is unverified.")]
    owner.post(URL, {**TWILIO, "do": "test", "to": "+4915112345678"})
    assert "21608: The number is unverified." in owner.get(URL).content.decode()
    owner.post(URL, {**TWILIO, "do": "test", "to": "+4915112345678"})
    assert "The last test was accepted" in owner.get(URL).content.decode()
    assert len(twilio.sent) == 1


def test_test_without_a_number_is_refused(owner: Client, twilio: Twilio) -> None:
    assert owner.post(URL, {**TWILIO, "do": "test"}).status_code == 422
    assert owner.post(URL, {**TWILIO, "do": "test", "to": "12"}).status_code in (302, 422)
    assert twilio.sent == []


def test_gateway_is_kept_with_its_template_and_secret(owner: Client, account: Account) -> None:
    values = {**GATEWAY, "headers": "X-Key: {secret}", "body": BODY, "secret": "s3cret", "sender": "Praxis"}
    assert owner.post(URL, values).status_code == 302
    page = owner.get(URL).content.decode()
    assert SmsSettings.objects.get().config["headers"] == {"X-Key": "{secret}"}
    assert "s3cret" not in page
    assert hook_secret(account.id) in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://x"},
        {"headers": "no colon"},
        {"headers": "X-A: ü"},
        {"body": "{text}"},
        {"body": '{"to": {to}, "text": "{text}"}'},
        {"method": "DELETE"},
        {"format": "xml"},
    ],
)
def test_wrong_gateway_settings_are_refused_at_their_field(owner: Client, wrong: dict[str, Any]) -> None:
    answer = owner.post(URL, {**GATEWAY, "body": BODY, **wrong})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, set(wrong))


def test_secret_is_not_carried_to_another_host(owner: Client) -> None:
    owner.post(URL, {**GATEWAY, "body": BODY, "secret": "s3cret"})
    answer = owner.post(URL, {**GATEWAY, "body": BODY, "url": "https://elsewhere.example.com/"})
    assert set(answer.context["form"].errors) == {"secret"}


def test_removed_provider_is_forgotten(owner: Client) -> None:
    owner.post(URL, TWILIO)
    owner.post(URL, {"do": "remove"})
    stored = SmsSettings.objects.get()
    assert (stored.provider, stored.secret_sealed, stored.account_sid, stored.config) == ("", "", "", {})


def test_number_is_added_changed_and_removed(owner: Client) -> None:
    values = {"number": "030 901820", "provider": "twilio", "forward_to": "+4915199999999", "active": "on"}
    values |= {"ring_seconds": "15", "quiet_hours": "12"}
    assert owner.post(f"{URL}numbers/", values).status_code == 302
    made = PhoneNumber.objects.get()
    assert (made.number, made.ring_seconds, made.active) == (NUMBER, 15, True)
    assert owner.post(f"{URL}numbers/{made.id}/", {**values, "ring_seconds": "99"}).status_code == 422
    assert owner.post(f"{URL}numbers/{made.id}/", {**values, "active": ""}).status_code == 302
    made.refresh_from_db()
    assert made.active is False
    owner.post(f"{URL}numbers/{made.id}/removal/")
    assert "No phone numbers yet" in owner.get(f"{URL}numbers/").content.decode()


def test_log_shows_caller_outcome_and_why_nothing_followed(owner: Client, account: Account) -> None:
    assert "No missed calls yet" in owner.get(f"{URL}calls/").content.decode()
    call = missed_call_of(factories.contact(account, name="Ada Lovelace"))
    MissedCall.objects.create(account=account, provider_id="2", outcome="busy", note="withheld", at=factories.NOW)
    page = owner.get(f"{URL}calls/").content.decode()
    for words in ("Ada Lovelace", "Nobody answered", "Withheld", "the number is withheld", str(call.number)):
        assert words in page
    assert "Nothing matches" in owner.get(f"{URL}calls/?q=nobody").content.decode()


def test_opt_outs_are_searched_added_and_removed(owner: Client, account: Account) -> None:
    assert "Nobody has opted out" in owner.get(f"{URL}opt-outs/").content.decode()
    row = opt_out_of(account)
    assert "Answered STOP" in owner.get(f"{URL}opt-outs/?q=0151 123").content.decode()
    assert owner.post(f"{URL}opt-outs/", {"channel": "email", "address": "Ada@example.com"}).status_code == 302
    assert owner.post(f"{URL}opt-outs/", {"channel": "email", "address": "x"}).status_code == 422
    assert owner.post(f"{URL}opt-outs/{row.id}/removal/").status_code == 302
    assert [one.address for one in OptOut.objects.all()] == ["ada@example.com"]


@pytest.mark.parametrize("key", ["0", "x", "9" * 30, "-1"])
def test_unknown_opt_out_is_not_found(owner: Client, key: str) -> None:
    assert owner.post(f"{URL}opt-outs/{key}/removal/").status_code == 404


def test_members_may_not_see_it(account: Account, client: Client) -> None:
    client.force_login(factories.member(account))
    assert client.get(URL).status_code == 403


def test_sms_in_messages_says_what_it_cost_and_where_to_set_up_sms(owner: Client, account: Account) -> None:
    values = {"kind": "workflow", "key": "k", "to": NUMBER, "channel": "sms", "status": "outbox"}
    made = Message.objects.create(account=account, text="ş" * 71, created_at=factories.NOW, **values)
    page = owner.get(f"/app/klein/messages/{made.id}/").content.decode()
    for words in ("2 SMS", "outside the GSM alphabet", "Set up SMS"):
        assert words in page


def test_received_sms_is_shown_with_its_sender(owner: Client, account: Account) -> None:
    sms = Incoming(sender="+4915112345678", to=NUMBER, text="See you then", provider="twilio", provider_id="SM1")
    made = receive(account=account, sms=sms, now=factories.NOW)
    assert made
    assert "See you then" in owner.get("/app/klein/messages/").content.decode()
    page = owner.get(f"/app/klein/messages/{made.id}/").content.decode()
    for words in ("+4915112345678", "SMS received", "Twilio", "Received"):
        assert words in page
