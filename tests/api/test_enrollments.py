"""Enrollments and messages over the API: enter, read every step, stop, try again; texts for admin keys only."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.api.conftest import Api, code
from tests.api.test_workflows import document_of

from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.messaging.models import Message

NOW = factories.NOW


@pytest.fixture
def contact(account):
    return factories.contact(account, name="Ada Lovelace", email="ada@example.com")


@pytest.fixture
def workflow(api: Api, calendar) -> str:
    return published(api, document_of(calendar))


def published(api: Api, document: dict[str, Any]) -> str:
    made = api.post("/workflows", document)
    assert made.status_code == 201, made.content
    assert api.post(f"/workflows/{made.json()['id']}/publication").status_code == 201
    return str(made.json()["id"])


def enter(api: Api, workflow: str, contact: Any, **headers: str) -> dict[str, Any]:
    made = api.post(f"/workflows/{workflow}/enrollments", {"contact": str(contact.id)}, **headers)
    assert made.status_code == 201, made.content
    return dict(made.json())


def test_entered_contact_takes_every_step(api, workflow, contact):
    entered = enter(api, workflow, contact)
    assert (entered["status"], entered["trigger"], entered["version"]) == ("active", "manual", 1)
    run_pending(now=NOW)
    found = api.get(f"/enrollments/{entered['id']}").json()
    message = Message.objects.get()
    assert (found["status"], found["contact"], found["workflow"]) == ("done", str(contact.id), workflow)
    assert [(run["step"], run["status"], run["delivery"]) for run in found["steps"]] == [
        ("booking_link", "done", None),
        ("email", "done", "outbox"),
    ]
    assert found["steps"][1]["message"] == str(message.id)
    assert found["outputs"]["booking_link"]["url"] in message.text


def test_lists_are_filtered(api, workflow, contact, account):
    entered = enter(api, workflow, contact)
    other = enter(api, workflow, factories.contact(account))
    newest = [other["id"], entered["id"]]
    for path, expected in (
        (f"/workflows/{workflow}/enrollments", newest),
        ("/enrollments", newest),
        (f"/enrollments?workflow={workflow}", newest),
        (f"/enrollments?contact={contact.id}", newest[1:]),
        (f"/workflows/{workflow}/enrollments?contact={contact.id}", newest[1:]),
        ("/enrollments?status=done", []),
        ("/enrollments?limit=1", newest[:1]),
    ):
        assert [one["id"] for one in api.get(path).json()["items"]] == expected, path
    cursor = api.get("/enrollments?limit=1").json()["next_cursor"]
    assert [one["id"] for one in api.get(f"/enrollments?cursor={cursor}").json()["items"]] == newest[1:]


def test_same_key_enters_once(api, workflow, contact):
    first, again = (enter(api, workflow, contact, Idempotency_Key="once") for _ in range(2))
    assert first == again
    run_pending(now=NOW)
    assert OneTimeLink.objects.count() == 1


def test_many_contacts_enter_in_the_background(api, workflow, contact, account):
    stranger = factories.contact(factories.account())
    ids = [str(one.id) for one in (contact, factories.contact(account), stranger)]
    begun = [api.post(f"/workflows/{workflow}/enrollments", {"contacts": ids}, Idempotency_Key="once") for _ in "12"]
    assert [one.status_code for one in begun] == [202, 202]
    assert begun[0].json() == begun[1].json()
    assert (begun[0].json()["status"], begun[0].json()["total"]) == ("running", 2)
    run_pending(now=NOW)
    found = api.get(f"/bulk-enrollments/{begun[0].json()['id']}").json()
    assert (found["status"], found["enrolled"], found["skipped"]) == ("done", 2, 0)
    assert len(api.get(f"/workflows/{workflow}/enrollments?status=done").json()["items"]) == 2


def test_many_contacts_are_stopped(api, workflow, contact):
    begun = api.post(f"/workflows/{workflow}/enrollments", {"contacts": [str(contact.id)]}).json()
    assert api.delete(f"/bulk-enrollments/{begun['id']}").json()["status"] == "stopped"
    run_pending(now=NOW)
    assert api.get("/enrollments").json()["items"] == []


@pytest.mark.parametrize("body", [{}, {"contact": "x", "contacts": ["y"]}, {"contacts": []}, {"contacts": ["nobody"]}])
def test_nobody_or_both_is_refused(api, workflow, body):
    assert code(api.post(f"/workflows/{workflow}/enrollments", body)) == (422, "invalid")


def test_draft_cannot_be_entered(api, calendar, contact):
    made = api.post("/workflows", document_of(calendar)).json()
    assert code(api.post(f"/workflows/{made['id']}/enrollments", {"contact": str(contact.id)})) == (422, "invalid")


def test_second_entry_is_refused_where_reentry_is_off(api, calendar, contact):
    workflow = published(api, document_of(calendar) | {"settings": {"reentry": False}})
    enter(api, workflow, contact)
    answer = api.post(f"/workflows/{workflow}/enrollments", {"contact": str(contact.id)})
    assert (code(answer), list(answer.json()["errors"])) == ((422, "invalid"), ["contact"])


def test_stopped_enrollment_does_nothing_more(api, workflow, contact):
    entered = enter(api, workflow, contact)
    stopped = api.delete(f"/enrollments/{entered['id']}")
    assert (stopped.status_code, stopped.json()["status"]) == (200, "stopped")
    run_pending(now=NOW)
    assert (OneTimeLink.objects.count(), api.delete(f"/enrollments/{entered['id']}").json()) == (0, stopped.json())


def test_failed_step_is_tried_again(api, account, calendar):
    workflow = published(api, document_of(calendar, body="Dear {{ contact.first_name }}"))
    nameless = factories.contact(account, name="", email="ada@example.com")
    entered = enter(api, workflow, nameless)
    path = f"/enrollments/{entered['id']}"
    assert code(api.post(f"{path}/retry")) == (422, "invalid")
    run_pending(now=NOW)
    failed = api.get(path).json()
    assert (failed["status"], failed["reason"]) == ("failed", "Not sent: contact.first_name is empty.")
    nameless.name = "Ada"
    nameless.save()
    assert api.post(f"{path}/retry").status_code == 202
    run_pending(now=NOW)
    assert [run["status"] for run in api.get(path).json()["steps"]] == ["done", "failed", "done"]


def test_messages_are_listed_without_and_read_with_their_text(api, workflow, contact, account):
    enter(api, workflow, contact)
    run_pending(now=NOW)
    (listed,) = api.get("/messages").json()["items"]
    assert (listed["status"], listed["to"], listed["kind"]) == ("outbox", "ada@example.com", "workflow")
    assert listed["contact"] == str(contact.id)
    admin = Api(factories.api_key(account, ["admin"])[1])
    shown = admin.get(f"/messages/{listed['id']}").json()
    assert {name: shown[name] for name in listed} == listed
    assert "/o/" in shown["text"]
    reader = Api(factories.api_key(account, ["read"])[1]).get(f"/messages/{listed['id']}").json()
    assert reader == {**listed, "text": None, "html": None}


def test_messages_are_filtered(api, workflow, contact, account):
    enter(api, workflow, contact)
    run_pending(now=NOW)
    other = factories.contact(account)
    for query, count in (
        ("status=outbox", 1),
        ("status=failed", 0),
        ("kind=work", 1),
        ("kind=booking", 0),
        ("channel=sms", 0),
        ("direction=out", 1),
        (f"contact={contact.id}", 1),
        (f"contact={other.id}", 0),
    ):
        assert len(api.get(f"/messages?{query}").json()["items"]) == count, query
    assert code(api.get("/messages?status=eaten")) == (422, "invalid")
