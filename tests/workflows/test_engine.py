"""Entering, pausing, stopping, retrying; circles; and steps that call the outside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from tests import factories
from tests.workflows.conftest import NOW, email, happens, runs, submit

from admitone.accounts.idempotency import Idempotency
from admitone.events import SYSTEM, Actor, Event
from admitone.jobs import DeadJob, run_pending
from admitone.jobs import Retry as TryAgain
from admitone.jobs.models import Job
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows import engine, queries, registry, tasks
from admitone.workflows.entering import MAX_DEPTH
from admitone.workflows.models import Enrollment, WorkflowVersion
from admitone.workflows.outcomes import Done, Outcome, Retry
from admitone.workflows.registry import Action, action
from admitone.workflows.run import StepContext
from admitone.workflows.services import (
    create_workflow,
    delete_workflow,
    enroll,
    pause,
    publish,
    resume,
    retry_step,
    save_draft,
    stop_enrollment,
)

pytestmark = pytest.mark.django_db
PAUSE = {"name": "pause", "type": "wait.for", "params": {"days": 1}}
LATER = NOW + timedelta(days=1)
WHO = {"actor": SYSTEM, "now": NOW}


@pytest.fixture
def outside() -> Iterator[list[Outcome | Exception]]:
    """An action that calls the outside and answers what the test has put in the list; `seen` counts its calls."""
    answers: list[Outcome | Exception] = []

    class Outside(Action):
        """Calls somebody."""

        label = "Outside"
        category = "Test"
        external = True

        def run(self, step: StepContext) -> Outcome:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

    registry.load()
    action("test.outside")(Outside)
    yield answers
    del registry.ACTIONS["test.outside"]


CALL = {"name": "call", "type": "test.outside"}


def test_running_enrollment_keeps_its_version(published, contact, account):
    workflow = published([PAUSE, email(body="Old")])
    submit(contact)
    document = {**workflow.draft, "steps": [PAUSE, email(body="New")]}
    save_draft(account=account, workflow_id=workflow.id, document=document, **WHO)
    assert publish(account=account, workflow_id=workflow.id, **WHO).number == 2
    submit(contact)
    run_pending(now=LATER)
    assert sorted(Message.objects.values_list("text", flat=True)) == ["New\n", "Old\n"]
    assert list(WorkflowVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_unchanged_draft_stays_the_version_it_is(published, account):
    workflow = published([PAUSE])
    assert publish(account=account, workflow_id=workflow.id, **WHO).number == 1


def test_draft_that_is_saved_changes_nothing_that_runs(published, contact, account):
    workflow = published([email(body="Old")])
    save_draft(account=account, workflow_id=workflow.id, document={"name": "x", "steps": []}, **WHO)
    submit(contact)
    assert Message.objects.get().text == "Old\n"


def test_without_reentry_a_contact_enters_once(published, contact, account):
    workflow = published([email(body="Hi")], reentry=False)
    submit(contact)
    submit(contact)
    assert Enrollment.objects.count() == 1
    with pytest.raises(Problem) as caught:
        enroll(account=account, workflow_id=workflow.id, contact_id=contact.id, **WHO)
    assert list(caught.value.fields) == ["contact"]


def test_paused_workflow_takes_nobody_and_moves_nobody(published, contact, account):
    workflow = published([PAUSE, email(body="Hi")])
    submit(contact)
    pause(account=account, workflow_id=workflow.id, **WHO)
    submit(contact)
    run_pending(now=LATER)
    assert (Enrollment.objects.get().status, Message.objects.count()) == ("waiting", 0)
    resume(account=account, workflow_id=workflow.id, actor=SYSTEM, now=LATER)
    run_pending(now=LATER)
    assert (Enrollment.objects.get().status, Message.objects.count()) == ("done", 1)


def test_deleted_workflow_lets_everybody_go(published, contact, account):
    workflow = published([PAUSE, email(body="Hi")])
    submit(contact)
    delete_workflow(account=account, workflow_id=workflow.id, **WHO)
    submit(contact)
    run_pending(now=LATER)
    assert [one.status for one in Enrollment.objects.all()] == ["stopped"]
    assert Message.objects.count() == 0
    with pytest.raises(Problem):
        queries.get(account, workflow.id)


def test_contact_is_entered_by_hand(published, contact, account):
    workflow = published([email(body="Hi")], triggers=[])
    made = enroll(account=account, workflow_id=workflow.id, contact_id=contact.id, **WHO)
    run_pending(now=NOW)
    assert (made.trigger, made.cause_event_id, Message.objects.count()) == ("manual", None, 1)


def test_repeated_request_enters_once(published, contact, account):
    workflow = published([email(body="Hi")], triggers=[])
    key = Idempotency.of(account.id, "k1", {"contact": str(contact.id)})
    made = [
        enroll(account=account, workflow_id=workflow.id, contact_id=contact.id, idempotency=key, **WHO).id
        for _ in range(2)
    ]
    assert made == [Enrollment.objects.get().id] * 2


def test_draft_cannot_be_entered(account, contact):
    document = {"name": "x", "steps": [PAUSE]}
    made = create_workflow(account=account, document=document, **WHO)
    with pytest.raises(Problem) as caught:
        enroll(account=account, workflow_id=made.id, contact_id=contact.id, **WHO)
    assert caught.value.code == "invalid"


def test_rows_of_another_account_are_not_found(published, contact, account):
    workflow, other = published([PAUSE]), factories.account()
    stranger = factories.contact(other)
    submit(contact)
    one = Enrollment.objects.get()
    for attempt in (
        lambda: enroll(account=other, workflow_id=workflow.id, contact_id=stranger.id, **WHO),
        lambda: enroll(account=account, workflow_id=workflow.id, contact_id=stranger.id, **WHO),
        lambda: publish(account=other, workflow_id=workflow.id, **WHO),
        lambda: stop_enrollment(account=other, enrollment_id=one.id, **WHO),
        lambda: queries.enrollment(other, one.id),
        lambda: queries.get(other, "nonsense"),
    ):
        with pytest.raises(Problem) as caught:
            attempt()
        assert caught.value.code == "not_found"


def test_erased_contact_does_not_enter(published, contact):
    published([email(body="Hi")])
    type(contact).objects.update(erased_at=NOW)
    submit(contact)
    assert Enrollment.objects.count() == 0


def test_stopped_enrollment_goes_no_further(published, contact, account):
    published([PAUSE, email(body="Hi")])
    submit(contact)
    stop_enrollment(account=account, enrollment_id=Enrollment.objects.get().id, **WHO)
    run_pending(now=LATER)
    assert (Enrollment.objects.get().status, Message.objects.count()) == ("stopped", 0)


def test_log_shows_every_visit_with_what_became_of_its_mail(published, generate, contact, account):
    published([generate, email()])
    submit(contact)
    one = queries.enrollment(account, Enrollment.objects.get().id)
    found = queries.EnrollmentView(one, queries.step_runs(one)).as_dict()
    assert (found["status"], found["version"], found["contact"]) == ("done", 1, str(contact.id))
    assert [(step["step"], step["status"], step["delivery"]) for step in found["steps"]] == [
        ("booking_link", "done", None),
        ("email", "done", "outbox"),
    ]
    assert found["steps"][0]["outcome"]["url"].startswith("http://testserver/o/")
    workflow = queries.listing(account).get()
    assert queries.WorkflowView(workflow).as_dict()["steps"] == workflow.draft["steps"]
    assert queries.counts(workflow)["done"] == 1


def test_workflow_does_not_start_itself(published, generate, contact, calendar):
    published([generate], [{"type": "one_time_link.created"}])
    happens(contact.account, "one_time_link.created", "one_time_link", contact=contact.id, calendar=calendar.id)
    run_pending(now=NOW)
    assert (Enrollment.objects.count(), OneTimeLink.objects.count()) == (1, 1)


def test_workflows_that_start_each_other_are_stopped(published, generate, contact, calendar):
    for _ in range(2):
        published([generate], [{"type": "one_time_link.created"}])
    happens(contact.account, "one_time_link.created", "one_time_link", contact=contact.id, calendar=calendar.id)
    run_pending(now=NOW)
    found = [one.status for one in Enrollment.objects.order_by("depth", "id")]
    assert found == ["done"] * 2 * (MAX_DEPTH + 1) + ["stopped"] * 2
    assert Enrollment.objects.filter(status="stopped").first().reason.startswith("Stopped: workflows were starting")


def test_trigger_of_an_event_by_a_run_counts_deeper(published, contact):
    workflow = published([email(body="Hi")])
    other = published([PAUSE], [])
    version = other.versions.get()
    parent = Enrollment.objects.create(
        account=contact.account,
        workflow=other,
        version=version,
        trigger="manual",
        depth=2,
        created_at=NOW,
        updated_at=NOW,
    )
    facts = {"contact": contact.id, "actor": Actor("workflow", str(parent.id))}
    happens(contact.account, "form.submitted", "submission", **facts)
    run_pending(now=NOW)
    assert Enrollment.objects.get(workflow=workflow).depth == 3


def test_unknown_type_fails_its_step(published, contact):
    workflow = published([email(body="Hi")])
    version = workflow.versions.get()
    version.document["steps"][0]["type"] = "fax.send"
    WorkflowVersion.objects.filter(pk=version.pk).update(document=version.document)
    submit(contact)
    assert Enrollment.objects.get().reason.startswith("action_unavailable")


def test_step_that_calls_the_outside_is_claimed_and_recorded(outside, published, contact):
    outside.append(Done({}, note="told"))
    published([CALL, email(body="After")])
    submit(contact)
    one = Enrollment.objects.get()
    assert (one.status, one.fence, one.lease_until) == ("done", 1, None)
    assert runs(one) == [("call", "done"), ("email", "done")]


def test_passing_fault_outside_is_tried_again_and_then_told(outside, published, contact):
    outside += [Retry(60, "503 Service Unavailable")] * engine.MAX_ATTEMPTS
    published([CALL])
    submit(contact)
    one = Enrollment.objects.get()
    assert (one.status, one.runs.get().status, one.runs.get().error) == (
        "waiting",
        "retrying",
        "503 Service Unavailable",
    )
    for minutes in range(1, engine.MAX_ATTEMPTS):
        run_pending(now=NOW + timedelta(minutes=minutes))
    one.refresh_from_db()
    assert (one.status, one.reason, one.runs.get().attempts) == ("failed", "503 Service Unavailable", 8)
    assert outside == []


def test_enrollment_in_other_hands_is_left_alone_until_the_lease_is_over(outside, published, contact):
    published([CALL])
    submit_only(contact)
    Enrollment.objects.update(fence=1, lease_until=NOW + timedelta(seconds=30))
    one = Enrollment.objects.get()
    with pytest.raises(TryAgain):
        engine.advance(enrollment_id=str(one.id), now=NOW)
    outside.append(Done())
    engine.advance(enrollment_id=str(one.id), now=NOW + timedelta(seconds=31))
    one.refresh_from_db()
    assert (one.status, one.fence) == ("done", 2)


def test_result_of_who_lost_the_fence_is_dropped(outside, published, contact):
    published([CALL, email(body="After")])
    submit_only(contact)
    work = engine.Turn(engine.locked(Enrollment.objects.get().id), NOW)
    claimed = engine.go(work)[1]
    work.save()
    Enrollment.objects.update(fence=7)  # another worker took over while this one hung in its call
    outside.append(Done())
    assert engine.outside(claimed) is False
    assert (Message.objects.count(), Enrollment.objects.get().runs.get().status) == (0, "running")


def test_enrollment_behind_a_dead_job_is_seen_as_failed(published, contact):
    published([PAUSE])
    submit(contact)
    one = Enrollment.objects.get()
    tasks.give_up(DeadJob(1, "workflows.advance", {"enrollment_id": str(one.id)}, None, 9, "OperationalError: gone"))
    one.refresh_from_db()
    assert (one.status, one.reason) == ("failed", "OperationalError: gone")
    retry_step(account=contact.account, enrollment_id=one.id, **WHO)
    run_pending(now=NOW)
    one.refresh_from_db()
    assert one.status == "waiting"


def test_sleeping_enrollment_is_one_row_and_one_job(published, contact):
    published([PAUSE])
    submit(contact)
    assert Job.objects.filter(task="workflows.advance").count() == 1
    assert [event.kind for event in Event.objects.filter(kind__startswith="enrollment")] == []


def submit_only(contact, now: datetime = NOW) -> None:
    """A submission whose enrollment has not taken a step yet."""
    from admitone.workflows.entering import enter

    event = happens(contact.account, "form.submitted", "submission", now=now, contact=contact.id)
    enter(event, now)
    Job.objects.all().delete()


def test_a_text_that_comes_out_too_long_fails_its_step_at_once(published, contact):
    published([email(body="Hello", subject="a" * 1001)])
    submit(contact)
    one = Enrollment.objects.get()
    assert (one.status, one.reason) == ("failed", "Use at most 1000 characters.")
    assert Job.objects.filter(task="workflows.advance").count() == 0


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_link_that_opens_before_or_after_all_calendars_is_refused(published, generate, instant):
    step = {**generate, "params": {**generate["params"], "not_before": instant}}
    with pytest.raises(Problem) as problem:
        published([step])
    assert set(problem.value.fields) == {"steps.booking_link.not_before"}
