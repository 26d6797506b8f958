"""A practice with a calendar, and a way to publish a workflow and let something happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Actor, Event, record
from admitone.jobs import run_pending
from admitone.workflows.models import Enrollment, Workflow
from admitone.workflows.services import create_workflow, publish

NOW = factories.NOW


@pytest.fixture
def account(db: None) -> Account:
    return factories.account(name="Praxis Klein", slug="praxis-klein")


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, name="Consultation")


@pytest.fixture
def contact(account: Account) -> Contact:
    return factories.contact(account, name="Ada Lovelace", email="ada@example.com")


@pytest.fixture
def generate(calendar: Calendar) -> dict[str, Any]:
    return {"name": "booking_link", "type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}}


Publish = Callable[..., Workflow]


@pytest.fixture
def published(account: Account) -> Publish:
    """`published([steps], triggers=[...], **settings)`."""

    def make(steps: list[dict[str, Any]], triggers: list[dict[str, Any]] | None = None, **settings: Any) -> Workflow:
        rows = [{"type": "form.submitted"}] if triggers is None else triggers
        document = {"name": "Welcome", "settings": settings, "triggers": rows, "steps": steps}
        made = create_workflow(account=account, document=document, actor=SYSTEM, now=NOW)
        publish(account=account, workflow_id=made.id, actor=SYSTEM, now=NOW)
        return made

    return make


def email(name: str = "email", body: str = "Book: {{ steps.booking_link.url }}", **params: Any) -> dict[str, Any]:
    """A mail whose text is its body and nothing more."""
    own = {"subject": "Hello", "body": body, "unsubscribe": False, **params}
    return {"name": name, "type": "email.send", "params": own}


def happens(
    account: Account,
    kind: str,
    subject_kind: str,
    *,
    subject_id: UUID | None = None,
    now: datetime = NOW,
    actor: Actor = SYSTEM,
    **facts: Any,
) -> Event:
    """Record an event as a service would, without running anything."""
    return record(
        account_id=account.id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id or uuid4(),
        facts={name: str(value) if isinstance(value, UUID) else value for name, value in facts.items()},
    )


def submit(contact: Contact, form: UUID | None = None, now: datetime = NOW) -> Event:
    """The contact sends a form, and everything that follows from it by `now` is done."""
    submission = uuid4()
    event = happens(
        contact.account,
        "form.submitted",
        "submission",
        subject_id=submission,
        now=now,
        form=form or uuid4(),
        submission=submission,
        contact=contact.id,
    )
    run_pending(now=now)
    return event


def runs(enrollment: Enrollment) -> list[tuple[str, str]]:
    """(step, status) of every visit, in order."""
    return list(enrollment.runs.order_by("visit").values_list("step", "status"))
