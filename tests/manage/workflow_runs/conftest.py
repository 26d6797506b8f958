"""A practice with a published workflow, its owner's browser, and somebody to enroll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.workflows.models import Enrollment, Workflow
from admitone.workflows.services import create_workflow, enroll, publish

NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
FORM = {"type": "form.submitted"}
WAIT = {"name": "pause", "type": "wait.for", "params": {"days": 1}}
MAIL = {"name": "mail", "type": "email.send", "params": {"subject": "Hello", "body": "Dear {{ contact.name }}"}}

Make = Callable[..., Workflow]


@pytest.fixture
def web(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.owner(account, email="owner@example.com"))
    return client


@pytest.fixture
def contact(account: Account) -> Contact:
    return factories.contact(account, name="Ada Lovelace", email="ada@example.com")


@pytest.fixture
def make(account: Account) -> Make:
    """`make(step, ..., published=True, **settings)`."""

    def made(*steps: dict[str, Any], published: bool = True, **settings: Any) -> Workflow:
        document = {"name": "Welcome", "settings": settings, "triggers": [FORM], "steps": list(steps)}
        found = create_workflow(account=account, document=document, unfinished=True, **DO)
        if published:
            publish(account=account, workflow_id=found.id, **DO)
        return Workflow.objects.get(pk=found.pk)

    return made


@pytest.fixture
def base() -> str:
    return "/app/north-clinic/workflows/"


def entered(workflow: Workflow, contact: Contact) -> Enrollment:
    return enroll(account=workflow.account, workflow_id=workflow.id, contact_id=contact.id, **DO)
