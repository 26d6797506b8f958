"""A mail never carries a link that cannot be booked; what happens instead is a setting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import factories
from tests.workflows.conftest import NOW, email, runs, submit

from admitone.accounts.addresses import one_time_url
from admitone.calendars.services import set_active
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import revoke
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment
from admitone.workflows.services import retry_step

pytestmark = pytest.mark.django_db
PAUSE = {"name": "pause", "type": "wait.for", "params": {"days": 1}}
LATER = NOW + timedelta(days=1)


def delete_link() -> OneTimeLink:
    link = OneTimeLink.objects.get()
    return revoke(account=link.account, link_id=link.id, actor=SYSTEM, now=NOW)


def use_link() -> OneTimeLink:
    OneTimeLink.objects.update(uses=1, used_at=NOW)
    return OneTimeLink.objects.get()


@pytest.mark.parametrize(
    ("setting", "spoil", "outcome", "links", "mails"),
    [
        ("auto", delete_link, "done", 2, 1),
        ("auto", use_link, "skipped", 1, 0),
        ("new", use_link, "done", 2, 1),
        ("skip", delete_link, "skipped", 1, 0),
        ("stop", delete_link, "done", 1, 0),
    ],
)
def test_dead_link_is_replaced_or_the_mail_is_not_sent(
    published, generate, contact, setting, spoil, outcome, links, mails
):
    published([generate, PAUSE, email(dead_link=setting)])
    submit(contact)
    old = spoil()
    run_pending(now=LATER)
    enrollment = Enrollment.objects.get()
    assert runs(enrollment)[-1] == ("email", outcome)
    assert OneTimeLink.objects.count() == links
    texts = list(Message.objects.values_list("text", flat=True))
    newest = OneTimeLink.objects.exclude(id=old.id).first()
    assert texts == ([f"Book: {one_time_url(newest.id)}\n"] if mails and newest else [])
    if newest:
        assert (newest.replaces_id, newest.contact_id) == (old.id, contact.id)
    if setting == "stop":
        assert (enrollment.status, enrollment.reason) == ("stopped", "Stopped: the link is deleted.")


def test_paused_calendar_holds_the_mail_until_it_is_retried(published, generate, contact, calendar, account):
    published([generate, PAUSE, email()])
    submit(contact)
    set_active(account=account, calendar_id=calendar.id, active=False, actor=SYSTEM, now=NOW)
    run_pending(now=LATER)
    one = Enrollment.objects.get()
    assert one.status == "failed"
    assert Message.objects.filter(kind="workflow").count() == 0
    set_active(account=account, calendar_id=calendar.id, active=True, actor=SYSTEM, now=LATER)
    retry_step(account=account, enrollment_id=one.id, actor=SYSTEM, now=LATER)
    run_pending(now=LATER)
    assert Message.objects.filter(kind="workflow").count() == 1
    assert runs(one)[-2:] == [("email", "failed"), ("email", "done")]


def test_relative_expiry_counts_from_the_first_mail(published, generate, contact):
    generate["params"]["expires_in"] = {"days": 3}
    published([generate, PAUSE, email(), {**PAUSE, "name": "more"}, email("nudge")])
    submit(contact)
    assert OneTimeLink.objects.get().expires_at == NOW + timedelta(days=3)
    run_pending(now=LATER)
    assert OneTimeLink.objects.get().expires_at == LATER + timedelta(days=3)
    run_pending(now=LATER + timedelta(days=1))
    assert OneTimeLink.objects.get().expires_at == LATER + timedelta(days=3)
    assert Message.objects.filter(kind="workflow").count() == 2


def test_same_step_again_gives_the_same_link_while_it_can_be_booked(published, generate, contact):
    again = {"name": "again", "type": "goto", "params": {"step": "booking_link"}}
    published([generate, email(), PAUSE, again])
    submit(contact)
    run_pending(now=LATER)
    assert OneTimeLink.objects.count() == 1
    assert Message.objects.count() == 2
    delete_link()
    run_pending(now=LATER + timedelta(days=1))
    assert OneTimeLink.objects.count() == 2


def test_earlier_unused_link_of_the_contact_is_deleted_where_set(published, generate, contact):
    generate["params"]["delete_earlier"] = True
    published([generate, email()])
    submit(contact)
    first = OneTimeLink.objects.get()
    submit(contact)
    assert {link.deleted_at is None for link in OneTimeLink.objects.filter(id=first.id)} == {False}
    assert OneTimeLink.objects.filter(deleted_at=None).count() == 1


def test_terms_of_the_step_become_the_links(published, generate, contact):
    generate["params"] |= {
        "expires_at": "2026-12-01T09:00:00Z",
        "contact_policy": "verify",
        "max_uses": 2,
        "label": "For {{ contact.first_name }}",
        "note": "Hello {{ contact.name }}",
        "offered": [{"start": "2026-11-09T09:00:00Z", "end": "2026-11-09T10:00:00Z"}],
        "metadata": {"deal": 7},
    }
    published([generate])
    submit(contact)
    link = OneTimeLink.objects.get()
    assert (link.contact_policy, link.max_uses, link.label, link.note) == (
        "verify",
        2,
        "For Ada",
        "Hello Ada Lovelace",
    )
    assert (link.metadata, len(link.offered)) == ({"deal": 7}, 1)
    assert Enrollment.objects.get().outputs["booking_link"]["expires_at"] == "2026-12-01T09:00:00Z"


def test_revoked_link_of_the_run_is_gone(published, generate, contact):
    published([generate, {"name": "gone", "type": "one_time_link.revoke"}])
    submit(contact)
    assert OneTimeLink.objects.get().deleted_at == NOW


def test_team_is_told_once_a_day_that_a_step_fails(published, account):
    factories.owner(account, email="boss@example.com")
    published([email(body="Dear {{ contact.name }}")])
    for _ in range(2):
        submit(factories.contact(account, name=""))
    mails = Message.objects.filter(kind="workflow.failed")
    assert list(mails.values_list("to", flat=True)) == ["boss@example.com"]
    assert "contact.name is empty" in mails.get().text


def test_notice_goes_to_the_team(published, account, contact):
    factories.owner(account, email="boss@example.com")
    params = {"subject": "Lead: {{ contact.name }}", "body": "{{ contact.email }}"}
    published([{"name": "tell", "type": "notify.internal", "params": params}])
    submit(contact)
    message = Message.objects.get()
    assert (message.to, message.subject, message.text) == (
        "boss@example.com",
        "Lead: Ada Lovelace",
        "ada@example.com\n",
    )
