"""Contacts that are merged while a workflow is about to take them in, or has just done so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from tests import factories
from tests.workflows.conftest import NOW, email, happens

from admitone.contacts.merging import merge
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.messaging.models import Message
from admitone.workflows.entering import Entry, enroll
from admitone.workflows.models import Enrollment, Workflow

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(account: Any) -> Contact:
    return factories.contact(account, name="Ada", email="ada@work.example")


def join(keep: Contact, drop: Contact) -> None:
    merge(account=keep.account, keep_id=keep.id, drop_id=drop.id, actor=SYSTEM, now=NOW)


def test_a_form_whose_sender_is_merged_before_it_is_heard_of_starts_with_the_kept_contact(
    published: Callable[..., Workflow], contact: Contact, twin: Contact
) -> None:
    published([email(body="Hello")])
    happens(contact.account, "form.submitted", "submission", form=uuid4(), submission=uuid4(), contact=twin.id)
    join(contact, twin)
    run_pending(now=NOW)
    one = Enrollment.objects.get()
    assert (one.contact_id, one.status) == (contact.id, "done")
    assert Message.objects.get(kind="workflow").to == "ada@example.com"


def test_a_run_that_began_while_its_contact_was_merged_goes_on_with_the_kept_one(
    published: Callable[..., Workflow], contact: Contact, twin: Contact
) -> None:
    workflow = published([email(body="Hello")])
    workflow.refresh_from_db()
    enroll(workflow, Entry("manual", twin.id), NOW)
    join(contact, twin)
    Enrollment.objects.update(contact=twin)  # as if it had been written while the merge went on
    run_pending(now=NOW)
    assert Enrollment.objects.get().contact_id == contact.id
    assert Message.objects.get(kind="workflow").to == "ada@example.com"
