"""Settings > Inbound webhooks and > Payments, and the same addresses by the API."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from tests import factories

from admitone.events import SYSTEM
from admitone.integrations.models import Payment, PaymentSettings
from admitone.workflows.models import InboundHook
from admitone.workflows.services.hooks import create_hook, receive

pytestmark = pytest.mark.django_db
NOW = factories.NOW
BODY = {"customer": {"email": "ada@example.com", "full_name": "Ada"}, "total": 49.5}


@pytest.fixture
def account(db, freeze):
    return factories.account()


@pytest.fixture
def browser(account):
    client = Client()
    client.force_login(factories.owner(account))
    return client


@pytest.fixture
def hook(account):
    made = create_hook(account=account, name="Shop", actor=SYSTEM, now=NOW)
    receive(hook_id=made.id, body=BODY, now=NOW)
    return made


def here(account, rest: str) -> str:
    return f"/app/{account.slug}/settings/{rest}"


def test_address_is_made_and_shown(browser, account):
    answer = browser.post(here(account, "inbound-hooks/"), {"name": "Shop"}, follow=True)
    assert answer.status_code == 200
    assert "/hooks/in/" in answer.content.decode()
    assert InboundHook.objects.get().name == "Shop"
    assert browser.post(here(account, "inbound-hooks/"), {"name": " "}).status_code == 422


def test_learned_fields_are_shown_and_the_contacts_proposed(browser, account, hook):
    page = browser.get(here(account, f"inbound-hooks/{hook.id}/")).content.decode()
    assert "hook.customer.email" in page
    assert "49.5" in page
    assert '<option value="customer.email" selected>' in page


def test_mapping_is_saved_and_a_field_that_never_came_is_refused(browser, account, hook):
    path = here(account, f"inbound-hooks/{hook.id}/")
    typed = {"name": "My shop", "email": "customer.email", "phone": "", "contact_name": "customer.full_name"}
    assert browser.post(path, typed).status_code == 302
    hook.refresh_from_db()
    assert (hook.name, hook.mapping) == ("My shop", {"email": "customer.email", "name": "customer.full_name"})
    assert browser.post(path, {**typed, "email": "nothing"}).status_code == 422


def test_hook_is_paused_switched_on_and_deleted(browser, account, hook):
    path = here(account, f"inbound-hooks/{hook.id}/")
    for value, active in (("0", False), ("1", True)):
        browser.post(f"{path}state/", {"active": value})
        hook.refresh_from_db()
        assert hook.active is active
    browser.post(f"{path}removal/")
    assert browser.get(path).status_code == 404


def test_members_see_neither(account):
    client = Client()
    client.force_login(factories.member(account))
    assert client.get(here(account, "inbound-hooks/")).status_code == 403
    assert client.get(here(account, "payments/")).status_code == 403


def test_signing_secret_is_saved_never_shown_and_forgotten(browser, account):
    path = here(account, "payments/")
    secret = "whsec_0123456789abcdef"
    assert browser.post(path, {"secret": "sk_live_1"}).status_code == 422
    assert browser.post(path, {"secret": secret, "do": "save"}).status_code == 302
    page = browser.get(path).content.decode()
    assert (secret in page, "/hooks/stripe/" in page) == (False, True)
    browser.post(path, {"do": "remove"})
    assert PaymentSettings.objects.get().secret_sealed == ""


def test_latest_payments_are_listed(browser, account):
    contact = factories.contact(account, name="Ada Lovelace")
    values = {"amount_minor": 4950, "currency": "EUR", "created_at": NOW, "told_at": NOW}
    Payment.objects.create(account=account, contact=contact, provider_id="pi_1", **values)
    page = browser.get(here(account, "payments/")).content.decode()
    assert all(text in page for text in ("49,50\xa0€", "Ada Lovelace", "pi_1"))


def call(method: str, path: str, account, body=None, scopes=("admin",)):
    _key, secret = factories.api_key(account, list(scopes))
    text = "" if body is None else json.dumps(body)
    headers = {"authorization": f"Bearer {secret}"}
    return Client().generic(method, f"/api/v1/inbound-hooks{path}", text, "application/json", headers=headers)


def test_api_makes_reads_changes_and_deletes(account):
    made = call("POST", "", account, {"name": "Shop", "mapping": {"email": "customer.email"}})
    assert made.status_code == 201
    one = f"/{made.json()['id']}"
    path = made.json()["url"].removeprefix("http://testserver")
    posted = Client().post(path, json.dumps(BODY), content_type="application/json")
    assert posted.status_code == 202
    found = call("GET", one, account).json()
    assert (found["fields"]["total"], found["sample"], found["received_at"]) == ("number", BODY, "2026-11-02T09:00:00Z")
    assert call("PATCH", one, account, {"active": False}).json()["active"] is False
    assert call("PATCH", one, account, {}).json()["mapping"] == {"email": "customer.email", "phone": "", "name": ""}
    assert [row["name"] for row in call("GET", "", account).json()["items"]] == ["Shop"]
    assert call("DELETE", one, account).status_code == 204
    assert call("GET", one, account).status_code == 404


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "mapping": {"age": "a"}}, {"name": "x", "more": 1}])
def test_api_refuses_what_is_no_hook(account, body):
    assert call("POST", "", account, body).status_code == 422


def test_api_needs_the_scope_admin(account):
    assert call("POST", "", account, {"name": "Shop"}, ["read", "write"]).status_code == 403
