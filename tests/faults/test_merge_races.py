"""Contacts merged and erased while workflows write to them: nobody waits for somebody who waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from tests import factories
from tests.faults.test_races import together

from admitone.accounts.models import Account
from admitone.contacts.erasing import erase
from admitone.contacts.merging import merge
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.workflows.engine import turn
from admitone.workflows.entering import Entry, enroll
from admitone.workflows.models import Enrollment, Workflow
from admitone.workflows.services import delete_workflow, publish

NOW = factories.NOW
ROUNDS = 12
WRITE = [{"name": f"write_{n}", "type": "contact.update", "params": {"name": f"Name {n}"}} for n in range(19)]
PAUSE = [{"name": "pause", "type": "wait.for", "params": {"days": 1}}]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def entered(workflow: Workflow, contact: Contact) -> Enrollment:
    with transaction.atomic():
        one = enroll(workflow, Entry("manual", contact.id), NOW)
    assert one
    return one


def walk(one: Enrollment) -> str:
    while turn(one.id, NOW):
        pass
    return "walked"


def merged(account: Account, keep: Contact, drop: Contact) -> str:
    merge(account=account, keep_id=keep.id, drop_id=drop.id, actor=SYSTEM, now=NOW)
    return "over"


def erased(account: Account, _keep: Contact, drop: Contact) -> str:
    erase(account=account, contact_id=drop.id, actor=SYSTEM, now=NOW)
    return "over"


@pytest.mark.parametrize("end", [merged, erased])
def test_contact_that_a_run_is_writing_to_can_be_merged_and_erased(end: Callable[..., str]) -> None:
    account = factories.account()
    workflow = factories.workflow(account, *WRITE, *PAUSE)
    publish(account=account, workflow_id=workflow.id, actor=SYSTEM, now=NOW)
    workflow.refresh_from_db()
    for n in range(ROUNDS):
        keep, drop = (factories.contact(account, email=f"{n}@{host}.example") for host in ("keep", "drop"))
        one = entered(workflow, drop)

        def late(keep: Contact = keep, drop: Contact = drop, pause: float = 0.01 * (n % 6)) -> Any:
            time.sleep(pause)
            return end(account, keep, drop)

        assert together(partial(walk, one), late) == ["walked", "over"]


def test_workflow_can_be_deleted_while_its_contacts_are_erased() -> None:
    account = factories.account()
    for n in range(ROUNDS):
        workflow = factories.workflow(account, *PAUSE)
        publish(account=account, workflow_id=workflow.id, actor=SYSTEM, now=NOW)
        workflow.refresh_from_db()
        contact = factories.contact(account, email=f"{n}@gone.example")
        one = entered(workflow, contact)
        leave = partial(delete_workflow, account=account, workflow_id=workflow.id, actor=SYSTEM, now=NOW)
        found = together(partial(walk, one), leave, partial(erased, account, contact, contact))
        assert [found[0], str(found[1]), found[2]] == ["walked", workflow.name, "over"]
