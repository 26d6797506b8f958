"""A workflow that makes a link of a group: exactly one target, its name in the mail, a test run that sends it."""

from __future__ import annotations

import pytest
from tests import factories
from tests.workflows.conftest import NOW, email, runs, submit

from admitone.accounts.addresses import one_time_url
from admitone.calendars.services import delete_group
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment
from admitone.workflows.registry import actions
from admitone.workflows.services import testing

pytestmark = pytest.mark.django_db
KIND = "one_time_link.generate"


@pytest.fixture
def group(account):
    return factories.group(account, name="Consultations")


@pytest.fixture
def step(group):
    return {"name": "booking_link", "type": KIND, "params": {"group": str(group.id)}}


def faults(account, **params) -> list[str]:
    kind = actions()[KIND]
    read, _ = kind.read(params)
    return sorted(kind.check(read, account))


def test_link_leads_to_the_group_and_the_mail_names_it(published, step, contact, group):
    published([step, email(body="{{calendar.name}}: {{one_time_link.url}}")])
    submit(contact)
    link = OneTimeLink.objects.get()
    assert (link.group_id, link.calendar_id, link.contact_id) == (group.id, None, contact.id)
    assert Message.objects.get().text == f"Consultations: {one_time_url(link.id)}\n"


def test_exactly_one_target_that_is_there_can_be_published(published, account, calendar, group, step):
    foreign = factories.group(factories.account())
    assert faults(account) == ["calendar"]
    assert faults(account, calendar=str(calendar.id), group=str(group.id)) == ["group"]
    assert faults(account, group=str(foreign.id)) == ["group"]
    assert faults(account, group=str(group.id)) == []
    with pytest.raises(Problem):
        published([{**step, "params": {}}])


def test_summary_is_the_groups_name(account, group):
    kind = actions()[KIND]
    assert kind.summary(kind.read({"group": str(group.id)})[0], account) == "Consultations"


def test_deleted_group_fails_the_step_with_its_reason(published, step, contact, group, account):
    published([step, email()])
    delete_group(account=account, group_id=group.id, actor=SYSTEM, now=NOW)
    submit(contact)
    enrollment = Enrollment.objects.get()
    assert runs(enrollment)[-1] == ("booking_link", "failed")
    run_pending(now=NOW)


def test_test_run_keeps_the_groups_link_for_a_day(published, step, contact, account, group):
    who = {"account": account, "actor": SYSTEM, "now": NOW}
    workflow = published([step, email()])
    testing.try_out(**who, workflow_id=workflow.id, contact_id=contact.id, send_to="me@example.com")
    assert OneTimeLink.objects.get().group_id == group.id
