"""Splits, goals, drips, and workflows that add to and remove from each other."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.workflows.actions.steps import log, refused, step
from tests.workflows.conftest import NOW, happens, runs, submit

from admitone.contacts.models import Note
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.workflows.entering import MAX_DEPTH
from admitone.workflows.models import Enrollment
from admitone.workflows.services import enroll, pause, publish, resume, save_draft

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
PAUSE = step("wait.for", "pause", days=1)


def note(called: str, text: str = "") -> dict[str, Any]:
    return step("contact.add_note", called, text=text or called)


def notes() -> list[str]:
    return list(Note.objects.order_by("id").values_list("text", flat=True))


def split(*names: str, percentages: list[int]) -> dict[str, Any]:
    branches = [{"name": name, "steps": [note(f"in_{name.lower()}")]} for name in names]
    return {**step("split", "test", percentages=percentages), "branches": branches}


def test_split_is_about_as_even_as_it_says_and_remembers(published, account):
    published([split("A", "B", "C", percentages=[20, 0, 80])])
    for _ in range(60):
        submit(factories.contact(account))
    found = Counter(one.outputs["test"]["branch"] for one in Enrollment.objects.all())
    assert (set(found), 3 < found["A"] < 25) == ({"A", "C"}, True)
    assert Counter(notes()) == {"in_a": found["A"], "in_c": found["C"]}


def test_split_takes_the_same_branch_again(published, contact):
    back = step("goto", "again", step="test")
    published([split("A", "B", percentages=[50, 50]), PAUSE, back])
    submit(contact)
    for days in range(1, 6):
        run_pending(now=NOW + timedelta(days=days))
    assert (len(set(notes())), len(notes())) == (1, 6)


@pytest.mark.parametrize("percentages", [[50, 40], [100], [50, 25, 25], [150, -50], []])
def test_split_whose_shares_do_not_fit_is_refused(published, account, percentages):
    assert "steps.test.percentages" in refused(published, split("A", "B", percentages=percentages))


def test_values_of_one_branch_are_unknown_after_the_split(published, generate):
    branches = [{"name": "A", "steps": [generate]}, {"name": "B", "steps": []}]
    one = {**step("split", "test"), "branches": branches}
    assert "steps.after.text" in refused(published, one, note("after", "{{ steps.booking_link.url }}"))


def goal(**params: Any) -> dict[str, Any]:
    return step("goal", "goal", **{"event": "booking.created", **params})


def test_goal_takes_the_contact_out_of_its_wait(published, contact, calendar):
    published([PAUSE, note("nudge"), goal(unmet="end"), note("after", "At {{ appointment.time }}")])
    submit(contact)
    factories.booking(calendar, email=contact.email)
    run_pending(now=NOW)
    assert log() == [
        ("pause", "skipped", "Left: the goal goal was reached."),
        ("goal", "done", ""),
        ("after", "done", ""),
    ]
    one = Enrollment.objects.get()
    assert (one.status, one.outputs["goal"], one.context["goal"]) == ("done", {"status": "reached"}, None)
    run_pending(now=NOW + timedelta(days=2))
    assert notes() == ["At 10:00"]


def test_goal_is_reached_from_inside_a_branch(published, contact, calendar):
    branch = {"name": "if", "type": "if_else", "branches": [{"steps": [PAUSE, note("nudge")]}]}
    published([branch, goal(), note("after")])
    submit(contact)
    factories.booking(calendar, email=contact.email)
    run_pending(now=NOW)
    assert notes() == ["after"]


def test_goal_behind_the_contact_pulls_nobody_back(published, contact, calendar):
    published([goal(), PAUSE, note("after")])
    submit(contact)
    factories.booking(calendar, email=contact.email)
    run_pending(now=NOW)
    assert (Enrollment.objects.get().status, notes()) == ("waiting", [])


def test_goal_that_happened_before_it_is_reached_counts(published, contact, calendar):
    """The run comes to the goal by itself; the booking was made while it was on its way."""
    workflow = published([PAUSE, goal(unmet="end"), note("after")])
    submit(contact)
    pause(account=contact.account, workflow_id=workflow.id, actor=SYSTEM, now=NOW)
    factories.booking(calendar, email=contact.email)
    Enrollment.objects.update(context={})
    run_pending(now=NOW)
    resume(account=contact.account, workflow_id=workflow.id, actor=SYSTEM, now=NOW + timedelta(days=1))
    run_pending(now=NOW + timedelta(days=1))
    assert notes() == ["after"]


@pytest.mark.parametrize(("unmet", "status", "found"), [("continue", "done", ["after"]), ("end", "stopped", [])])
def test_who_comes_to_the_goal_without_it_does_as_is_set(published, contact, unmet, status, found):
    published([goal(unmet=unmet), note("after")])
    submit(contact)
    assert (Enrollment.objects.get().status, notes()) == (status, found)


def test_goal_of_a_link_is_about_this_runs_link(published, contact, generate, calendar):
    published([generate, PAUSE, goal(event="one_time_link.opened"), note("after")])
    submit(contact)
    link, other = OneTimeLink.objects.get(), factories.link(calendar, contact=contact)
    for one, expected in ((other, "waiting"), (link, "done")):
        happens(
            contact.account, "one_time_link.opened", "one_time_link", subject_id=one.id, link=one.id, contact=contact.id
        )
        run_pending(now=NOW)
        assert Enrollment.objects.get().status == expected


def test_goal_and_wait_limited_to_calendars_heed_no_other(published, contact, calendar, account):
    wanted = {"calendars": [str(calendar.id)]}
    published([PAUSE, goal(**wanted), note("got")])
    published([step("wait.for_event", "wait", event="booking.created", **wanted), note("waited")])
    published([goal(unmet="end", **wanted), note("late")])
    submit(contact)
    for place, expected in ((factories.calendar(account), []), (calendar, ["got", "waited"])):
        factories.booking(place, email=contact.email)
        run_pending(now=NOW)
        assert sorted(notes()) == expected


def test_goal_limited_to_a_form_heeds_no_other(published, contact, account):
    wanted, other = (factories.form(account) for _n in range(2))
    published([PAUSE, goal(event="form.submitted", forms=[str(wanted.id)]), note("sent")])
    submit(contact)
    for form, expected in ((other, []), (wanted, ["sent"])):
        happens(account, "form.submitted", "form_submission", contact=contact.id, form=form.id)
        run_pending(now=NOW)
        assert [one for one in notes() if one == "sent"][:1] == expected


def test_goal_of_a_calendar_that_is_gone_is_refused(published, generate):
    with pytest.raises(Problem) as refusal:
        published([goal(calendars=[generate["params"]["calendar"].replace("0", "1")])])
    assert set(refusal.value.fields) == {"steps.goal.calendars"}


def test_payment_is_a_goal_and_can_be_waited_for(published, contact):
    published([PAUSE, goal(event="payment.received"), note("after")])
    published([step("wait.for_event", "paid", event="payment.received"), note("thanks")])
    submit(contact)
    happens(contact.account, "payment.received", "payment", contact=contact.id, amount_minor=100, currency="EUR")
    run_pending(now=NOW)
    assert sorted(notes()) == ["after", "thanks"]


def test_other_contacts_do_not_reach_the_goal(published, contact, calendar):
    published([PAUSE, goal()])
    submit(contact)
    factories.booking(calendar)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == "waiting"


def test_booking_that_let_the_contact_in_is_no_goal(published, calendar):
    published([goal(unmet="end"), note("after")], [{"type": "booking.created"}])
    factories.booking(calendar)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == "stopped"


def test_values_made_before_the_goal_are_unknown_after_it(published, generate, account):
    steps = [generate, PAUSE, goal(unmet="end"), note("after", "{{ steps.booking_link.url }}")]
    assert list(refused(published, *steps)) == ["steps.after.text"]
    assert list(refused(published, goal(), note("after", "{{ appointment.time }}"))) == ["steps.after.text"]


def test_drip_lets_so_many_through_per_period(published, account):
    published([step("drip", count=2, per={"hours": 1}), note("after")])
    for _ in range(5):
        submit(factories.contact(account))
    waits = list(Enrollment.objects.order_by("id").values_list("resume_at", flat=True))
    assert waits == [None, None, NOW + HOUR, NOW + HOUR, NOW + 2 * HOUR]
    for hours, passed in ((0, 2), (1, 4), (2, 5)):
        run_pending(now=NOW + hours * HOUR)
        assert len(notes()) == passed
    submit(factories.contact(account), now=NOW + 2 * HOUR)
    submit(factories.contact(account), now=NOW + 2 * HOUR)
    assert len(notes()) == 6
    submit(factories.contact(account), now=NOW + 9 * HOUR)
    assert len(notes()) == 8


def test_place_that_a_pause_let_lapse_is_taken_anew(published, account):
    workflow = published([step("drip", count=1, per={"hours": 1}), note("after")])
    for _ in range(3):
        submit(factories.contact(account))
    pause(account=account, workflow_id=workflow.id, actor=SYSTEM, now=NOW)
    run_pending(now=NOW + 5 * HOUR)
    resume(account=account, workflow_id=workflow.id, actor=SYSTEM, now=NOW + 5 * HOUR)
    run_pending(now=NOW + 5 * HOUR)
    assert len(notes()) == 2
    run_pending(now=NOW + 6 * HOUR)
    assert len(notes()) == 3


@pytest.mark.parametrize("params", [{"count": 0, "per": {"hours": 1}}, {"count": 1, "per": {}}])
def test_drip_that_lets_nobody_through_is_refused(published, account, params):
    assert len(refused(published, step("drip", **params))) == 1


def test_contact_is_added_to_another_workflow(published, contact):
    other = published([note("other")], [])
    published([step("workflow.add", workflow=str(other.id))])
    submit(contact)
    made = Enrollment.objects.get(workflow=other)
    assert (notes(), made.trigger, made.depth, made.contact) == (["other"], "workflow.add", 1, contact)


def test_workflow_that_does_not_run_or_allows_no_reentry_is_skipped(published, contact, account):
    other = published([note("other")], [], reentry=False)
    add = step("workflow.add", "again", workflow=str(other.id))
    published([step("workflow.add", workflow=str(other.id)), add])
    submit(contact)
    pause(account=account, workflow_id=other.id, actor=SYSTEM, now=NOW)
    submit(contact)
    first, second = Enrollment.objects.exclude(workflow=other).order_by("id")
    assert log(first)[1][1:] == ("skipped", "The contact has been in Welcome, which allows no re-entry.")
    assert log(second)[0][1:] == ("skipped", "Welcome is not running.")
    assert notes() == ["other"]


def test_workflows_that_add_to_each_other_are_stopped(published, contact, account):
    first = published([note("first")], [])
    second = published([step("workflow.add", workflow=str(first.id))], [])
    document = {**first.draft, "steps": [step("workflow.add", workflow=str(second.id))]}
    save_draft(account=account, workflow_id=first.id, document=document, actor=SYSTEM, now=NOW)
    publish(account=account, workflow_id=first.id, actor=SYSTEM, now=NOW)
    enroll(account=account, workflow_id=first.id, contact_id=contact.id, actor=SYSTEM, now=NOW)
    run_pending(now=NOW)
    found = list(Enrollment.objects.order_by("depth").values_list("depth", "status"))
    assert found == [(depth, "done") for depth in range(MAX_DEPTH + 1)] + [(MAX_DEPTH + 1, "stopped")]
    last = Enrollment.objects.get(depth=MAX_DEPTH)
    assert log(last)[0][2].startswith("Stopped: workflows were starting each other")


def test_workflow_cannot_add_to_itself(published, contact, account):
    one = published([note("x")], [])
    document = {**one.draft, "steps": [step("workflow.add", workflow=str(one.id))]}
    save_draft(account=account, workflow_id=one.id, document=document, actor=SYSTEM, now=NOW)
    publish(account=account, workflow_id=one.id, actor=SYSTEM, now=NOW)
    enroll(account=account, workflow_id=one.id, contact_id=contact.id, actor=SYSTEM, now=NOW)
    run_pending(now=NOW)
    assert Enrollment.objects.get().reason == "A workflow cannot add to itself: use Go to."


def test_contact_is_removed_from_another_workflow(published, contact, account):
    other = published([PAUSE, note("other")])
    submit(contact)
    submit(factories.contact(account))
    published([step("workflow.remove", workflow=str(other.id))], [{"type": "booking.created"}])
    factories.booking(factories.calendar(account), email=contact.email)
    run_pending(now=NOW)
    mine = Enrollment.objects.get(workflow=other, contact=contact)
    assert (mine.status, mine.reason) == ("stopped", "Stopped: a workflow removed the contact.")
    assert Enrollment.objects.exclude(contact=contact).get().status == "waiting"
    assert Enrollment.objects.get(trigger="booking.created").outputs["act"] == {"stopped": 1, "status": "done"}


def test_removing_from_this_workflow_ends_every_run_of_the_contact(published, contact):
    branch = {"when": {"value": "contact.tags", "op": "contains", "than": "VIP"}, "steps": [step("workflow.remove")]}
    published([{"name": "if", "type": "if_else", "branches": [branch]}, PAUSE, note("after")])
    submit(contact)
    factories.tag(contact, "VIP")
    submit(contact)
    assert [one.status for one in Enrollment.objects.order_by("id")] == ["stopped", "stopped"]
    assert runs(Enrollment.objects.order_by("id").last()) == [("if", "done"), ("act", "done")]


def test_workflow_of_another_account_is_refused(published, account, contact):
    unknown = str(contact.id)
    for kind in ("workflow.add", "workflow.remove"):
        assert refused(published, step(kind, workflow=unknown)) == {"steps.act.workflow": "There is no such workflow."}
