"""Enrollment history, one enrollment, and the execution log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories
from tests.manage.workflow_runs.conftest import DO, MAIL, NOW, WAIT, Make, entered

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.jobs import run_pending
from admitone.workflows.models import Enrollment, StepRun

pytestmark = pytest.mark.django_db
REFUSED = {"name": "mail", "type": "email.send", "params": {"subject": "Hello", "body": "Dear {{ contact.phone }}"}}


def page(web: Client, url: str) -> str:
    answer = web.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nobody_yet_leads_to_enrolling(web: Client, make: Make, base: str):
    workflow = make(MAIL)
    assert "Nobody has entered yet" in page(web, f"{base}{workflow.id}/enrollments/")
    assert "Nothing has run yet" in page(web, f"{base}{workflow.id}/log/")


def test_the_list_tells_contact_reason_step_status_and_next_run(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(WAIT, MAIL)
    entered(workflow, contact)
    run_pending(now=NOW)
    html = page(web, f"{base}{workflow.id}/enrollments/")
    for words in ("Ada Lovelace", "Waiting", "<bdi>Wait</bdi>", "3 Nov 2026"):
        assert words in html
    assert "Nothing matches" in page(web, f"{base}{workflow.id}/enrollments/?status=failed")
    assert "Ada Lovelace" in page(web, f"{base}{workflow.id}/enrollments/?status=waiting&q=lovel")
    assert "Nothing matches" in page(web, f"{base}{workflow.id}/enrollments/?q=nobody%00")


def test_one_shows_the_way_the_message_and_its_delivery(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(MAIL, WAIT)
    one = entered(workflow, contact)
    run_pending(now=NOW)
    html = page(web, f"{base}{workflow.id}/enrollments/{one.id}/")
    run = StepRun.objects.get(step="mail")
    for words in (
        "Send Email",
        "As it was sent",
        f"/messages/{run.message_id}/preview/",
        "Not delivered",
        "steps.mail.status",
    ):
        assert words in html
    assert "sandbox" in html


def test_a_failed_step_is_shown_with_its_words_and_can_be_retried(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(REFUSED)
    one = entered(workflow, contact)
    run_pending(now=NOW)
    for url in (f"{base}{workflow.id}/log/", f"{base}{workflow.id}/enrollments/{one.id}/"):
        html = page(web, url)
        assert "Not sent: contact.phone is empty." in html
        assert "Retry" in html
    contact.phone = "+493012345678"
    contact.save()
    back = web.post(f"{base}{workflow.id}/enrollments/{one.id}/retry/", {"back": "log"})
    assert back["Location"] == f"{base}{workflow.id}/log/"
    run_pending(now=NOW)
    one.refresh_from_db()
    assert one.status == "done"
    assert "Retry" not in page(web, f"{base}{workflow.id}/log/")
    again = web.post(f"{base}{workflow.id}/enrollments/{one.id}/retry/", follow=True)
    assert "Only a failed step can be tried again" in again.content.decode()


def test_stopping_one_leaves_no_step_that_seems_to_wait(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(WAIT, MAIL)
    one = entered(workflow, contact)
    run_pending(now=NOW)
    web.post(f"{base}{workflow.id}/enrollments/{one.id}/stop/")
    one.refresh_from_db()
    html = page(web, f"{base}{workflow.id}/enrollments/{one.id}/")
    assert (one.status, "Waiting" in html, "Stopped" in html) == ("stopped", False, True)


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ({"ids": ["0"]}, 2),
        ({"one": "1"}, 2),
        ({"all_matching": "1"}, 0),
        ({"all_matching": "1", "q": "Ada"}, 2),
        ({"all_matching": "1", "status": "waiting"}, 0),
        ({"all_matching": "1", "status": "failed"}, 3),
        ({}, 3),
    ],
)
def test_ticked_ones_one_or_all_that_match_are_stopped(
    web: Client, account: Account, make: Make, contact: Contact, base: str, sent: dict[str, object], left: int
):
    workflow = make(WAIT, MAIL)
    people = [entered(workflow, who) for who in (contact, factories.contact(account), factories.contact(account))]
    run_pending(now=NOW)
    ids = [str(one.id) for one in people]
    data = {key: [ids[int(n)] for n in value] if key == "ids" else value for key, value in sent.items()}
    data |= {"one": ids[1]} if "one" in sent else {}
    web.post(f"{base}{workflow.id}/enrollments/stop/", data)
    assert Enrollment.objects.filter(status="waiting").count() == left


def test_the_log_is_filtered_by_step_status_and_contact(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(MAIL, WAIT)
    entered(workflow, contact)
    run_pending(now=NOW)
    for query, found in (
        ("", 2),
        ("step=mail", 1),
        ("status=waiting", 1),
        ("q=lovelace", 2),
        ("q=zzz", 0),
        ("step=x", 2),
    ):
        html = page(web, f"{base}{workflow.id}/log/?{query}")
        assert html.count('class="run-title"') == found


def test_an_enrollment_of_another_workflow_is_not_found(web: Client, make: Make, contact: Contact, base: str):
    one = entered(make(WAIT), contact)
    other = make(WAIT)
    assert web.get(f"{base}{other.id}/enrollments/{one.id}/").status_code == 404


def test_a_long_history_costs_the_same_number_of_statements(
    web: Client, account: Account, make: Make, base: str, django_assert_max_num_queries
):
    workflow = make(MAIL, WAIT)
    for _n in range(12):
        entered(workflow, factories.contact(account))
    run_pending(now=NOW)
    web.get(f"{base}{workflow.id}/log/")
    for part in ("log", "enrollments"):
        with django_assert_max_num_queries(20):
            web.get(f"{base}{workflow.id}/{part}/")


def test_waits_that_are_over_are_told_with_their_end(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(WAIT, MAIL)
    one = entered(workflow, contact)
    run_pending(now=NOW)
    run_pending(now=NOW + timedelta(days=1))
    html = page(web, f"{base}{workflow.id}/enrollments/{one.id}/")
    assert ("Until" in html, html.count("Done") >= 2) == (False, True)
    assert DO["now"] == NOW
