"""Form submitted -> one-time link -> email: every contact who enters gets a link of their own."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from tests import factories
from tests.messaging.conftest import use_server
from tests.workflows.conftest import NOW, email, happens, runs, submit

from admitone.accounts.addresses import one_time_url
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.messaging.models import Message
from admitone.pipelines.models import Stage
from admitone.workflows.models import Enrollment

pytestmark = pytest.mark.django_db


def test_submitted_form_mails_a_link_of_its_own(published, generate, contact):
    published([generate, email()])
    submit(contact)
    link, message, enrollment = OneTimeLink.objects.get(), Message.objects.get(), Enrollment.objects.get()
    assert (link.contact_id, link.source_kind, link.uses) == (contact.id, "workflow", 0)
    assert message.to == "ada@example.com"
    assert message.text == f"Book: {one_time_url(link.id)}\n"
    assert message.status == "outbox"
    assert (message.contact_id, message.link_id) == (contact.id, link.id)
    assert enrollment.status == "done"
    assert runs(enrollment) == [("booking_link", "done"), ("email", "done")]


def test_mail_arrives_with_a_link_that_books_and_moves_the_run_on(published, generate, contact, account, smtp_server):
    use_server(account, smtp_server)
    waiting = {
        "name": "booked",
        "type": "wait.for_event",
        "params": {"event": "one_time_link.used", "timeout": {"days": 2}},
        "branches": [{"name": "happened", "steps": [email("thanks", body="See you {{ appointment.start }}")]}],
    }
    published([generate, email(), waiting])
    submit(contact)
    token = re.search(r"http://testserver/o/(\S+)", smtp_server.messages[0].text()).group(1)
    start = int((NOW + timedelta(days=1)).timestamp()) // 60
    guest = {"name": "Ada Lovelace", "email": "ada@example.com", "timezone": "Europe/Berlin"}
    redeem(token=token, start=start, guest=guest, now=NOW)
    run_pending(now=NOW)
    assert Enrollment.objects.get().status == "done"
    assert "See you Tue, 3 Nov 2026, 10:00" in [mail.text().strip() for mail in smtp_server.messages]


def test_latest_link_of_the_run_is_merged_by_its_noun(published, generate, contact):
    published([generate, email(body="Hello {{ contact.first_name }}: {{ one_time_link.url }}")])
    submit(contact)
    assert Message.objects.get().text == f"Hello Ada: {one_time_url(OneTimeLink.objects.get().id)}\n"


def test_every_submission_gets_another_link(published, generate, contact):
    published([generate, email()])
    submit(contact)
    submit(contact)
    assert OneTimeLink.objects.count() == 2
    assert len(set(Message.objects.values_list("text", flat=True))) == 2


def test_only_the_chosen_form_starts_the_workflow(published, generate, contact, account):
    form = factories.form(account).id
    published([generate, email()], [{"type": "form.submitted", "filters": {"forms": [str(form)]}}])
    submit(contact)
    assert Enrollment.objects.count() == 0
    submit(contact, form)
    assert Enrollment.objects.count() == 1


def test_other_account_is_not_started(published, generate, contact):
    published([generate, email()])
    submit(factories.contact(factories.account()))
    assert Enrollment.objects.count() == 0


def test_stage_reached_starts_the_workflow_for_its_contact(published, generate, contact, account):
    pipeline = factories.pipeline(account).id
    stage = Stage.objects.filter(pipeline=pipeline)[1].id
    filters = {"pipeline": str(pipeline), "stages": [str(stage)]}
    published([generate, email()], [{"type": "opportunity.stage_changed", "filters": filters}])
    for reached in (uuid4(), stage):
        facts = {"contact": contact.id, "pipeline": pipeline, "stage": reached, "from_stage": None}
        happens(account, "opportunity.stage_changed", "opportunity", opportunity=uuid4(), **facts)
    run_pending(now=NOW)
    assert Enrollment.objects.get().contact == contact


def test_contact_without_address_is_skipped_not_failed(published, generate, account):
    published([generate, email()])
    submit(factories.contact(account, email="", email_key=None, phone="+493012345678"))
    enrollment = Enrollment.objects.get()
    assert enrollment.status == "done"
    assert runs(enrollment) == [("booking_link", "done"), ("email", "skipped")]
    assert enrollment.runs.get(step="email").error == "no email"
    assert Message.objects.count() == 0


def test_empty_value_is_held_and_never_sent_blank(published, generate, account):
    published([email(body="Dear {{ contact.first_name }}")])
    submit(factories.contact(account, name=""))
    enrollment = Enrollment.objects.get()
    assert enrollment.status == "failed"
    assert enrollment.reason == "Not sent: contact.first_name is empty."
    assert Message.objects.filter(kind="workflow").count() == 0


def test_empty_value_with_a_fallback_is_sent(published, account):
    published([email(body='Dear {{ contact.first_name | default: "friend" }}')])
    submit(factories.contact(account, name=""))
    assert Message.objects.get().text == "Dear friend\n"


def test_event_dispatched_twice_enrolls_once(published, generate, contact):
    from admitone.workflows.entering import enter

    published([generate, email()])
    event = submit(contact)
    enter(event, NOW)
    run_pending(now=NOW)
    assert Enrollment.objects.count() == 1
    assert Message.objects.count() == 1
