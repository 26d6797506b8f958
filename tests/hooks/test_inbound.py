"""/hooks/in/<token>: what other programs may post, and what becomes of it."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories

from admitone.accounts.addresses import hook_url
from admitone.accounts.keyring import keyring
from admitone.contacts.erasing import erase
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event
from admitone.hooks import inbound
from admitone.jobs import run_pending
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment, InboundHook, InboundRequest
from admitone.workflows.services import create_workflow, publish
from admitone.workflows.services.hooks import create_hook, delete_hook, purge, receive, update_hook
from admitone.workflows.services.testing import try_out

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO = {"actor": SYSTEM, "now": NOW}
ORDER = {"order": {"id": 17, "total": "49.00"}, "customer": {"email": "ada@example.com", "name": "Ada Lovelace"}}
MAPPING = {"email": "customer.email", "name": "customer.name"}


@pytest.fixture
def account(db):
    return factories.account()


@pytest.fixture
def hook(account):
    return create_hook(account=account, name="Shop", mapping=MAPPING, **DO)


def path_of(hook: InboundHook) -> str:
    return "/" + hook_url(hook.id).partition("://")[2].partition("/")[2]


def post(hook: InboundHook, body=None, **headers):
    text = json.dumps(ORDER if body is None else body)
    return Client().post(path_of(hook), text, content_type="application/json", headers=headers)


def test_body_is_kept_and_its_contact_made(hook, account, freeze):
    answer = post(hook)
    request = InboundRequest.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"id": str(request.id)})
    assert (request.hook, request.body) == (hook, ORDER)
    contact = Contact.objects.get(account=account)
    assert (contact.email, contact.name, contact.source) == ("ada@example.com", "Ada Lovelace", "hook")
    event = Event.objects.get(kind="hook.received")
    assert event.facts == {"hook": str(hook.id), "contact": str(contact.id), "request": str(request.id)}
    hook.refresh_from_db()
    assert hook.sample == ORDER
    assert hook.schema == {
        "order.id": "number",
        "order.total": "text",
        "customer.email": "text",
        "customer.name": "text",
    }


def test_form_is_taken_too(account, freeze):
    hook = create_hook(account=account, name="Old form", mapping={"phone": "tel"}, **DO)
    answer = Client().post(
        path_of(hook), "tel=030+123456&x=1", content_type="application/x-www-form-urlencoded; charset=utf-8"
    )
    assert answer.status_code == 202
    assert Contact.objects.get().phone == "+4930123456"


@pytest.mark.parametrize("body", [{"customer": {"email": "no address"}}, {"customer": 5}, {}])
def test_body_without_a_person_is_kept_without_contact(hook, freeze, body):
    assert post(hook, body).status_code == 202
    assert Contact.objects.count() == 0
    assert Event.objects.get(kind="hook.received").facts["contact"] is None


@pytest.mark.parametrize(
    ("body", "media", "status", "code"),
    [
        ("{", "application/json", 400, "malformed"),
        ("[1]", "application/json", 422, "invalid"),
        ('{"a": "' + "x" * 70_000 + '"}', "application/json", 413, "too_large"),
        ("<a/>", "text/xml", 415, "unsupported_media_type"),
        ("--x", "multipart/form-data; boundary=x", 415, "unsupported_media_type"),
    ],
)
def test_other_bodies_are_refused_by_code(hook, body, media, status, code):
    answer = Client().post(path_of(hook), body, content_type=media)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert InboundRequest.objects.count() == 0


def test_forged_address_is_refused_without_asking_the_database():
    forged = keyring().sign("o1", uuid4())
    with CaptureQueriesContext(connection) as asked:
        answer = Client().post(f"/hooks/in/{forged}", "{}", content_type="application/json")
    assert (answer.status_code, len(asked)) == (404, 0)


def test_get_is_refused(hook):
    answer = Client().get(path_of(hook))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_paused_hook_says_so_and_a_deleted_one_is_gone(hook, account):
    update_hook(account=account, hook_id=hook.id, active=False, **DO)
    answer = post(hook)
    assert (answer.status_code, answer.json()["code"]) == (409, "hook_paused")
    delete_hook(account=account, hook_id=hook.id, **DO)
    assert post(hook).status_code == 404
    assert InboundRequest.objects.count() == 0


def test_repeated_post_is_one_request(hook, freeze):
    answers = [post(hook, **{"webhook-id": "msg_1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (InboundRequest.objects.count(), Event.objects.filter(kind="hook.received").count()) == (1, 1)


def test_too_many_posts_are_told_to_wait(hook, freeze, monkeypatch):
    monkeypatch.setattr(inbound, "A_MINUTE", 2)
    statuses = [post(hook).status_code for _ in range(3)]
    assert statuses == [202, 202, 429]
    assert int(post(hook)["Retry-After"]) > 0


def test_bodies_are_forgotten_after_thirty_days(hook):
    receive(hook_id=hook.id, body={"a": 1}, now=NOW)
    assert purge(now=NOW + timedelta(days=30)) == 0
    assert purge(now=NOW + timedelta(days=30, seconds=1)) == 1
    hook.refresh_from_db()
    assert (hook.sample, hook.schema) == (None, {"a": "number"})


def start(account, hook, body: str):
    step = {"name": "mail", "type": "email.send", "params": {"subject": "Order", "body": body}}
    document = {
        "name": "Order",
        "triggers": [{"type": "hook.received", "filters": {"hook": str(hook.id)}}],
        "steps": [step],
    }
    made = create_workflow(account=account, document=document, **DO)
    publish(account=account, workflow_id=made.id, **DO)
    return made


def test_workflow_mails_what_was_sent(account, hook):
    receive(hook_id=hook.id, body=ORDER, now=NOW)
    run_pending(now=NOW)
    start(account, hook, "{{ contact.first_name }}: {{ hook.order.id }}, {{ hook.order.total }}")
    receive(hook_id=hook.id, body=ORDER | {"order": {"id": 18, "total": "<b>http://x</b>"}}, now=NOW)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == "done"
    message = Message.objects.get(kind="workflow")
    assert message.text.splitlines()[0] == "Ada: 18, <b>http x</b>"
    assert "<b>http" not in message.html


def test_field_that_never_came_is_refused(account, hook):
    receive(hook_id=hook.id, body=ORDER, now=NOW)
    with pytest.raises(Problem) as caught:
        start(account, hook, "{{ hook.order.colour }}")
    assert caught.value.fields == {
        "steps.mail.body": "Nothing called order.colour has come in yet: send a sample first."
    }


def test_condition_reads_what_was_sent(account, hook):
    receive(hook_id=hook.id, body=ORDER, now=NOW)
    run_pending(now=NOW)
    when = {"value": "hook.order.total", "op": "more_than", "than": 100}
    end = {"name": "stop", "type": "end"}
    steps = [
        {"name": "big", "type": "if_else", "branches": [{"name": "yes", "when": when, "steps": [end]}]},
        {"name": "pause", "type": "wait.for", "params": {"days": 1}},
    ]
    document = {"name": "Orders", "triggers": [{"type": "hook.received"}], "steps": steps}
    made = create_workflow(account=account, document=document, **DO)
    publish(account=account, workflow_id=made.id, **DO)
    for total in ("49.00", "149.00"):
        receive(hook_id=hook.id, body={"order": {"total": total}}, now=NOW)
    run_pending(now=NOW)
    assert list(Enrollment.objects.order_by("id").values_list("status", flat=True)) == ["waiting", "done"]


def test_erased_contact_leaves_no_body_behind(account, hook):
    receive(hook_id=hook.id, body=ORDER, now=NOW)
    erase(account=account, contact_id=Contact.objects.get().id, **DO)
    hook.refresh_from_db()
    assert (InboundRequest.objects.get().body, hook.sample) == ({}, None)


def test_test_run_takes_what_came_last(account, hook):
    receive(hook_id=hook.id, body=ORDER, now=NOW)
    run_pending(now=NOW)
    made = start(account, hook, "Order {{ hook.order.id }}")
    run = try_out(account=account, workflow_id=made.id, **DO)
    assert [message.text.splitlines()[0] for step in run.steps for message in step.messages] == ["Order 17"]
