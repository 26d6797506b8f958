"""/hooks/stripe/<token>: what the account's Stripe may tell, once per payment, and only with its signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.addresses import stripe_url
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event
from admitone.integrations.models import Payment, PaymentSettings
from admitone.integrations.payments import save_payment_settings
from admitone.jobs import run_pending
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment
from admitone.workflows.services import create_workflow, publish

pytestmark = pytest.mark.django_db
NOW = factories.NOW
SECRET = "whsec_0123456789abcdef"
DO = {"actor": SYSTEM, "now": NOW}
SESSION = {
    "id": "cs_1",
    "payment_intent": "pi_1",
    "payment_status": "paid",
    "amount_total": 4950,
    "currency": "eur",
    "customer_details": {"email": "ada@example.com", "name": "Ada Lovelace", "phone": None},
}
INTENT = {"id": "pi_1", "amount_received": 4950, "currency": "eur", "receipt_email": None}
CHARGE = {
    "id": "ch_1",
    "payment_intent": "pi_1",
    "amount": 4950,
    "currency": "eur",
    "captured": True,
    "billing_details": {"email": "ada@example.com", "name": "Ada", "phone": "030 123456"},
}


@pytest.fixture
def account(freeze, db):
    made = factories.account()
    save_payment_settings(account=made, secret=SECRET, **DO)
    return made


def post(account, kind: str, one: dict, secret: str = SECRET, at=NOW, **more):
    body = json.dumps({"id": "evt_1", "type": kind, "data": {"object": one}, **more}).encode()
    stamp = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    path = "/" + stripe_url(account.id).partition("://")[2].partition("/")[2]
    headers = {"stripe-signature": f"t={stamp},v1={mac}"}
    return Client().post(path, body, content_type="application/json", headers=headers)


def told() -> list[dict]:
    return list(Event.objects.filter(kind="payment.received").order_by("id").values_list("facts", flat=True))


def test_checkout_makes_the_contact_and_tells_once(account):
    assert post(account, "checkout.session.completed", SESSION).json() == {"payment": True}
    contact = Contact.objects.get(account=account)
    assert (contact.email, contact.name, contact.source) == ("ada@example.com", "Ada Lovelace", "payment")
    facts = {"contact": str(contact.id), "amount_minor": 4950, "currency": "EUR", "provider_id": "pi_1"}
    assert told() == [facts]
    for kind, one in (
        ("checkout.session.completed", SESSION),
        ("payment_intent.succeeded", INTENT),
        ("charge.succeeded", CHARGE),
    ):
        assert post(account, kind, one).status_code == 200
    run_pending(now=NOW + timedelta(hours=1))
    assert told() == [facts]
    assert PaymentSettings.objects.get().heard_at == NOW


def test_message_that_names_nobody_waits_for_one_that_does(account):
    post(account, "payment_intent.succeeded", INTENT)
    assert told() == []
    post(account, "charge.succeeded", CHARGE)
    run_pending(now=NOW + timedelta(hours=1))
    assert [facts["contact"] for facts in told()] == [str(Contact.objects.get().id)]


def test_payment_that_nobody_is_named_for_is_told_after_two_minutes(account):
    post(account, "payment_intent.succeeded", INTENT)
    run_pending(now=NOW + timedelta(seconds=119))
    assert told() == []
    run_pending(now=NOW + timedelta(minutes=2))
    assert [facts["contact"] for facts in told()] == [None]


@pytest.mark.parametrize(
    ("kind", "one"),
    [
        ("checkout.session.completed", {**SESSION, "payment_status": "unpaid"}),
        ("checkout.session.completed", {**SESSION, "payment_intent": None}),
        ("checkout.session.completed", {**SESSION, "amount_total": 0}),
        ("charge.succeeded", {**CHARGE, "captured": False}),
        ("charge.succeeded", {**CHARGE, "currency": "xxx1"}),
        ("charge.succeeded", {**CHARGE, "amount": True}),
        ("customer.created", {"id": "cus_1"}),
        ("charge.succeeded", {}),
    ],
)
def test_other_messages_are_taken_and_tell_of_nothing(account, kind, one):
    answer = post(account, kind, one)
    assert (answer.status_code, answer.json(), Payment.objects.count()) == (200, {"payment": False}, 0)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("eur", 1999, 1999), ("jpy", 500, 500), ("kwd", 1250, 1250), ("isk", 500, 5)]
)
def test_amounts_are_kept_in_the_currencys_smallest_unit(account, currency, amount, minor):
    post(account, "charge.succeeded", {**CHARGE, "currency": currency, "amount": amount})
    assert (Payment.objects.get().amount_minor, Payment.objects.get().currency) == (minor, currency.upper())


def test_forged_and_old_signatures_are_refused(account):
    assert post(account, "charge.succeeded", CHARGE, secret="whsec_another0000").status_code == 400
    assert post(account, "charge.succeeded", CHARGE, at=NOW - timedelta(minutes=6)).status_code == 400
    other = factories.account()
    assert post(other, "charge.succeeded", CHARGE).status_code == 400
    path = "/" + stripe_url(account.id).partition("://")[2].partition("/")[2]
    assert Client().post(path, "{}", content_type="application/json").status_code == 400
    assert Client().post("/hooks/stripe/x", "{}", content_type="application/json").status_code == 404
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("secret", ["sk_live_1234567890", "whsec_", "whsec_" + "x" * 300])
def test_what_is_no_signing_secret_is_refused(account, secret):
    with pytest.raises(Problem) as caught:
        save_payment_settings(account=account, secret=secret, **DO)
    assert list(caught.value.fields) == ["secret"]


def test_secret_is_sealed_and_can_be_forgotten(account):
    assert SECRET not in PaymentSettings.objects.get().secret_sealed
    save_payment_settings(account=account, secret="", **DO)
    assert post(account, "charge.succeeded", CHARGE).status_code == 400


@pytest.mark.parametrize(
    ("filters", "count"),
    [({}, 1), ({"minimum": 49.5, "currency": "eur"}, 1), ({"minimum": 49.51}, 0), ({"currency": "USD"}, 0)],
)
def test_payment_starts_by_amount_and_currency_and_is_merged(account, filters, count):
    text = "Thanks for {{ payment.amount }} ({{ payment.reference }})"
    document = {
        "name": "Thanks",
        "triggers": [{"type": "payment.received", "filters": filters}],
        "steps": [{"name": "mail", "type": "email.send", "params": {"subject": "Thanks", "body": text}}],
    }
    made = create_workflow(account=account, document=document, **DO)
    publish(account=account, workflow_id=made.id, **DO)
    post(account, "charge.succeeded", CHARGE)
    run_pending(now=NOW)
    assert Enrollment.objects.count() == count
    texts = Message.objects.filter(kind="workflow").values_list("text", flat=True)
    assert [one.splitlines()[0] for one in texts] == ["Thanks for 49,50\N{NO-BREAK SPACE}€ (pi_1)"] * count
