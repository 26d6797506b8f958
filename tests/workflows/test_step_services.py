"""Services that edit a draft's steps: another account's workflow is not there, and each edit is told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.logic.errors import Problem
from admitone.workflows import services
from admitone.workflows.editing import revision, values_at
from admitone.workflows.models import Workflow

WHO: dict[str, Any] = {"actor": SYSTEM, "now": factories.NOW}
ROW = revision({"type": "form.submitted", "filters": {}})
CALLS: dict[str, Callable[..., object]] = {
    "add": lambda **who: services.add_step(**who, place="start", kind="end"),
    "change": lambda **who: services.change_step(**who, name="mail", seen=seen_mail(), label="x", params={}),
    "duplicate": lambda **who: services.duplicate_step(**who, name="mail"),
    "switch": lambda **who: services.switch_step(**who, name="mail", disabled=True),
    "move": lambda **who: services.move_step(**who, name="mail", place="start"),
    "shift": lambda **who: services.shift_step(**who, name="mail", by=1),
    "remove": lambda **who: services.remove_step(**who, name="mail"),
    "restore": lambda **who: services.restore_step(
        **who, place="start", step={"name": "end", "type": "end", "params": {}}
    ),
    "add trigger": lambda **who: services.add_trigger(**who, kind="manual"),
    "change trigger": lambda **who: services.change_trigger(**who, place=0, seen=ROW, filters={"forms": []}),
    "remove trigger": lambda **who: services.remove_trigger(**who, place=0, seen=ROW),
}


def seen_mail() -> str:
    return revision(Workflow.objects.get().draft["steps"][0])


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_another_accounts_workflow_is_not_found(account: Account, call: Callable[..., object]) -> None:
    theirs = factories.workflow(factories.account())
    before = theirs.draft
    with pytest.raises(Problem) as caught:
        call(account=account, workflow_id=theirs.id, **WHO)
    theirs.refresh_from_db()
    assert (caught.value.code, theirs.draft) == ("not_found", before)


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"move", "shift"}))
def test_edit_is_told_once_and_what_runs_stays(account: Account, name: str) -> None:
    workflow = factories.workflow(account)
    version = services.publish(account=account, workflow_id=workflow.id, **WHO)
    CALLS[name](account=account, workflow_id=workflow.id, **WHO)
    workflow.refresh_from_db()
    version.refresh_from_db()
    assert workflow.draft != version.document
    assert Event.objects.filter(kind="workflow.changed", subject_id=workflow.id).count() == 1


def test_edit_that_changes_nothing_is_not_told(account: Account) -> None:
    workflow = factories.workflow(account)
    for name in ("move", "shift"):
        CALLS[name](account=account, workflow_id=workflow.id, **WHO)
    assert not Event.objects.filter(kind="workflow.changed").exists()


@pytest.mark.parametrize("kind", ["nothing", ""])
def test_unknown_kinds_are_refused(account: Account, kind: str) -> None:
    workflow = factories.workflow(account)
    for call in (services.add_step, services.add_trigger):
        place = {"place": "start"} if call is services.add_step else {}
        with pytest.raises(Problem) as caught:
            call(account=account, workflow_id=workflow.id, kind=kind, **place, **WHO)  # type: ignore[operator]
        assert caught.value.code == "invalid"


def test_removed_step_whose_place_is_gone_comes_back_at_the_end(account: Account) -> None:
    mail = {"name": "mail", "type": "end", "params": {}}
    rows = [{**mail, "name": name} for name in ("first", "second", "third")]
    workflow = factories.workflow(account, *rows)
    who = {"account": account, "workflow_id": workflow.id, **WHO}
    place, step = services.remove_step(**who, name="second")
    services.remove_step(**who, name="first")
    services.restore_step(**who, place=place, step=step)
    workflow.refresh_from_db()
    assert [one["name"] for one in workflow.draft["steps"]] == ["third", "second"]
    with pytest.raises(Problem):
        services.restore_step(**who, place=place, step=step)


def test_values_of_a_branch_are_offered_inside_it_alone(account: Account, generate: dict[str, Any]) -> None:
    wait = {
        "name": "wait",
        "type": "wait.for_event",
        "params": {"event": "booking.created"},
        "branches": [
            {"name": "happened", "steps": [{"name": "inside", "type": "end", "params": {}}]},
            {"name": "timed_out", "steps": []},
        ],
    }
    last = {"name": "last", "type": "end", "params": {}}
    draft = factories.workflow(account, generate, wait, last).draft
    labels = {name: [group.label for group in values_at(draft, name, account)] for name in ("inside", "last")}
    assert "Appointment" in labels["inside"]
    assert "Appointment" not in labels["last"]
    assert labels["last"][-2:] == ["Generate One-Time Booking Link", "Wait for an event"]
