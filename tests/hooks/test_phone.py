"""Gateways and phone systems without signatures send the account's secret."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.hooking import hook_secret, hook_url
from admitone.accounts.models import Account
from admitone.calls.models import MissedCall
from admitone.calls.services import register_number
from admitone.events import SYSTEM, Event
from admitone.jobs import run_pending
from admitone.messaging.models import Message, OptOut

NOW = factories.NOW
CALLER = "+4915112345678"

pytestmark = pytest.mark.usefixtures("freeze")


@pytest.fixture
def account(db: None, settings: Any) -> Account:
    settings.BASE_URL = ""
    return factories.account(name="Praxis Klein")


def tell(
    account: Account, path: str, body: dict[str, Any], rest: str = "", secret: str = "", form: bool = False
) -> Any:
    headers = {"authorization": f"Bearer {secret or hook_secret(account.id)}"}
    url = hook_url(account.id, path, rest)
    if form:
        return Client().post(url, body, headers=headers)
    return Client().post(url, json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.parametrize("form", [True, False])
def test_gateway_passes_an_sms_on_once(account: Account, form: bool) -> None:
    if form:
        body = "from=%2B4915112345678&text=Stop"
        headers = {"authorization": f"Bearer {hook_secret(account.id)}"}
        kind = "application/x-www-form-urlencoded"
        response = Client().post(hook_url(account.id, "sms"), body, content_type=kind, headers=headers)
    else:
        response = tell(account, "sms", {"from": CALLER, "to": "+4930901820", "text": "Stop"})
    assert response.status_code == 201
    assert tell(account, "sms", {"from": CALLER, "text": "Stop"}).status_code == (200 if form else 201)
    assert OptOut.objects.get().address == CALLER
    run_pending(now=NOW)
    answers = Message.objects.filter(direction="out")
    assert [one.text for one in answers] == [
        "Praxis Klein: you will get no more messages. Reply START to get them again."
    ]


def test_gateway_tells_what_became_of_a_message(account: Account) -> None:
    values = {"kind": "test", "key": "k", "to": CALLER, "text": "x", "channel": "sms", "status": "sent"}
    message = Message.objects.create(account=account, created_at=NOW, **values)
    body = {"message": str(message.id), "status": "failed", "error": "No such subscriber"}
    assert tell(account, "sms", body, "/status").json() == {"taken": True}
    assert tell(account, "sms", body, "/status").json() == {"taken": False}
    message.refresh_from_db()
    assert (message.status, message.error) == ("failed", "No such subscriber")
    assert tell(account, "sms", {"status": "sent"}, "/status").status_code == 422


def test_phone_system_reports_a_missed_call(account: Account) -> None:
    number = register_number(account=account, number="+4930901820", actor=SYSTEM, now=NOW)
    for _time in range(2):
        response = tell(account, "calls", {"from": "0151 12345678", "id": "abc"})
    row = MissedCall.objects.get()
    assert response.json() == {"id": str(row.id), "contact": str(row.contact_id), "note": ""}
    assert (row.number_id, row.caller, row.at) == (number.id, CALLER, NOW)
    assert Event.objects.filter(kind="call.missed").count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "from"),
        ({"from": CALLER, "number": "+4930111111"}, "number"),
        ({"from": CALLER, "number": "x"}, "number"),
        ({"from": CALLER, "at": "yesterday"}, "at"),
        ({"from": CALLER, "at": "2026-11-02T09:00:00"}, "at"),
        ({"from": CALLER, "at": "2027-11-02T09:00:00Z"}, "at"),
        ({"from": CALLER, "at": "2026-99-02T09:00:00Z"}, "at"),
        ({"from": CALLER, "outcome": "answered"}, "outcome"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(account: Account, body: dict[str, Any], field: str) -> None:
    response = tell(account, "calls", body)
    assert (response.status_code, set(response.json()["errors"])) == (422, {field})


def test_long_ids_are_told_apart(account: Account) -> None:
    for last in "12":
        tell(account, "calls", {"from": CALLER, "id": "x" * 200 + last})
    assert MissedCall.objects.count() == 2


@pytest.mark.parametrize(("path", "rest"), [("sms", ""), ("sms", "/status"), ("calls", "")])
def test_without_the_secret_nothing_is_believed(account: Account, path: str, rest: str) -> None:
    body = {"from": CALLER, "text": "STOP", "status": "failed"}
    assert tell(account, path, body, rest, secret="wrong").status_code == 403
    assert tell(account, path, body, rest, secret=hook_secret(factories.account().id)).status_code == 403
    assert Client().post(f"/hooks/{path}/x{rest}", body).status_code == 404
    assert Client().get(hook_url(account.id, path, rest)).status_code == 405


@pytest.mark.parametrize("body", ["", "[]", "{", '{"from": ["a"]}', '{"from": {"a": 1}}'])
def test_unreadable_bodies_are_refused(account: Account, body: str) -> None:
    headers = {"X-Admit-One-Secret": hook_secret(account.id)}
    url = hook_url(account.id, "calls")
    response = Client().post(url, body, content_type="application/json", headers=headers)
    assert response.status_code in (400, 422)
