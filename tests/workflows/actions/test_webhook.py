"""Webhooks that runs send: signed, with the same id on every attempt, tried again when it may help."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from tests.webhooks.receiver import Receiver
from tests.workflows.actions.steps import log, refused, step
from tests.workflows.conftest import NOW, submit

from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.webhooks.services import create_endpoint
from admitone.webhooks.signing import workflow_secret
from admitone.workflows.models import Enrollment
from admitone.workflows.services.testing import try_out

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_feeds(settings: Any) -> None:
    """The receiver stands on this machine."""
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def tell(receiver: Receiver) -> Any:
    return lambda **params: step("webhook.send", "tell", url=receiver.url, **params)


def test_chosen_values_are_sent_signed(published, contact, receiver, tell, account, freeze):
    published([tell(values={"name": "{{ contact.name }}", "phone": "{{ contact.phone }}"}, headers={"X-Key": "abc"})])
    submit(contact)
    (headers, body) = receiver.got[0]
    message = Webhook(workflow_secret(account)).verify(body, headers)
    assert message == json.loads(body)
    assert (message["type"], message["data"]["name"], message["data"]["phone"]) == ("workflow.step", "Ada Lovelace", "")
    assert (headers["x-key"], headers["content-type"]) == ("abc", "application/json")
    one = Enrollment.objects.get()
    assert message["data"]["enrollment"] == str(one.id)
    assert one.outputs["tell"] == {"status": "200", "body": "thanks"}
    assert log() == [("tell", "done", "Empty: contact.phone.")]


def test_whole_context_is_sent_where_no_values_are_chosen(published, contact, receiver, tell, generate):
    published([generate, tell()])
    submit(contact)
    data = json.loads(receiver.got[0][1])["data"]
    assert (data["contact"]["email"], data["appointment"]) == ("ada@example.com", None)
    assert data["one_time_link"]["url"] == data["steps"]["booking_link"]["url"]


def test_endpoint_of_the_same_address_lends_its_secret(published, contact, receiver, tell, account, freeze):
    _endpoint, secret = create_endpoint(
        account=account, url=receiver.url, kinds=["contact.created"], actor=SYSTEM, now=NOW
    )
    published([tell()])
    submit(contact)
    headers, body = receiver.got[0]
    assert Webhook(secret).verify(body, headers)["type"] == "workflow.step"


def test_passing_fault_is_tried_again_under_the_same_id(published, contact, receiver, tell):
    receiver.answers = [503, 429]
    published([tell()])
    submit(contact)
    assert log() == [("tell", "retrying", "The server answered 503. thanks")]
    run_pending(now=NOW + timedelta(seconds=10))
    run_pending(now=NOW + timedelta(seconds=50))
    assert (log(), len(receiver.got)) == ([("tell", "done", "")], 3)
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1


def test_refusal_fails_with_the_receivers_words(published, contact, receiver, tell):
    receiver.answers, receiver.text = [422], b"no such deal"
    published([tell()])
    submit(contact)
    assert (Enrollment.objects.get().reason, len(receiver.got)) == ("The server answered 422. no such deal", 1)


def test_receiver_that_is_never_there_fails_in_the_end(published, contact, receiver, tell):
    published([tell()])
    receiver.http.server_close()
    submit(contact)
    for hours in range(1, 9):
        run_pending(now=NOW + timedelta(hours=3 * hours))
    one = Enrollment.objects.get()
    assert (one.status, one.runs.get().attempts) == ("failed", 8)
    assert one.reason.startswith("ConnectError")


def test_private_addresses_are_refused(published, account, settings):
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    for url in ("http://example.com/", "https://127.0.0.1/", "https://localhost/", "nonsense", "https://10.0.0.1/x"):
        assert list(refused(published, step("webhook.send", url=url))) == ["steps.act.url"]


def test_name_that_leads_into_the_own_network_is_refused_when_sending(published, contact, settings, receiver, tell):
    published([tell()])
    settings.ENV = dataclasses.replace(settings.ENV, private_feeds=False)
    submit(contact)
    assert (Enrollment.objects.get().status, receiver.got) == ("failed", [])


@pytest.mark.parametrize(
    ("name", "text"),
    [("Host", "x"), ("webhook-id", "x"), ("X-Key", "a\r\nb: c"), ("X Key", "x"), ("Content-Type", "x")],
)
def test_headers_that_are_not_theirs_to_set_are_refused(published, account, tell, name, text):
    assert list(refused(published, tell(headers={name: text}))) == ["steps.tell.headers"]


def test_unknown_value_is_refused_at_its_name(published, account, tell):
    assert list(refused(published, tell(values={"x": "{{ contact.nope }}"}))) == ["steps.tell.values.x"]


def test_test_run_sends_nothing_and_shows_what_it_would(published, contact, receiver, tell, account):
    workflow = published([tell(values={"name": "{{ contact.name }}"})])
    tried = try_out(account=account, workflow_id=workflow.id, contact_id=contact.id, actor=SYSTEM, now=NOW)
    assert '"name":"Ada Lovelace"' in tried.steps[0].notes[0]
    assert receiver.got == []
