"""Settings > Webhooks."""

from __future__ import annotations

import dataclasses
import re

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.webhooks.models import Delivery, Endpoint
from admitone.webhooks.signing import workflow_secret

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/settings/webhooks/"
FORM = {"url": "https://example.com/hook", "description": "CRM", "kinds": ["one_time_link.used"]}


@pytest.fixture
def account(client: Client) -> Account:
    account = factories.account(slug="north-clinic")
    client.force_login(factories.member(account, "admin"))
    return account


@pytest.fixture
def endpoint(client: Client, account: Account) -> Endpoint:
    client.post(PATH, FORM)
    return Endpoint.objects.get()


def test_secret_is_shown_once(client, account):
    response = client.post(PATH, FORM)
    assert response.status_code == 201
    secret = re.search(r"whsec_[\w+/=]{44}", response.content.decode()).group()
    assert secret not in client.get(PATH).content.decode()


def test_secret_of_workflows_can_be_read_again(client, account):
    assert [workflow_secret(account) in client.get(PATH).content.decode() for _ in range(2)] == [True, True]
    assert workflow_secret(account) != workflow_secret(factories.account())


def test_page_of_an_endpoint_changes_it(client, endpoint, settings):
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    path = f"{PATH}{endpoint.id}/"
    assert client.get(path).status_code == 200
    assert client.post(path, {**FORM, "url": "https://example.com/other"}).url == path
    assert client.post(path, {**FORM, "url": "http://example.com/"}).status_code == 422
    endpoint.refresh_from_db()
    assert endpoint.url == "https://example.com/other"


def test_rotation_shows_another_secret(client, endpoint):
    response = client.post(f"{PATH}{endpoint.id}/rotation/")
    assert (response.status_code, "whsec_" in response.content.decode()) == (201, True)


def test_pausing_testing_and_replaying(client, endpoint):
    path = f"{PATH}{endpoint.id}/"
    client.post(f"{path}state/", {"active": "0"})
    assert Endpoint.objects.get().paused_by == "hand"
    shown = client.post(f"{path}test/").url
    assert "webhook.test" in client.get(shown).content.decode()
    Delivery.objects.update(status="failed", error="The server answered 500.", response_status=500)
    assert "The server answered 500." in client.get(path, {"status": "failed"}).content.decode()
    assert "No message fits" in client.get(path, {"status": "delivered"}).content.decode()
    assert client.post(f"{PATH}deliveries/{Delivery.objects.get().id}/replay/").status_code == 302
    assert Delivery.objects.get().status == "queued"


def test_removal_forgets_the_log(client, endpoint):
    client.post(f"{PATH}{endpoint.id}/test/")
    assert client.post(f"{PATH}{endpoint.id}/removal/").url == PATH
    assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)


def test_member_may_not_see_them(account):
    client = Client()
    client.force_login(factories.member(account))
    assert client.get(PATH).status_code == 403
