"""What email services report, signed as each of them signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client
from standardwebhooks import Webhook
from tests import factories

from admitone.accounts.addresses import email_reports_url
from admitone.accounts.models import Account
from admitone.accounts.sealing import seal
from admitone.events import Event
from admitone.messaging.esps import ESPS
from admitone.messaging.models import EmailSettings, Message, OptOut

pytestmark = pytest.mark.django_db
NOW = factories.NOW
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
SVIX = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
PEM = ELLIPTIC.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
KEYS = {
    "mailersend": {"signing_secret": "ms-secret"},
    "mailgun": {"webhook_signing_key": "mg-secret"},
    "resend": {"signing_secret": SVIX},
    "sendgrid": {"tracking_webhook_verification_key": "".join(PEM.decode().splitlines()[1:-1])},
}
#: What each service posts for a delivered mail, a hard bounce, a soft one and a complaint; ID is the message's.
Bodies = dict[str, Any]


def mailgun(event: str, **more: Any) -> Bodies:
    data = {"event": event, "timestamp": 1793610000.0, "recipient": "ana@example.com"}
    return {"event-data": {**data, "message": {"headers": {"message-id": "ID"}}, **more}}


def mailersend(kind: str, morph: str = "") -> Bodies:
    inner = {"message": {"id": "ID"}, "recipient": {"email": "ana@example.com"}}
    return {
        "type": f"activity.{kind}",
        "data": {"id": "e", "type": kind, "created_at": "2026-11-02T09:00:00Z", "email": inner}
        | ({"morph": {"object": morph, "reason": "550 no such user"}} if morph else {}),
    }


def sparkpost(kind: str, **more: Any) -> list[Bodies]:
    event = {"type": kind, "transmission_id": "ID", "event_id": "e", "timestamp": "1793610000", **more}
    return [{"msys": {"message_event": event}}]


REPORTS: dict[str, dict[str, Any]] = {
    "brevo": {
        "delivered": {"event": "delivered", "message-id": "ID"},
        "hard": {"event": "hard_bounce", "message-id": "ID", "reason": "550 no such user"},
        "soft": {"event": "soft_bounce", "message-id": "ID", "reason": "452 full"},
        "complained": {"event": "spam", "message-id": "ID"},
    },
    "mailersend": {
        "delivered": mailersend("delivered"),
        "hard": mailersend("hard_bounced", "recipient_bounce"),
        "soft": mailersend("soft_bounced", "recipient_bounce"),
        "complained": mailersend("spam_complaint", "spam_complaint"),
    },
    "mailgun": {
        "delivered": mailgun("delivered"),
        "hard": mailgun("failed", severity="permanent", reason="bounce", **{"delivery-status": {"message": "550 no"}}),
        "complained": mailgun("complained"),
    },
    "mailjet": {
        "delivered": [{"event": "sent", "MessageID": "ID", "time": 1793610000}],
        "hard": {"event": "bounce", "MessageID": "ID", "time": 1, "hard_bounce": True, "error": "user unknown"},
        "soft": {"event": "bounce", "MessageID": "ID", "time": 1, "hard_bounce": False, "error": "quota exceeded"},
        "complained": {"event": "spam", "MessageID": "ID", "time": 1},
    },
    "postmark": {
        "delivered": {"RecordType": "Delivery", "MessageID": "ID", "Details": "250 ok"},
        "hard": {
            "RecordType": "Bounce",
            "Type": "HardBounce",
            "ID": 7,
            "MessageID": "ID",
            "Details": "550 no such user",
        },
        "soft": {"RecordType": "Bounce", "Type": "SoftBounce", "ID": 8, "MessageID": "ID", "Details": "452 full"},
        "complained": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", "ID": 9, "MessageID": "ID"},
    },
    "resend": {
        "delivered": {"type": "email.delivered", "data": {"email_id": "ID", "to": ["ana@example.com"]}},
        "hard": {
            "type": "email.bounced",
            "data": {"email_id": "ID", "bounce": {"message": "sent a hard bounce message", "type": "Permanent"}},
        },
        "soft": {
            "type": "email.bounced",
            "data": {
                "email_id": "ID",
                "bounce": {"message": "sent a bounce message because full", "type": "Transient"},
            },
        },
        "complained": {"type": "email.complained", "data": {"email_id": "ID"}},
    },
    "sendgrid": {
        "delivered": [{"event": "delivered", "smtp-id": "ID", "sg_message_id": "s", "anymail_id": "ID"}],
        "hard": [{"event": "bounce", "type": "bounce", "reason": "550 no", "anymail_id": "ID"}],
        "soft": [{"event": "bounce", "type": "blocked", "reason": "554 blocked", "anymail_id": "ID"}],
        "complained": [{"event": "spamreport", "anymail_id": "ID"}],
    },
    "sparkpost": {
        "delivered": sparkpost("delivery"),
        "hard": sparkpost("bounce", bounce_class="10", raw_reason="550 no such user"),
        "soft": sparkpost("bounce", bounce_class="22", raw_reason="452 full"),
        "complained": sparkpost("spam_complaint"),
    },
}
CASES = [(name, what) for name, reports in REPORTS.items() for what in reports]
#: What the message becomes, and the source of the opt-out.
BECOMES = {
    "delivered": ("delivered", ""),
    "hard": ("bounced", "bounce"),
    "soft": ("bounced", ""),
    "complained": ("complained", "complaint"),
}


def signed_mailgun(body: Any) -> tuple[bytes, dict[str, str]]:
    digest = hmac.new(b"mg-secret", b"1793610000tok", hashlib.sha256).hexdigest()
    block = {"timestamp": "1793610000", "token": "tok", "signature": digest}
    return json.dumps({**body, "signature": block}).encode(), {}


def signed_mailersend(body: Any) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(body).encode()
    return raw, {"Signature": hmac.new(b"ms-secret", raw, hashlib.sha256).hexdigest()}


def signed_resend(body: Any) -> tuple[bytes, dict[str, str]]:
    raw, now = json.dumps(body), datetime.now(UTC)
    signature = Webhook(SVIX).sign("msg_1", now, raw)
    return raw.encode(), {
        "svix-id": "msg_1",
        "svix-timestamp": str(int(now.timestamp())),
        "svix-signature": signature,
    }


def signed_sendgrid(body: Any) -> tuple[bytes, dict[str, str]]:
    raw = json.dumps(body).encode()
    signature = ELLIPTIC.sign(b"1793610000" + raw, ec.ECDSA(hashes.SHA256()))
    return raw, {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": "1793610000",
    }


SIGN: dict[str, Callable[[Any], tuple[bytes, dict[str, str]]]] = {
    "mailersend": signed_mailersend,
    "mailgun": signed_mailgun,
    "resend": signed_resend,
    "sendgrid": signed_sendgrid,
}


@pytest.fixture
def account(db: None) -> Account:
    return factories.account(slug="north-clinic")


def use(account: Account, provider: str, **keys: str) -> str:
    """The account sends by this service; the path of its reports."""
    sealed = seal(json.dumps({"api_key": "k", **(keys or KEYS.get(provider, {}))}))
    EmailSettings.objects.update_or_create(
        account=account, defaults={"provider": provider, "provider_sealed": sealed, "updated_at": NOW}
    )
    return email_reports_url(provider, account.pk).removeprefix("http://testserver")


def sent(account: Account, provider: str, **fields: Any) -> Message:
    known = {"mailgun": "<id-1@mg.example>", "mailjet": "71"}.get(provider, "id-1")
    contact = factories.contact(account, email="ana@example.com")
    return factories.message(account, contact=contact, status="sent", provider_id=known, **fields)


def post(client: Client, path: str, provider: str, body: Any) -> HttpResponse:
    known = {"mailgun": "<id-1@mg.example>", "mailjet": "71"}.get(provider, "id-1")
    whole = json.loads(json.dumps(body).replace('"ID"', json.dumps(known)))
    raw, headers = SIGN.get(provider, lambda one: (json.dumps(one).encode(), {}))(whole)
    return client.post(path, raw, content_type="application/json", headers=headers)


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="message.").order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize(("provider", "what"), CASES)
def test_signed_report_moves_the_message_on_once(client: Client, account: Account, provider: str, what: str) -> None:
    path, message = use(account, provider), sent(account, provider)
    for _replay in range(2):
        assert post(client, path, provider, REPORTS[provider][what]).status_code == 200
    message.refresh_from_db()
    status, source = BECOMES[what]
    assert message.status == status
    assert (message.delivered_at is not None) == (status == "delivered")
    assert kinds() == [f"message.{status}"]
    rows = OptOut.objects.values_list("channel", "address", "source")
    assert list(rows) == ([("email", "ana@example.com", source)] if source else [])


def test_words_of_a_bounce_are_kept(client: Client, account: Account) -> None:
    path, message = use(account, "postmark"), sent(account, "postmark")
    post(client, path, "postmark", REPORTS["postmark"]["hard"])
    message.refresh_from_db()
    assert message.error == "550 no such user"


@pytest.mark.parametrize("provider", sorted(SIGN))
def test_unsigned_and_wrongly_signed_reports_are_refused(client: Client, account: Account, provider: str) -> None:
    path, message = use(account, provider), sent(account, provider)
    raw, headers = SIGN[provider](REPORTS[provider]["delivered"])
    for wrong in ({}, {name: value[:-4] + "AAAA" for name, value in headers.items()}):
        tampered = raw.replace(b"tok", b"tik")
        answer = client.post(path, tampered, content_type="application/json", headers=wrong)
        assert answer.status_code == 403
    message.refresh_from_db()
    assert (message.status, kinds()) == ("sent", [])


@pytest.mark.parametrize("provider", sorted(SIGN))
def test_without_the_key_nothing_is_believed(client: Client, account: Account, provider: str) -> None:
    path = use(account, provider, api_key="k")
    assert post(client, path, provider, REPORTS[provider]["delivered"]).status_code == 403


def test_address_is_an_accounts_and_a_services_own(client: Client, account: Account) -> None:
    path, other = use(account, "postmark"), factories.account(slug="south")
    message = sent(other, "postmark")
    assert post(client, path, "postmark", REPORTS["postmark"]["hard"]).status_code == 200
    message.refresh_from_db()
    assert (message.status, OptOut.objects.count()) == ("sent", 0)
    for wrong in (path.replace("postmark", "brevo"), path[:-1], "/hooks/email/postmark/x", "/hooks/email/smtp/x"):
        assert client.post(wrong, b"{}", content_type="application/json").status_code == 404


def test_unknown_message_is_ignored(client: Client, account: Account) -> None:
    path = use(account, "postmark")
    assert post(client, path, "postmark", REPORTS["postmark"]["hard"]).status_code == 200
    assert (kinds(), OptOut.objects.count()) == ([], 0)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"event-data": 5}', b"[[[[]]]]", b"{}"])
@pytest.mark.parametrize("provider", sorted(ESPS))
def test_strange_body_is_a_client_error(client: Client, account: Account, provider: str, body: bytes) -> None:
    path = use(account, provider)
    assert client.post(path, body, content_type="application/json").status_code in (200, 400, 403)
    assert client.post(path, {"event": "delivered", "timestamp": "x"}).status_code in (200, 400, 403)


def test_service_may_ask_whether_the_address_is_there(client: Client, account: Account) -> None:
    path = use(account, "mailjet")
    assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]
    assert client.put(path).status_code == 405


def test_own_id_finds_a_message_whose_answer_was_lost(client: Client, account: Account) -> None:
    """Handed over, but killed before the service's id was kept: the report says that it arrived, so it is not sent again."""
    path = use(account, "postmark")
    message = factories.message(account, status="sending", attempts=1)
    body = {**REPORTS["postmark"]["delivered"], "Metadata": {"message": str(message.pk)}}
    post(client, path, "postmark", body)
    message.refresh_from_db()
    assert (message.status, message.provider_id) == ("delivered", "id-1")


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (("delivered", "hard"), "bounced"),
        (("hard", "delivered"), "bounced"),
        (("complained", "hard", "delivered"), "complained"),
        (("delivered", "complained"), "complained"),
    ],
)
def test_reports_in_any_order_end_alike(client: Client, account: Account, order: tuple[str, ...], status: str) -> None:
    path, message = use(account, "brevo"), sent(account, "brevo")
    for what in order:
        post(client, path, "brevo", REPORTS["brevo"][what])
    message.refresh_from_db()
    assert message.status == status


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ({"RecordType": "SubscriptionChange", "MessageID": "ID", "SuppressSending": True}, ["one_click"]),
        ({"RecordType": "SubscriptionChange", "MessageID": "ID", "SuppressSending": False}, []),
        ({"RecordType": "Open", "MessageID": "ID"}, []),
    ],
)
def test_leaving_by_the_services_own_link_opts_out(
    client: Client, account: Account, body: dict[str, Any], source: list[str]
) -> None:
    path, message = use(account, "postmark"), sent(account, "postmark")
    assert post(client, path, "postmark", body).status_code == 200
    message.refresh_from_db()
    assert (message.status, list(OptOut.objects.values_list("source", flat=True))) == ("sent", source)
