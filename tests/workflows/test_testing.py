"""A test run shows what every step would do and leaves nothing behind."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import connection
from tests import factories
from tests.contract.test_workflow_registries import STORED
from tests.workflows.conftest import NOW, email

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows.models import Workflow
from admitone.workflows.registry import actions
from admitone.workflows.services import create_workflow, testing

FORM = {"type": "form.submitted"}


def dump() -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            found[table] = f"{len(rows)} {hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()}"
    return found


def draft(account: Account, *steps: dict[str, Any], triggers: Any = (FORM,), **settings: Any) -> Workflow:
    document = {"name": "Welcome", "settings": settings, "triggers": list(triggers), "steps": list(steps)}
    return create_workflow(account=account, document=document, actor=SYSTEM, now=NOW, unfinished=True)


def tried(workflow: Workflow, contact: Contact | None = None, **more: Any) -> testing.TestRun:
    ids = {"workflow_id": workflow.id, "contact_id": contact.id if contact else None}
    return testing.try_out(account=workflow.account, **ids, actor=SYSTEM, now=NOW, **more)


def told(run: testing.TestRun) -> list[tuple[str, str]]:
    return [(one.name, one.status) for one in run.steps]


@pytest.fixture
def chase(generate: dict[str, Any]) -> list[dict[str, Any]]:
    """Link, mail, wait until it is used; a nudge if it was not."""
    nudge = email("nudge", "Still there: {{ steps.booking_link.url }}")
    thanks = email("thanks", "See you {{ appointment.date }}")
    branches = [{"name": "happened", "steps": [thanks]}, {"name": "timed_out", "steps": [nudge]}]
    params = {"event": "one_time_link.used", "timeout": {"days": 2}}
    wait = {"name": "used", "type": "wait.for_event", "params": params, "branches": branches}
    return [generate, email("first"), wait]


def test_a_run_renders_the_mail_with_a_link_for_the_contact_and_leaves_no_row(
    account: Account, contact: Contact, generate: dict[str, Any]
):
    workflow, hello = (
        draft(account, generate, email(body="Dear {{ contact.first_name }}: {{ steps.booking_link.url }}")),
        "",
    )
    before = dump()
    run = tried(workflow, contact)
    assert dump() == before
    assert told(run) == [("booking_link", "done"), ("email", "done")]
    (message,) = run.steps[1].messages
    hello, _colon, url = message.text.partition(": ")
    assert (message.to, message.subject, hello) == ("ada@example.com", "Hello", "Dear Ada")
    assert url.strip() == run.steps[0].outputs["url"]
    assert run_pending(now=NOW) == 0


def test_waits_are_skipped_by_moving_the_clock_and_the_timed_out_branch_is_taken(
    account: Account, contact: Contact, chase: list[dict[str, Any]]
):
    run = tried(draft(account, *chase), contact)
    assert told(run) == [("booking_link", "done"), ("first", "done"), ("used", "done"), ("nudge", "done")]
    assert run.steps[2].branch == "Time is up"
    assert (run.steps[3].at - NOW).days == 2


def test_what_is_awaited_can_be_assumed_to_happen_with_an_appointment_made_up(
    account: Account, contact: Contact, chase: list[dict[str, Any]]
):
    workflow = draft(account, *chase)
    before = dump()
    run = tried(workflow, contact, assume="happens")
    assert told(run)[-1] == ("thanks", "done")
    assert dump() == before


def test_the_branch_that_is_taken_says_why(account: Account, contact: Contact):
    branches = [
        {"name": "No mail", "when": {"value": "contact.email", "op": "is_empty"}, "steps": []},
        {"name": "Mail", "when": {"value": "contact.email", "op": "is_filled"}, "steps": []},
    ]
    split = {"name": "split", "type": "if_else", "params": {}, "branches": branches}
    (step,) = tried(draft(account, split), contact).steps
    assert step.branch == "Mail"
    assert step.reasons == [
        "contact.email is empty: no (it is “ada@example.com”)",
        "contact.email is filled: yes (it is “ada@example.com”)",
    ]


def test_a_contact_without_an_address_is_skipped_no_email(account: Account):
    nobody = factories.contact(account, email="", email_key=None, phone="+493012345678")
    (step,) = tried(draft(account, email(body="Hello")), nobody).steps
    assert (step.status, step.notes) == ("skipped", ["no email"])


def test_a_made_up_contact_does_where_there_is_none(account: Account):
    before = dump()
    run = tried(draft(account, email(body="Dear {{ contact.name }}")))
    assert run.steps[0].messages[0].text.strip() == "Dear Ada Sample"
    assert Contact.objects.count() == 0
    assert dump()["contacts_contact"] == before["contacts_contact"]


def test_a_trigger_that_brings_an_appointment_has_one_made_up(account: Account, calendar: Calendar):
    mail = email(body="On {{ appointment.date }}")
    run = tried(draft(account, mail, triggers=[{"type": "booking.created"}]))
    assert told(run) == [("email", "done")]


def test_an_unfinished_draft_fails_at_its_step_with_its_words(account: Account, contact: Contact):
    run = tried(draft(account, email(body="{{ steps.nothing.url }}")), contact)
    assert (run.steps[0].status, list(run.faults)) == ("failed", ["steps.email.body"])


def test_a_disabled_step_and_a_loop_end_well(account: Account, contact: Contact):
    back = {"name": "back", "type": "goto", "params": {"step": "pause"}}
    wait = {"name": "pause", "type": "wait.for", "params": {"days": 1}}
    run = tried(draft(account, {**email(body="Hello"), "disabled": True}, wait, back), contact)
    assert told(run)[0] == ("email", "skipped")
    assert [one.name for one in run.steps].count("pause") == 2


def test_the_sending_window_is_told_and_waited_for(account: Account, contact: Contact):
    window = {"days": [1], "start": "09:00", "end": "10:00"}
    (step,) = tried(draft(account, email(body="Hello"), window=window), contact).steps
    assert (step.status, len(step.waits), len(step.messages)) == ("done", 1, 1)


def test_really_sending_reaches_only_the_typed_address_with_a_link_that_works_for_a_day(
    account: Account, contact: Contact, generate: dict[str, Any]
):
    run = tried(draft(account, generate, email()), contact, send_to=" me@example.com ")
    (message,) = Message.objects.all()
    (link,) = OneTimeLink.objects.all()
    assert (message.to, message.subject, message.kind) == ("me@example.com", "[Test] Hello", "workflow.test")
    assert run.steps[0].outputs["url"] in message.text
    assert "ada@example.com did not get it" in message.text
    assert (link.contact_id, link.source_kind, link.expires_at) == (None, "test", NOW + testing.LINK_LASTS)
    assert run.sent == [message]


def test_nothing_is_sent_to_a_wrong_address(account: Account, contact: Contact):
    with pytest.raises(Problem) as caught:
        tried(draft(account, email(body="Hello")), contact, send_to="nobody")
    assert (caught.value.code, list(caught.value.fields), Message.objects.count()) == ("invalid", ["send_to"], 0)


def test_another_accounts_workflow_or_contact_is_not_found(account: Account, contact: Contact):
    other = factories.account()
    mine, theirs = draft(account, email(body="x")), factories.contact(other)
    for workflow_id, contact_id, who in ((mine.id, None, other), (mine.id, theirs.id, account)):
        with pytest.raises(Problem) as caught:
            testing.try_out(account=who, workflow_id=workflow_id, contact_id=contact_id, actor=SYSTEM, now=NOW)
        assert caught.value.code == "not_found"


@pytest.mark.parametrize("key", sorted(actions()))
def test_no_action_leaves_a_row_or_calls_the_outside_in_a_test(account: Account, contact: Contact, key: str):
    """With params as they are stored, finished or not; the network is shut in tests."""
    step = {"name": "tried", "type": key, "params": STORED[key][0]}
    if actions()[key].branching:
        step["branches"] = [{"name": "One", "steps": []}]
    workflow = draft(account, step, triggers=[FORM, {"type": "booking.created"}])
    before = dump()
    run = tried(workflow, contact, assume="happens")
    assert [one.name for one in run.steps][:1] == ["tried"]
    assert dump() == before
