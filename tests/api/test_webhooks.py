"""Webhook endpoints over the API: made, changed, rotated, tested, replayed; for keys of scope admin only."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.api.v1.webhooks import Kind
from admitone.webhooks.kinds import KINDS
from admitone.webhooks.models import Delivery, Endpoint

URL = "https://example.com/hook"


@pytest.fixture
def admin(account):
    return Api(factories.api_key(account, ["admin"])[1])


@pytest.fixture
def endpoint(admin):
    return admin.post("/webhooks", {"url": URL, "kinds": ["one_time_link.used"], "description": "CRM"}).json()


def test_document_names_every_kind():
    assert get_args(Kind) == tuple(KINDS)


def test_secret_is_in_the_first_answer_only(admin, endpoint):
    secret = endpoint.pop("secret")
    assert secret.startswith("whsec_")
    assert admin.get(f"/webhooks/{endpoint['id']}").json() == endpoint
    assert admin.get("/webhooks").json() == {"items": [endpoint], "next_cursor": None}
    assert secret not in Endpoint.objects.get().secret_sealed


def test_change_and_delete(admin, endpoint):
    path = f"/webhooks/{endpoint['id']}"
    changed = admin.patch(path, {"active": False, "kinds": []}).json()
    assert (changed["active"], changed["paused_by"], changed["kinds"], changed["url"]) == (False, "hand", [], URL)
    assert admin.patch(path, {"active": True}).json()["paused_by"] == ""
    assert admin.delete(path).status_code == 204
    assert code(admin.get(path)) == (404, "not_found")


def test_rotation_answers_a_new_secret(admin, endpoint):
    rotated = admin.post(f"/webhooks/{endpoint['id']}/rotation")
    assert (rotated.status_code, rotated.json()["secret"] != endpoint["secret"]) == (201, True)
    assert rotated.json()["old_secret_until"] == "2026-11-03T09:00:00Z"


def test_test_message_log_and_replay(admin, endpoint):
    path = f"/webhooks/{endpoint['id']}"
    sent = admin.post(f"{path}/tests")
    assert (sent.status_code, sent.json()["kind"], sent.json()["status"]) == (202, "webhook.test", "queued")
    assert admin.get(f"{path}/deliveries").json()["items"] == [sent.json()]
    assert admin.get(f"{path}/deliveries?status=failed").json()["items"] == []
    Delivery.objects.update(status="failed")
    again = admin.post(f"/webhooks/deliveries/{sent.json()['id']}/replay")
    assert (again.status_code, again.json()["status"], again.json()["attempts"]) == (202, "queued", 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "http://example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://exa\x00mple.com/"}, "url"),
        ({"url": "x" * 1001}, "url"),
        ({"url": URL, "kinds": ["booking.eaten"]}, "kinds.0"),
        ({"url": URL, "secret": "mine"}, "secret"),
    ],
)
def test_bad_endpoint_is_named(admin, settings, body, field):
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    answer = admin.post("/webhooks", body)
    assert (code(answer), field in answer.json()["errors"]) == ((422, "invalid"), True)


def test_more_than_twenty_endpoints_are_refused(admin):
    statuses = [admin.post("/webhooks", {"url": URL}).status_code for _ in range(21)]
    assert statuses == [201] * 20 + [422]


def test_key_without_admin_is_refused(api, endpoint):
    for answer in (
        api.get("/webhooks"),
        api.post("/webhooks", {"url": URL}),
        api.patch(f"/webhooks/{endpoint['id']}", {"active": False}),
        api.delete(f"/webhooks/{endpoint['id']}"),
        api.post(f"/webhooks/{endpoint['id']}/tests"),
    ):
        assert code(answer) == (403, "forbidden")
