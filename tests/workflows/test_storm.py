"""Exactly once, whatever is killed and however many work: real worker processes over one database."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import transaction
from tests import factories
from tests.workflows.conftest import email
from tests.workflows.workers import kill, start_worker, until, workers

from admitone.accounts.models import Account
from admitone.events import SYSTEM, Draft, record_many
from admitone.jobs.models import Job
from admitone.links.models import OneTimeLink
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment, StepRun

pytestmark = [pytest.mark.storm, pytest.mark.django_db(transaction=True)]
FINISH_SECONDS = 180


def submissions(account: Account, count: int) -> None:
    """So many contacts, each with one form sent."""
    contacts = [factories.contact(account) for _ in range(count)]
    now = datetime.now(UTC)
    with transaction.atomic():
        record_many(
            [
                Draft(
                    account.id,
                    SYSTEM,
                    now,
                    "form.submitted",
                    "submission",
                    uuid4(),
                    {"form": str(uuid4()), "submission": str(uuid4()), "contact": str(one.id)},
                )
                for one in contacts
            ]
        )


def finished(count: int) -> bool:
    return Enrollment.objects.filter(status="done").count() == count and not Job.objects.exists()


def assert_exactly_once(count: int) -> None:
    enrollments = list(Enrollment.objects.all())
    assert Counter(one.status for one in enrollments) == {"done": count}
    assert len({one.contact_id for one in enrollments}) == count
    links = list(OneTimeLink.objects.all())
    assert sorted(link.source_id for link in links) == sorted(f"{one.id.hex}:booking_link" for one in enrollments)
    messages = list(Message.objects.filter(kind="workflow"))
    assert Counter(message.status for message in messages) == {"outbox": count}
    assert len({message.to for message in messages}) == count
    assert {message.link_id for message in messages} == {link.id for link in links}
    assert Counter(StepRun.objects.values_list("step", "status")) == {
        ("booking_link", "done"): count,
        ("email", "done"): count,
    }


@pytest.fixture
def steps(generate):
    return [generate, email()]


def test_killed_workers_lose_nothing_and_send_nothing_twice(published, steps, account):
    published(steps)
    submissions(account, 120)
    chance = random.Random(3)
    kills = 0
    while not finished(120) and kills < 6:
        process = start_worker()
        until(Job.objects.filter(status="running").exists, 20)
        time.sleep(chance.uniform(0.05, 0.6))
        kill(process)
        kills += 1
    with workers(1):
        assert until(lambda: finished(120), FINISH_SECONDS)
    assert kills > 1
    assert_exactly_once(120)


def test_two_workers_enroll_each_contact_once(published, steps, account):
    published(steps)
    with workers(2):
        submissions(account, 200)
        assert until(lambda: finished(200), FINISH_SECONDS)
    assert_exactly_once(200)
