"""Many contacts enter at once: each exactly once, stoppable, and never before another account's single form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.workflows.conftest import NOW, Publish, email, happens

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.jobs import run_pending, store
from admitone.jobs.models import Job
from admitone.jobs.running import attempt
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows.models import BulkEnrollment, Enrollment
from admitone.workflows.services import bulk, create_workflow, enroll, pause, publish

WAIT = {"name": "pause", "type": "wait.for", "params": {"days": 1}}
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}


def people(account: Account, count: int) -> list[Contact]:
    return [factories.contact(account) for _n in range(count)]


def begin(account: Account, workflow: Any, **source: Any) -> BulkEnrollment:
    return bulk.start_bulk(account=account, workflow_id=workflow.id, source={"kind": "all", **source}, **DO)


def drain(minutes: int = 10) -> None:
    for minute in range(minutes):
        run_pending(now=NOW + timedelta(minutes=minute))


def test_everybody_enters_exactly_once_and_the_count_is_told(account: Account, published: Publish):
    people(account, 230)
    started = begin(account, published([WAIT]))
    drain()
    started.refresh_from_db()
    assert (started.status, started.total, started.enrolled, started.skipped) == ("done", 230, 230, 0)
    assert Enrollment.objects.values("contact").distinct().count() == Enrollment.objects.count() == 230


def test_a_tag_or_a_search_or_ids_say_who(account: Account, published: Publish):
    ann, bob, cid = people(account, 3)
    tag, workflow = factories.tag(ann), published([WAIT])
    sources = [
        {"kind": "filter", "tag": str(tag.id)},
        {"kind": "filter", "q": bob.email},
        {"kind": "ids", "ids": [cid.id]},
    ]
    found = [list(bulk.matching(workflow, bulk.clean_source(source))) for source in sources]
    assert found == [[ann], [bob], [cid]]


def test_who_has_been_in_it_is_left_out_if_asked(account: Account, published: Publish):
    ann, _bob = people(account, 2)
    workflow = published([WAIT])
    enroll(account=account, workflow_id=workflow.id, contact_id=ann.id, **DO)
    assert begin(account, workflow, fresh=True).total == 1
    drain()
    assert Enrollment.objects.filter(contact=ann).count() == 1


def test_without_re_entry_whoever_was_in_it_is_counted_as_skipped(account: Account, published: Publish):
    ann, _bob = people(account, 2)
    workflow = published([WAIT], reentry=False)
    enroll(account=account, workflow_id=workflow.id, contact_id=ann.id, **DO)
    started = begin(account, workflow)
    drain()
    started.refresh_from_db()
    assert (started.enrolled, started.skipped, started.status) == (1, 1, "done")


def test_a_turn_killed_before_its_commit_is_done_again_and_nobody_enters_twice(
    account: Account, published: Publish, monkeypatch: pytest.MonkeyPatch
):
    people(account, 150)
    started = begin(account, published([WAIT]))
    real = bulk.follow

    def killed(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk, "follow", killed)
    with pytest.raises(KeyboardInterrupt):
        bulk.enroll_some(bulk_id=str(started.id), now=NOW)
    monkeypatch.setattr(bulk, "follow", real)
    assert Enrollment.objects.count() == 0
    drain()
    assert Enrollment.objects.values("contact").distinct().count() == Enrollment.objects.count() == 150


def test_a_turn_that_was_committed_but_whose_job_ran_again_goes_on_from_the_cursor(
    account: Account, published: Publish
):
    people(account, 150)
    started = begin(account, published([WAIT]))
    bulk.enroll_some(bulk_id=str(started.id), now=NOW)
    bulk.enroll_some(bulk_id=str(started.id), now=NOW)
    drain()
    assert Enrollment.objects.values("contact").distinct().count() == Enrollment.objects.count() == 150


def test_whoever_comes_after_the_start_does_not_enter(account: Account, published: Publish):
    people(account, 2)
    started = begin(account, published([WAIT]))
    factories.contact(account, created_at=NOW + timedelta(seconds=1))
    drain()
    started.refresh_from_db()
    assert (started.enrolled, started.status) == (2, "done")


def test_stopping_keeps_who_is_in_and_going_on_takes_the_rest(account: Account, published: Publish):
    people(account, 150)
    started = begin(account, published([WAIT]))
    bulk.enroll_some(bulk_id=str(started.id), now=NOW)
    bulk.stop_bulk(account=account, bulk_id=started.id, **DO)
    drain()
    assert Enrollment.objects.count() == 100
    bulk.continue_bulk(account=account, bulk_id=started.id, **DO)
    drain()
    assert Enrollment.objects.count() == 150
    kinds = Event.objects.filter(kind__startswith="bulk_enrollment.").order_by("id").values_list("kind", flat=True)
    assert [kind.partition(".")[2] for kind in kinds] == ["started", "stopped", "continued", "finished"]


def test_a_pause_stops_it(account: Account, published: Publish):
    people(account, 150)
    workflow = published([WAIT])
    started = begin(account, workflow)
    pause(account=account, workflow_id=workflow.id, **DO)
    drain()
    started.refresh_from_db()
    assert (started.status, Enrollment.objects.count()) == ("stopped", 0)
    with pytest.raises(Problem):
        bulk.continue_bulk(account=account, bulk_id=started.id, **DO)


def test_a_second_one_is_refused_while_the_first_runs(account: Account, published: Publish):
    people(account, 1)
    workflow = published([WAIT])
    begin(account, workflow)
    with pytest.raises(Problem, match="already"):
        begin(account, workflow)


@pytest.mark.parametrize(
    "source", [{"kind": "x"}, {"kind": "ids", "ids": []}, {"kind": "ids", "ids": ["x"]}, {"kind": "filter"}]
)
def test_nobody_meant_is_refused(account: Account, published: Publish, source: dict[str, Any]):
    with pytest.raises(Problem) as caught:
        begin(account, published([WAIT]), **source)
    assert caught.value.code == "invalid"


def test_another_accounts_bulk_is_not_found(account: Account, published: Publish):
    people(account, 1)
    started = begin(account, published([WAIT]))
    for call in (bulk.stop_bulk, bulk.continue_bulk):
        with pytest.raises(Problem) as caught:
            call(account=factories.account(), bulk_id=started.id, **DO)
        assert caught.value.code == "not_found"


def test_no_more_than_a_few_hundred_of_its_jobs_wait_at_any_time(account: Account, published: Publish):
    people(account, 450)
    started = begin(account, published([WAIT]))
    for _turn in range(6):
        bulk.enroll_some(bulk_id=str(started.id), now=NOW)
    assert Job.objects.filter(status="ready", account_id=account.id, queue="workflows").count() == bulk.WAITING
    drain()
    assert Enrollment.objects.count() == 450


def test_another_accounts_single_form_is_handed_over_after_a_few_dozen_jobs(account: Account, published: Publish):
    """Counted, not timed: however many wait in one account, another's form waits for a handful of them."""
    people(account, 300)
    begin(account, published([email(body="Hello")]))
    run_pending(now=NOW, limit=60)
    other = factories.account()
    guest = factories.contact(other)
    welcome(other)
    happens(other, "form.submitted", "submission", contact=guest.id)
    jobs, turn = 0, store.Turn()
    while not Message.objects.filter(account=other, status__in=("sent", "outbox")).exists():
        (job,) = store.claim(now=NOW, limit=1, lease=timedelta(minutes=1), turn=turn)
        store.settle(job, attempt(job, NOW), NOW)
        jobs += 1
    assert jobs <= 24
    assert Job.objects.filter(status="ready", account_id=account.id).count() > 100


def welcome(account: Account) -> None:
    document = {"name": "Other", "triggers": [{"type": "form.submitted"}], "steps": [email(body="Hello")]}
    made = create_workflow(account=account, document=document, **DO)
    publish(account=account, workflow_id=made.id, **DO)
