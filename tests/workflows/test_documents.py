"""What is refused when a definition is made or published, and where it says so."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from tests import factories
from tests.workflows.conftest import NOW, email

from admitone.events import SYSTEM
from admitone.logic.errors import Problem
from admitone.workflows.schema import document_schema
from admitone.workflows.services import create_workflow, publish, save_draft

pytestmark = pytest.mark.django_db


def refused(account, steps, triggers=None, **settings) -> dict[str, str]:
    """The faults with which a definition is refused."""
    rows = [{"type": "form.submitted"}] if triggers is None else triggers
    document = {"name": "W", "settings": settings, "triggers": rows, "steps": steps}
    with pytest.raises(Problem) as caught:
        create_workflow(account=account, document=document, actor=SYSTEM, now=NOW)
    assert caught.value.code == "invalid"
    return caught.value.fields


def branch(condition: dict | None, *steps: dict) -> dict:
    return {"steps": list(steps)} if condition is None else {"when": condition, "steps": list(steps)}


WAIT = {"name": "pause", "type": "wait.for", "params": {"hours": 1}}
FILLED = {"value": "contact.email", "op": "is_filled"}
NOT_MADE = "steps.booking_link.url is not made by a step that always comes before this one."


def test_value_that_no_step_makes_is_refused_at_its_step(account):
    assert refused(account, [email()]) == {"steps.email.body": NOT_MADE}


def test_value_made_later_is_refused(account, generate):
    assert refused(account, [email(), generate]) == {"steps.email.body": NOT_MADE}


def test_value_made_on_one_branch_only_is_refused(account, generate):
    split = {"name": "split", "type": "if_else", "branches": [branch(FILLED, generate), branch(None)]}
    assert refused(account, [split, email()]) == {"steps.email.body": NOT_MADE}


def test_value_made_on_every_branch_is_accepted(account, generate, published):
    other = {**generate, "name": "other_link"}
    split = {"name": "split", "type": "if_else", "branches": [branch(FILLED, generate), branch(None, other)]}
    published([split, email(body="{{ one_time_link.url }}")])


def test_branch_sees_what_was_made_before_it(generate, published):
    split = {"name": "split", "type": "if_else", "branches": [branch(FILLED, email())]}
    published([generate, split])


def test_jump_over_the_maker_is_refused(account, generate):
    split = {
        "name": "split",
        "type": "if_else",
        "branches": [branch(FILLED, {"name": "jump", "type": "goto", "params": {"step": "email"}})],
    }
    assert refused(account, [split, generate, email()]) == {"steps.email.body": NOT_MADE}


def test_unknown_value_in_a_condition_is_refused(account):
    split = {"name": "split", "type": "if_else", "branches": [branch({"value": "contact.shoe", "op": "is_filled"})]}
    found = refused(account, [split])
    assert found == {"steps.split.branches.0.when": "There is no value called contact.shoe here."}


def test_value_must_come_with_every_trigger(account):
    steps = [email(body="{{ appointment.start }}")]
    sentence = "There is no appointment at this point: appointment.start would be empty."
    assert refused(account, steps, [{"type": "booking.created"}, {"type": "manual"}]) == {"steps.email.body": sentence}


def test_appointment_is_there_after_booking_triggers_and_waits(generate, published):
    published([email(body="{{ appointment.start }}")], [{"type": "booking.created"}])
    wait = {
        "name": "wait",
        "type": "wait.for_event",
        "params": {"event": "one_time_link.used", "timeout": {"days": 2}},
        "branches": [{"name": "happened", "steps": [email(body="{{ appointment.start }}")]}],
    }
    published([generate, wait])


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"name": "Bad Name", "type": "end"}, "steps.0"),
        ({"name": "x" * 41, "type": "end"}, "steps.0"),
        ({"name": "a", "type": "teleport"}, "steps.a"),
        ({"name": "a", "type": "end", "branches": [{"steps": []}]}, "steps.a"),
        ({"name": "a", "type": "end", "extra": 1}, "steps.a"),
        ({"name": "a", "type": "end", "params": {"x": 1}}, "steps.a.x"),
        ({"name": "a", "type": "wait.for", "params": {}}, "steps.a.seconds"),
        ({"name": "a", "type": "wait.for", "params": {"hours": -1}}, "steps.a.seconds"),
        ({"name": "a", "type": "wait.for", "params": {"days": 1e300}}, "steps.a.seconds"),
        ({"name": "a", "type": "wait.for", "params": {"days": "NaN"}}, "steps.a.days"),
        ({"name": "a", "type": "wait.until", "params": {}}, "steps.a.at"),
        ({"name": "a", "type": "wait.until", "params": {"at": "2026-12-01T09:00:00"}}, "steps.a.at"),
        ({"name": "a", "type": "goto", "params": {"step": "nowhere"}}, "steps.a.step"),
        ({"name": "a", "type": "email.send", "params": {"subject": "x"}}, "steps.a.body"),
        ({"name": "a", "type": "email.send", "params": {"subject": " ", "body": "x"}}, "steps.a.subject"),
        ({"name": "a", "type": "email.send", "params": {"subject": "{{", "body": "x"}}, "steps.a.subject"),
        ({"name": "a", "type": "one_time_link.generate", "params": {"calendar": "x"}}, "steps.a.calendar"),
        ({"name": "a", "type": "if_else"}, "steps.a.branches"),
        (
            {"name": "a", "type": "if_else", "branches": [{"when": {"op": "is"}, "steps": []}]},
            "steps.a.branches.0.when",
        ),
        ({"name": "a", "type": "wait.for_event", "params": {"event": "rain"}}, "steps.a.event"),
        ("text", "steps.0"),
        (None, "steps.0"),
    ],
    ids=lambda value: json.dumps(value)[:60] if not isinstance(value, str) else value,
)
def test_wrong_step_is_refused_where_it_is_wrong(account, step, field):
    assert list(refused(account, [step])) == [field]


@pytest.mark.parametrize("raw", [None, [], "x", 1, {}, {"name": "a", "steps": 1}, {"name": "a", "triggers": {}}])
def test_document_of_another_form_is_refused(account, raw):
    with pytest.raises(Problem) as caught:
        create_workflow(account=account, document=raw, actor=SYSTEM, now=NOW)
    assert caught.value.code == "invalid"


def test_calendar_of_another_account_is_refused(account):
    theirs = factories.calendar(factories.account())
    step = {"name": "a", "type": "one_time_link.generate", "params": {"calendar": str(theirs.id)}}
    assert refused(account, [step]) == {"steps.a.calendar": "There is no such calendar."}


def test_same_name_twice_is_refused(account):
    assert refused(account, [WAIT, WAIT]) == {"steps.pause": "Two steps have this name."}


def test_loop_without_a_wait_is_refused_and_with_one_accepted(account, published):
    note = email("note", body="x")
    back = {"name": "back", "type": "goto", "params": {"step": "note"}}
    split = {"name": "split", "type": "if_else", "branches": [branch(FILLED, back)]}
    loop = "This step stands in a loop without a wait."
    assert refused(account, [note, split]) == dict.fromkeys(["steps.note", "steps.split", "steps.back"], loop)
    published([note, WAIT, split])


def test_step_behind_an_end_is_refused(account):
    steps = [{"name": "stop", "type": "end"}, WAIT]
    assert refused(account, steps) == {"steps.pause": "No way leads to this step."}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"speed": 1}, "settings.speed"),
        ({"timezone": "Mars/Olympus"}, "settings"),
        ({"window": {"start": "17:00", "end": "09:00"}}, "settings"),
        ({"window": {"start": "x", "end": "09:00"}}, "settings"),
        ({"reentry": "perhaps"}, "settings.reentry"),
    ],
)
def test_wrong_setting_is_refused(account, settings, field):
    assert list(refused(account, [WAIT], **settings)) == [field]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"type": "comet"}, "triggers.0"),
        ({"type": "form.submitted", "filters": {"forms": ["x"]}}, "triggers.0.forms.0"),
        ({"type": "form.submitted", "filters": {"colour": 1}}, "triggers.0.colour"),
        ({"filters": {}}, "triggers.0"),
    ],
)
def test_wrong_trigger_is_refused(account, row, field):
    assert list(refused(account, [WAIT], [row])) == [field]


def test_unfinished_draft_is_kept_but_not_published(account):
    document = {"name": "W", "steps": [email()]}
    made = create_workflow(account=account, document=document, actor=SYSTEM, now=NOW, unfinished=True)
    save_draft(account=account, workflow_id=made.id, document={**document, "name": "V"}, actor=SYSTEM, now=NOW)
    with pytest.raises(Problem) as caught:
        publish(account=account, workflow_id=made.id, actor=SYSTEM, now=NOW)
    assert caught.value.fields == {"steps.email.body": NOT_MADE}
    assert caught.value.detail == f"steps.email.body: {NOT_MADE}"


def test_schema_accepts_what_is_accepted_and_refuses_what_is_not(generate):
    validator = jsonschema_rs.validator_for(document_schema())
    split = {"name": "split", "type": "if_else", "branches": [{"when": {"all": [FILLED]}, "steps": [WAIT]}]}
    good = {
        "name": "W",
        "settings": {"reentry": True, "window": {"days": [0], "start": "09:00", "end": "17:00"}},
        "triggers": [{"type": "form.submitted", "filters": {"forms": []}}, {"type": "manual"}],
        "steps": [generate, email(), split, {"name": "over", "type": "end"}],
    }
    assert validator.is_valid(good)
    for bad in (
        {**good, "name": ""},
        {**good, "triggers": [{"type": "comet"}]},
        {**good, "steps": [{"name": "Bad", "type": "end"}]},
        {**good, "steps": [{"name": "a", "type": "email.send", "params": {"subjekt": "x"}}]},
        {**good, "steps": [{**split, "branches": [{"when": {"op": "is"}, "steps": []}]}]},
    ):
        assert not validator.is_valid(bad)


@pytest.mark.parametrize(
    "sender", [{"reply_to": "nobody"}, {"reply_to": "a@example.com\r\nBcc: b@example.com"}, {"from_name": "a" * 121}]
)
def test_sender_that_no_mail_could_carry_is_refused(account, sender):
    settings = {"sender": sender}
    document = {"name": "W", "settings": settings, "triggers": [], "steps": []}
    with pytest.raises(Problem) as problem:
        create_workflow(account=account, document=document, actor=SYSTEM, now=NOW, unfinished=True)
    assert set(problem.value.fields) == {"settings"}
