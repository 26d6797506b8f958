"""Steps that are switched off: runs pass them by, they bring no values, and nobody has to finish them."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.workflows.conftest import NOW, Publish, email, runs, submit

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows import documents
from admitone.workflows.models import Enrollment, StepRun
from admitone.workflows.services import create_workflow

OFF = {"disabled": True}
END: dict[str, Any] = {"name": "end", "type": "end", "params": {}}


def plain(name: str) -> dict[str, Any]:
    return email(name, "Hello")


def branched(name: str, *inside: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "if_else", "params": {}, "branches": [{"name": "Yes", "steps": list(inside)}], **more}


def test_step_that_is_off_is_skipped_with_its_reason_and_the_next_runs(contact: Contact, published: Publish) -> None:
    published([{**plain("first"), **OFF}, plain("second")])
    submit(contact)
    run = Enrollment.objects.get()
    assert (run.status, runs(run)) == ("done", [("first", "skipped"), ("second", "done")])
    assert StepRun.objects.get(step="first").error == "Skipped: this step is switched off."
    assert Message.objects.filter(kind="workflow").count() == 1


@pytest.mark.parametrize("kind", ["end", "goto", "if_else", "wait.for_event"])
def test_step_of_the_flow_that_is_off_leads_straight_on(contact: Contact, published: Publish, kind: str) -> None:
    steps = {
        "end": {**END, **OFF},
        "goto": {"name": "jump", "type": "goto", "params": {"step": "last"}, **OFF},
        "if_else": branched("check", plain("inside"), **OFF),
        "wait.for_event": {"name": "wait", "type": "wait.for_event", "params": {"event": "booking.created"}, **OFF},
    }
    published([steps[kind], plain("middle"), plain("last")])
    submit(contact)
    assert [name for name, status in runs(Enrollment.objects.get()) if status == "done"] == ["middle", "last"]


def faults(account: Account, *steps: dict[str, Any]) -> dict[str, str]:
    document = {"name": "Off", "triggers": [{"type": "form.submitted"}], "steps": list(steps)}
    return documents.faults(documents.clean(document), account)


def test_step_that_is_off_needs_no_params_and_neither_do_those_inside_it(account: Account) -> None:
    bare = {"name": "link", "type": "one_time_link.generate", "params": {}}
    assert list(faults(account, bare)) == ["steps.link.calendar"]
    assert faults(account, {**bare, **OFF}, branched("check", {**bare, "name": "inner"}, **OFF), END) == {}


def test_value_of_a_step_that_is_off_is_unknown(account: Account, generate: dict[str, Any]) -> None:
    assert faults(account, generate, email()) == {}
    assert list(faults(account, {**generate, **OFF}, email())) == ["steps.email.body"]


def test_wait_that_is_off_does_not_break_a_loop(account: Account) -> None:
    wait = {"name": "wait", "type": "wait.for", "params": {"days": 1}}
    jump = {"name": "jump", "type": "goto", "params": {"step": "wait"}}
    assert faults(account, wait, jump) == {}
    assert "steps.jump" in faults(account, {**wait, **OFF}, jump)


def test_step_is_off_or_not(account: Account) -> None:
    document = {"name": "Off", "steps": [{**END, "disabled": "yes"}]}
    with pytest.raises(Problem) as caught:
        create_workflow(account=account, document=document, actor=SYSTEM, now=NOW)
    assert list(caught.value.fields) == ["steps.end"]
    kept = factories.workflow(account, {**END, "disabled": False})
    assert "disabled" not in kept.draft["steps"][0]
