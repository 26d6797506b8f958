"""Many links at once: each row gets one link or one error, whatever is repeated or killed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories

from admitone.accounts.idempotency import Idempotency
from admitone.calendars.services import delete_calendar
from admitone.contacts.models import Contact
from admitone.events import SYSTEM, Event
from admitone.jobs import DeadJob, run_pending
from admitone.links import batches, services
from admitone.links.models import Batch, BatchRow, OneTimeLink
from admitone.links.services.batches import issue_batch
from admitone.links.tasks import give_up_batch
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW
PEOPLE = [
    {"email": "ada@example.com", "name": "Ada"},
    {"email": "nope", "name": "Bob"},
    {"phone": "+49 30 123456"},
    {"email": "ADA@example.com"},
    {},
]


@pytest.fixture
def calendar():
    return factories.calendar(factories.account())


def create(calendar, **fields):
    return services.create_batch(account=calendar.account, calendar=calendar, actor=SYSTEM, now=NOW, **fields)


def test_count_makes_that_many_links_on_the_same_terms(calendar):
    expiry = NOW + timedelta(days=3)
    terms = {"expires_at": expiry, "label": "Fair", "metadata": {"fair": 1}, "max_uses": 2}
    batch = create(calendar, count=250, terms=terms)
    assert (batch.status, batch.total, OneTimeLink.objects.count()) == ("queued", 250, 0)
    run_pending(NOW)
    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.failed, batch.finished_at) == ("done", 250, 0, NOW)
    rows = OneTimeLink.objects.values_list("expires_at", "label", "metadata", "max_uses", "source_kind", "source_id")
    assert set(map(repr, rows)) == {repr((expiry, "Fair", {"fair": 1}, 2, "bulk", str(batch.id)))}
    made = set(BatchRow.objects.values_list("link_id", flat=True))
    assert made == set(OneTimeLink.objects.values_list("id", flat=True))
    assert Event.objects.filter(kind="one_time_link.created").count() == 250


def test_chunk_takes_a_handful_of_statements_not_some_a_row(calendar):
    batch = create(calendar, count=200)
    with CaptureQueriesContext(connection) as seen:
        services.issue_chunk(batch_id=batch.id, now=NOW)
    assert len([each for each in seen if "SAVEPOINT" not in each["sql"]]) <= 15  # SQLite splits wide statements


def test_each_person_gets_a_link_of_their_own_and_bad_rows_say_why(calendar):
    batch = create(calendar, contacts=PEOPLE)
    run_pending(NOW)
    batch.refresh_from_db()
    lines = [batches.line(row) for row in batches.rows(batch)]
    assert [line.state for line in lines] == ["made", "failed", "made", "made", "failed"]
    assert (batch.done, batch.failed, batch.status) == (3, 2, "done")
    assert lines[4].error == "Give an email address or a phone number."
    assert sorted(Contact.objects.values_list("email", "phone")) == [("", "+4930123456"), ("ada@example.com", "")]
    assert len({line.link_id for line in lines if line.link_id}) == 3
    assert Event.objects.filter(kind="contact.created").count() == 2


def test_chunk_that_runs_twice_makes_nothing_twice(calendar):
    batch = create(calendar, count=150)
    for _ in range(5):
        issue_batch.func(batch_id=str(batch.id), now=NOW)
    run_pending(NOW)
    assert (OneTimeLink.objects.count(), Batch.objects.get().done) == (150, 150)


def test_policy_that_needs_an_address_refuses_rows_without_one(calendar):
    create(calendar, contacts=PEOPLE[:3], terms={"contact_policy": "refuse"})
    run_pending(NOW)
    assert list(BatchRow.objects.order_by("n").values_list("state", flat=True)) == ["made", "failed", "failed"]
    assert OneTimeLink.objects.get().contact_policy == "refuse"


def test_calendar_deleted_meanwhile_fails_the_rest_with_its_reason(calendar):
    batch = create(calendar, count=150)
    services.issue_chunk(batch_id=batch.id, now=NOW)
    delete_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW)
    run_pending(NOW)
    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.failed) == ("done", 100, 50)
    assert BatchRow.objects.get(n=150).error == "The calendar has been deleted."


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "count"),
        ({"count": 0}, "count"),
        ({"count": 10_001}, "count"),
        ({"count": 1, "contacts": [{}]}, "count"),
        ({"contacts": []}, "contacts"),
        ({"count": 1, "terms": {"expires_at": NOW}}, "expires_at"),
        ({"count": 1, "terms": {"max_uses": 0}}, "max_uses"),
        ({"count": 1, "terms": {"contact_policy": "refuse"}}, "contact_policy"),
        ({"contacts": [{}], "terms": {"contact_policy": "trust"}}, "contact_policy"),
        ({"count": 1, "terms": {"offered": [(5, 1)]}}, "offered"),
        ({"count": 1, "terms": {"metadata": {"a": []}}}, "metadata"),
    ],
)
def test_batch_that_could_not_work_is_refused_at_once(calendar, fields, field):
    with pytest.raises(Problem) as caught:
        create(calendar, **fields)
    assert (caught.value.code, list(caught.value.fields)) == ("invalid", [field])
    assert Batch.objects.count() == 0


def test_same_key_answers_the_first_batch(calendar):
    def ask():
        return create(calendar, count=2, idempotency=Idempotency.of("key", "k1", {"count": 2}))

    assert ask().id == ask().id
    run_pending(NOW)
    assert OneTimeLink.objects.count() == 2


def test_job_that_died_ends_the_batch_and_keeps_what_was_made(calendar):
    batch = create(calendar, count=150)
    services.issue_chunk(batch_id=batch.id, now=NOW)
    give_up_batch(DeadJob(1, issue_batch.name, {"batch_id": str(batch.id)}, None, 9, "lost"))
    batch.refresh_from_db()
    assert (batch.status, batch.done, OneTimeLink.objects.count()) == ("failed", 100, 100)
