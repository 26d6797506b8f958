"""Actions on the contact: tags, details, owner, notes, tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests import factories
from tests.workflows.actions.steps import log, refused, step
from tests.workflows.conftest import NOW, runs, submit

from admitone.contacts.models import Contact, Note, Tag, Task
from admitone.contacts.queries import tags_of
from admitone.events.models import Event
from admitone.jobs import run_pending
from admitone.messaging.models import Message
from admitone.workflows import engine
from admitone.workflows.entering import MAX_DEPTH
from admitone.workflows.models import Enrollment

pytestmark = pytest.mark.django_db


def branch_on(value: str, than: Any, op: str = "is") -> dict[str, Any]:
    """Ends in the first branch as stopped by a remove step, so that a test sees which way a run went."""
    when = {"value": value, "op": op, "than": than}
    yes = {"when": when, "steps": [step("contact.add_tag", "yes", tag="yes")]}
    return {"name": "check", "type": "if_else", "branches": [yes, {"steps": [step("contact.add_tag", "no", tag="no")]}]}


def names(contact: Contact) -> list[str]:
    return [tag.name for tag in tags_of(contact)]


def test_tag_is_added_by_the_run(published, contact):
    published([step("contact.add_tag", tag="VIP")])
    submit(contact)
    event = Event.objects.get(kind="tag.added")
    assert (names(contact), event.actor_kind) == (["VIP"], "workflow")
    assert Enrollment.objects.get().outputs["act"] == {"tag": event.facts["tag"], "status": "done"}


def test_tag_of_another_account_is_refused(published, contact):
    theirs = factories.tag(factories.contact(factories.account()))
    assert refused(published, step("contact.add_tag", tag=str(theirs.id))) == {"steps.act.tag": "There is no such tag."}
    assert list(refused(published, step("contact.remove_tag", tag=" "))) == ["steps.act.tag"]


def test_tag_is_removed_or_the_step_says_that_it_was_not_there(published, contact):
    factories.tag(contact, "New")
    published([step("contact.remove_tag", "one", tag="New"), step("contact.remove_tag", "two", tag="New")])
    submit(contact)
    assert (names(contact), log()) == (
        [],
        [("one", "done", ""), ("two", "skipped", "The contact did not have this tag.")],
    )


@pytest.mark.parametrize(("before", "taken"), [("VIP", "yes"), ("VIP-old", "no")])
def test_condition_looks_at_whole_tags(published, contact, before, taken):
    factories.tag(contact, before)
    published([branch_on("contact.tags", "vip", "contains")])
    submit(contact)
    assert sorted(names(contact)) == sorted([before, taken])


def test_condition_sees_that_a_mail_was_skipped(published, account):
    nobody = factories.contact(account, email="", email_key=None, phone="+493012345678")
    mail = {"name": "mail", "type": "email.send", "params": {"subject": "Hi", "body": "Hello"}}
    published([mail, branch_on("steps.mail.status", "skipped")])
    submit(nobody)
    assert names(nobody) == ["yes"]


def test_condition_looks_at_custom_values(published, contact, account):
    factories.custom_field(account, label="Size", kind="number")
    Contact.objects.update(custom={"size": 42})
    published([branch_on("contact.custom.size", 40, "more_than")])
    submit(contact)
    assert names(contact) == ["yes"]


def test_unknown_custom_field_is_refused_in_texts_and_conditions(published, account):
    factories.custom_field(factories.account(), label="Size")
    mail = {"name": "mail", "type": "email.send", "params": {"subject": "Hi", "body": "{{ contact.custom.size }}"}}
    found = refused(published, mail, branch_on("contact.custom.size", "x"))
    assert found["steps.mail.body"] == "There is no custom field called size."
    assert found["steps.check.branches.0.when"] == "There is no value called contact.custom.size here."


def test_contact_is_updated_with_merged_texts(published, contact, account):
    for label, kind in (("Size", "number"), ("Nickname", "text")):
        factories.custom_field(account, label=label, kind=kind)
    custom = {"size": "42", "nickname": "{{ contact.first_name }}"}
    published(
        [step("contact.update", name="Dr {{ contact.name }}", phone="030 123456", timezone="Asia/Tokyo", custom=custom)]
    )
    submit(contact)
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.timezone) == ("Dr Ada Lovelace", "+4930123456", "Asia/Tokyo")
    assert (contact.email, contact.custom) == ("ada@example.com", {"size": 42, "nickname": "Ada"})
    assert [event.facts["fields"] for event in Event.objects.filter(kind="contact.changed").order_by("id")] == [
        ["name", "phone", "timezone"],
        ["custom.nickname", "custom.size"],
    ]


def test_value_that_comes_out_empty_leaves_the_contact_as_it_is(published, contact):
    published([step("contact.update", phone="{{ contact.phone }}")])
    submit(contact)
    assert log() == [("act", "skipped", "Nothing to write. Empty: contact.phone.")]


def test_update_that_is_refused_fails_with_its_words_and_writes_nothing(published, contact, account):
    factories.contact(account, email="taken@example.com")
    factories.custom_field(account, label="Size", kind="number")
    published([step("contact.update", email="taken@example.com", custom={"size": "big"})])
    submit(contact)
    contact.refresh_from_db()
    assert (contact.email, contact.custom) == ("ada@example.com", {})
    assert "Another contact has this email address." in Enrollment.objects.get().reason


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({}, "name"),
        ({"custom": {"shoe": "1"}}, "custom.shoe"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"name": "{{ contact.nope }}"}, "name"),
    ],
)
def test_update_that_cannot_work_is_refused(published, account, params, where):
    assert list(refused(published, step("contact.update", **params))) == [f"steps.act.{where}"]


def test_merge_text_inside_a_mapping_is_checked(published, account):
    factories.custom_field(account, label="Size")
    found = refused(published, step("contact.update", custom={"size": "{{ contact.nope }}"}))
    assert found == {"steps.act.custom.size": "There is no value called contact.nope."}


def test_users_take_turns(published, account):
    users = [factories.member(account, name=f"User {n}") for n in range(3)]
    published([step("contact.assign_user", users=[str(user.id) for user in users])])
    contacts = [factories.contact(account) for _ in range(7)]
    for one in contacts:
        submit(one)
    owners = [Contact.objects.get(pk=one.pk).owner for one in contacts]
    assert owners == [users[n % 3] for n in range(7)]
    assert Enrollment.objects.order_by("id").first().outputs["act"]["owner"] == "User 0"


def test_owner_is_kept_where_only_those_without_are_assigned(published, contact, account):
    first, second = factories.member(account), factories.member(account)
    published(
        [
            step("contact.assign_user", "one", users=[str(first.id)]),
            step("contact.assign_user", "two", users=[str(second.id)], only_unassigned=True),
        ]
    )
    submit(contact)
    contact.refresh_from_db()
    assert (contact.owner, log()[1][1:]) == (first, ("skipped", "The contact has an owner already."))


def test_user_who_left_is_passed_over_and_nobody_left_fails(published, contact, account):
    gone, here = factories.member(account), factories.member(account)
    published([step("contact.assign_user", users=[str(gone.id), str(here.id)])])
    gone.memberships.all().delete()
    submit(contact)
    contact.refresh_from_db()
    assert contact.owner == here
    here.memberships.all().delete()
    submit(contact)
    assert Enrollment.objects.order_by("-id").first().reason == "Nobody chosen here is in the team any more."


def test_strangers_are_refused_as_owners(published, account):
    stranger = str(factories.member(factories.account()).id)
    assert list(refused(published, step("contact.assign_user", users=[stranger]))) == ["steps.act.users"]
    assert list(refused(published, step("contact.assign_user", users=[]))) == ["steps.act.users"]
    assert list(refused(published, step("contact.add_task", title="x", owner=stranger))) == ["steps.act.owner"]


def test_note_is_written_in_the_runs_name(published, contact):
    published([step("contact.add_note", text="{{ contact.first_name }} sent a form, {{ contact.phone }}")])
    submit(contact)
    note = Note.objects.get()
    assert (note.text, note.by, note.contact) == (
        "Ada sent a form,",
        f"workflow:{Enrollment.objects.get().id}",
        contact,
    )
    assert log() == [("act", "done", "Empty: contact.phone.")]


def test_task_falls_to_the_contacts_owner(published, contact, account):
    owner = factories.member(account)
    Contact.objects.update(owner=owner)
    published([step("contact.add_task", title="Call {{ contact.name }}", due_in={"days": 1})])
    submit(contact)
    task = Task.objects.get()
    assert (task.title, task.due_at, task.owner) == ("Call Ada Lovelace", NOW + timedelta(days=1), owner)


def test_run_without_a_contact_skips_what_needs_one(published, account, contact):
    kinds = [
        step("contact.add_tag", "a", tag="VIP"),
        step("contact.add_note", "b", text="x"),
        step("contact.add_task", "c", title="x"),
        step("contact.update", "d", name="x"),
    ]
    published(kinds)
    submit(contact)
    one = Enrollment.objects.get()
    type(one).objects.update(contact=None, path=[0], status="active")
    engine.advance(enrollment_id=str(one.id), now=NOW)
    assert log()[4:] == [(name, "skipped", "There is no contact.") for name in "abcd"]


def test_repeated_tagging_by_workflows_in_a_circle_is_stopped(published, account, contact):
    """Each run takes the tag off and puts it on again, which starts the other."""
    again = [step("contact.remove_tag", "off", tag="VIP"), step("contact.add_tag", "on", tag="VIP")]
    for _ in range(2):
        published(again, [{"type": "contact.tag_added"}])
    factories.tag(contact, "VIP")
    run_pending(now=NOW)
    found = [one.status for one in Enrollment.objects.order_by("depth", "id")]
    assert found == ["done"] * 2 * (MAX_DEPTH + 1) + ["stopped"] * 2
    assert Tag.objects.count() == 1


def test_unknown_tag_id_fails_its_step(published, contact):
    tag = factories.tag(contact, "Old")
    published([step("contact.add_tag", tag=str(tag.id))])
    Tag.objects.all().delete()
    submit(contact)
    assert runs(Enrollment.objects.get()) == [("act", "failed")]


def test_publishing_refuses_ids_of_nobody(published, account):
    assert list(refused(published, step("contact.add_task", title="x", owner=str(uuid4())))) == ["steps.act.owner"]


def test_team_is_told_with_a_note_of_what_was_empty(published, contact, account):
    owner, looks_after = factories.owner(account), factories.member(account)
    for to in ("owners", "contact_owner"):
        params = {"subject": "{{ contact.phone }}", "body": "{{ contact.name }}", "to": to}
        published([step("notify.internal", **params)])
    submit(contact)
    Contact.objects.update(owner=looks_after)
    Enrollment.objects.all().delete()
    submit(contact)
    rows = Message.objects.filter(kind="workflow.notice").order_by("id").values_list("to", "subject")
    assert list(rows[:2]) == [(owner.email, "Internal notification")] * 2
    assert sorted(rows[2:]) == sorted(
        [(owner.email, "Internal notification"), (looks_after.email, "Internal notification")]
    )
    one = Enrollment.objects.first()
    assert (log(one), one.outputs["act"]) == ([("act", "done", "Empty: contact.phone.")], {"status": "sent"})
