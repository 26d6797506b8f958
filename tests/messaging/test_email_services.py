"""Mail by the HTTP APIs of email services, against a stand-in on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.test import override_settings
from tests import factories
from tests.esp import ACCEPTED, EspServer
from tests.messaging.test_sending import fresh, later, put

from admitone.accounts.models import Account
from admitone.accounts.sealing import seal
from admitone.events import Event
from admitone.jobs import run_pending
from admitone.logic.errors import Problem
from admitone.messaging import queries, sending
from admitone.messaging.channels import Parcel, Refused, channel_named
from admitone.messaging.channels.email_anymail import AnymailParams
from admitone.messaging.email_services import EmailService, save_email_service
from admitone.messaging.esps import ESPS
from admitone.messaging.models import ChannelHealth, EmailSettings, Message
from admitone.messaging.services import send_test

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": factories.SYSTEM, "now": NOW}


@pytest.fixture
def esp() -> Iterator[EspServer]:
    with EspServer() as server, override_settings(ANYMAIL=server.settings):
        yield server


def use(account: Account, provider: str, **options: str) -> None:
    values = {one.name: "x-" + one.name for one in ESPS[provider].fields if one.required} | options
    EmailSettings.objects.update_or_create(
        account=account,
        defaults={
            "provider": provider,
            "provider_sealed": seal(json.dumps(values)),
            "from_email": "praxis@klein.example",
            "updated_at": NOW,
        },
    )


@pytest.mark.parametrize("provider", sorted(ESPS))
def test_message_goes_out_once_and_keeps_the_services_id(account: Account, esp: EspServer, provider: str) -> None:
    use(account, provider)
    esp.body, given = ACCEPTED[provider]
    esp.status = 202 if provider in ("sendgrid", "mailersend") else 200
    message = put(account, unsubscribe=True)
    run_pending(now=NOW)
    run_pending(now=later(100_000))
    sent = fresh(message)
    assert (sent.status, sent.provider, sent.error, len(esp.got)) == ("sent", provider, "", 1)
    assert sent.provider_id == given or (provider == "sendgrid" and sent.provider_id)
    wire = unquote_plus(esp.got[0][2])
    assert "Hallo Ana" in wire
    assert ("List-Unsubscribe" in wire) == ESPS[provider].headers
    assert (str(message.pk) in wire) or not ESPS[provider].metadata


def test_postmark_is_told_everything_that_a_mail_has(account: Account, esp: EspServer) -> None:
    use(account, "postmark", message_stream="outbound")
    esp.body = ACCEPTED["postmark"][0]
    message = put(
        account, reply_to="desk@klein.example", from_name='Pra"xis', ics="BEGIN:VCALENDAR", ics_method="REQUEST"
    )
    run_pending(now=NOW)
    sent = esp.sent
    assert (sent["From"], sent["To"], sent["ReplyTo"]) == (
        '"Pra\\"xis" <praxis@klein.example>',
        "ana@example.com",
        "desk@klein.example",
    )
    assert (sent["Subject"], sent["MessageStream"]) == ("Grüße aus der Praxis", "outbound")
    assert (sent["TextBody"], sent["HtmlBody"]) == (message.text, message.html)
    assert sent["Metadata"] == {"message": str(message.pk)}
    assert sent["Attachments"][0]["Name"] == "invite.ics"
    assert "method=REQUEST" in sent["Attachments"][0]["ContentType"]
    assert {"Name": "Auto-Submitted", "Value": "auto-generated"} in sent["Headers"]
    assert esp.got[0][1]["x-postmark-server-token"] == "x-server_token"


@pytest.mark.parametrize(
    ("status", "body", "left", "words"),
    [
        (401, '{"ErrorCode": 10, "Message": "No valid API key"}', "failed", "401 Unauthorized: No valid API key"),
        (400, '{"errors": [{"message": "Bad from"}]}', "failed", "400 Bad Request: Bad from"),
        (429, '{"message": "Slow down"}', "queued", "429 Too Many Requests: Slow down"),
        (500, "oops", "queued", "500 Internal Server Error: oops"),
        (503, "", "queued", "503 Service Unavailable"),
    ],
)
def test_refusal_keeps_the_services_words_and_only_a_passing_one_is_tried_again(
    account: Account, esp: EspServer, status: int, body: str, left: str, words: str
) -> None:
    use(account, "brevo")
    esp.status, esp.body = status, body
    message = put(account)
    run_pending(now=NOW)
    assert (fresh(message).status, fresh(message).error) == (left, words)
    esp.status, esp.body = 201, ACCEPTED["brevo"][0]
    run_pending(now=later(sending.WAITS[0] + 1))
    assert fresh(message).status == ("sent" if left == "queued" else "failed")


def test_recipient_on_the_services_own_list_fails_with_its_words(account: Account, esp: EspServer) -> None:
    use(account, "postmark")
    words = "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: ana@example.com."
    esp.status, esp.body = 422, json.dumps({"ErrorCode": 406, "Message": words})
    message = put(account)
    run_pending(now=NOW)
    assert (fresh(message).status, words in fresh(message).error) == ("failed", True)


def parcel(**fields: Any) -> Parcel:
    message = Message(**{"to": "b@example.com"} | fields)
    return Parcel(message.id, NOW, "A", "a@example.com", message.to, "", "S", "T")


@pytest.mark.parametrize(("provider", "unsure"), [("brevo", True), ("resend", False)])
def test_answer_that_never_comes_may_be_a_mail_that_went_out(esp: EspServer, provider: str, unsure: bool) -> None:
    esp.hang = 5
    params = AnymailParams(provider, {"api_key": "k"}, timeout=0.3)
    with pytest.raises(Refused) as caught:
        channel_named("email_anymail").deliver(parcel(), params)
    assert (caught.value.permanent, caught.value.unsure) == (False, unsure)


def test_resend_is_given_the_same_key_at_every_attempt(esp: EspServer) -> None:
    esp.body = ACCEPTED["resend"][0]
    one = parcel()
    for _attempt in range(2):
        channel_named("email_anymail").deliver(one, AnymailParams("resend", {"api_key": "k"}))
    assert {headers["idempotency-key"] for _path, headers, _body in esp.got} == {str(one.id)}


def test_service_that_cannot_be_reached_is_tried_again() -> None:
    with override_settings(ANYMAIL={"BREVO_API_URL": "http://127.0.0.1:1/"}), pytest.raises(Refused) as caught:
        channel_named("email_anymail").deliver(parcel(), AnymailParams("brevo", {"api_key": "k"}))
    assert (caught.value.words, caught.value.permanent, caught.value.unsure) == (
        "Brevo cannot be reached.",
        False,
        False,
    )


def test_header_injection_is_refused_before_anything_is_sent(esp: EspServer) -> None:
    with pytest.raises(Refused) as caught:
        channel_named("email_anymail").deliver(
            parcel(to="a@example.com\r\nBcc: b@example.com"), AnymailParams("brevo", {"api_key": "k"})
        )
    assert (caught.value.permanent, esp.got) == (True, [])


def service(**fields: Any) -> EmailService:
    return EmailService(
        **{"provider": "mailgun", "values": {"api_key": "key-1", "region": "eu"}, "from_email": "a@b.example", **fields}
    )


def test_saving_seals_the_secrets_and_forgets_the_server(account: Account) -> None:
    EmailSettings.objects.create(account=account, host="smtp.example.com", password_sealed=seal("x"), updated_at=NOW)
    stored = save_email_service(account=account, service=service(), **DO)
    assert (stored.provider, stored.host, stored.password_sealed) == ("mailgun", "", "")
    assert "key-1" not in stored.provider_sealed
    assert queries.esp_options(stored) == {"api_key": "key-1", "region": "eu"}
    way = queries.route(account)
    assert (way.channel, way.carrier, way.from_email) == ("email_anymail", "mailgun", "a@b.example")
    assert queries.delivering(account)


def test_empty_secret_keeps_the_stored_one_of_the_same_service_only(account: Account) -> None:
    save_email_service(account=account, service=service(), **DO)
    kept = save_email_service(account=account, service=service(values={"sender_domain": "mg.b.example"}), **DO)
    assert queries.esp_options(kept) == {"api_key": "key-1", "sender_domain": "mg.b.example"}
    with pytest.raises(Problem) as caught:
        save_email_service(account=account, service=service(provider="brevo", values={}), **DO)
    assert list(caught.value.fields) == ["api_key"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"provider": "carrier-pigeon"}, "provider"),
        ({"from_email": ""}, "from_email"),
        ({"values": {"api_key": "k", "region": "moon"}}, "region"),
        ({"values": {"api_key": "k\r\nX: y"}}, "api_key"),
        ({"values": {"api_key": "k", "webhook_signing_key": "schlüssel"}}, "webhook_signing_key"),
    ],
)
def test_wrong_value_is_refused_at_its_field(account: Account, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Problem) as caught:
        save_email_service(account=account, service=service(**fields), **DO)
    assert list(caught.value.fields) == [wrong]


def test_test_mail_shows_the_services_words(account: Account, esp: EspServer) -> None:
    use(account, "postmark")
    esp.status, esp.body = 401, '{"ErrorCode": 10, "Message": "No or invalid server token"}'
    result = send_test(account=account, to="me@example.com", subject="T", text="T", **DO)
    assert (result.ok, result.answer) == (False, "401 Unauthorized: No or invalid server token")


def failing_events() -> list[str]:
    return [event.facts["channel"] for event in Event.objects.filter(kind="channel.failing")]


def test_owner_is_told_once_per_streak_and_by_another_way(account: Account, esp: EspServer) -> None:
    factories.owner(account, email="owner@example.com")
    use(account, "brevo")
    esp.status, esp.body = 401, '{"message": "Key not found"}'
    for n in range(5):
        put(account, key=f"test:{n}")
    run_pending(now=NOW)
    run_pending(now=later(60))
    assert failing_events() == ["email"]
    assert [row.words for row in queries.failing(account)] == ["401 Unauthorized: Key not found"]
    told = Message.objects.filter(kind="channel.failing")
    assert [(one.to, one.status) for one in told] == [("owner@example.com", "outbox")]
    assert "Key not found" in told[0].text


def test_success_ends_the_streak_and_the_next_is_told_after_a_day(account: Account, esp: EspServer) -> None:
    use(account, "brevo")
    for day, told in ((0, 1), (0.5, 1), (1.6, 2)):
        now = NOW + timedelta(days=day)
        esp.status, esp.body = 401, '{"message": "Key not found"}'
        put(account, key=f"bad:{day}", now=now)
        run_pending(now=now)
        assert len(failing_events()) == told
        assert len(queries.failing(account)) == 1
        esp.status, esp.body = 201, ACCEPTED["brevo"][0]
        put(account, key=f"good:{day}", now=now)
        run_pending(now=now)
        assert queries.failing(account) == []


def test_passing_refusal_is_told_from_the_third_attempt(account: Account, esp: EspServer) -> None:
    use(account, "brevo")
    esp.status, esp.body = 500, "down"
    put(account)
    run_pending(now=NOW)
    run_pending(now=later(40))
    assert ChannelHealth.objects.count() == 0
    run_pending(now=later(400))
    assert failing_events() == ["email"]


def test_message_that_fails_for_good_is_an_event(account: Account, esp: EspServer) -> None:
    use(account, "brevo")
    esp.status, esp.body = 400, '{"message": "No"}'
    message = put(account)
    run_pending(now=NOW)
    event = Event.objects.get(kind="message.failed")
    assert (event.subject_kind, event.subject_id) == ("message", message.pk)
    assert event.facts == {"message": str(message.pk), "contact": None, "channel": "email"}
