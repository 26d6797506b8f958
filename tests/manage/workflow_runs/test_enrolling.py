"""Enroll by hand: one, many after a count, those chosen elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests import factories
from tests.manage.workflow_runs.conftest import DO, MAIL, NOW, WAIT, Make, entered

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.jobs import run_pending
from admitone.workflows.models import BulkEnrollment, Enrollment
from admitone.workflows.services import pause

pytestmark = pytest.mark.django_db
MANY = {"kind": "all", "fresh": "on"}


def test_one_contact_enters(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(WAIT)
    page = f"{base}{workflow.id}/enroll/"
    assert "Ada Lovelace" in web.get(page).content.decode()
    answer = web.post(page, {"one": "1", "contact": contact.id})
    one = Enrollment.objects.get()
    assert (one.contact_id, answer["Location"]) == (contact.id, f"{base}{workflow.id}/enrollments/{one.id}/")
    assert "Choose a contact." in web.post(page, {"one": "1"}).content.decode()


def test_one_who_may_not_enter_again_is_told(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(WAIT, reentry=False)
    entered(workflow, contact)
    answer = web.post(f"{base}{workflow.id}/enroll/", {"one": "1", "contact": contact.id})
    assert (answer.status_code, "allows no re-entry" in answer.content.decode()) == (422, True)


def test_many_are_counted_before_they_enter(web: Client, account: Account, make: Make, contact: Contact, base: str):
    factories.contact(account)
    workflow = make(WAIT)
    page = f"{base}{workflow.id}/enroll/"
    assert "2 contacts would enter" in web.post(page, MANY).content.decode()
    assert BulkEnrollment.objects.count() == 0
    answer = web.post(page, {**MANY, "confirmed": "1"})
    bulk = BulkEnrollment.objects.get()
    assert answer["Location"] == f"{base}{workflow.id}/enroll/{bulk.id}/"
    html = web.get(answer["Location"]).content.decode()
    assert 'max="2" value="0"' in html
    progress = web.get(f"{answer['Location']}progress/", headers={"hx-request": "true"})
    assert ("HX-Refresh" in progress, "hx-get" in progress.content.decode()) == (False, True)
    run_pending(now=NOW)
    progress = web.get(f"{answer['Location']}progress/", headers={"hx-request": "true"})
    assert (progress["HX-Refresh"], 'value="2"' in progress.content.decode()) == ("true", True)
    assert "0 contacts would enter" in web.post(page, MANY).content.decode()


def test_a_tag_or_a_search_narrows_it_and_neither_is_refused(
    web: Client, account: Account, make: Make, contact: Contact, base: str
):
    factories.contact(account)
    tag, page = factories.tag(contact), f"{base}{make(WAIT).id}/enroll/"
    for more in ({"tag": str(tag.id)}, {"search": "lovelace"}):
        assert "1 contact would enter" in web.post(page, {"kind": "filter", **more}).content.decode()
    for wrong in ({"kind": "filter"}, {"kind": "x"}, {"kind": "filter", "tag": "x"}, {}):
        assert web.post(page, wrong).status_code in (422, 200)
    assert web.post(page, {"kind": "filter"}).status_code == 422


def test_what_does_not_run_cannot_be_entered(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(WAIT)
    pause(account=workflow.account, workflow_id=workflow.id, **DO)
    page = f"{base}{workflow.id}/enroll/"
    assert "The workflow is paused" in web.get(page).content.decode()
    assert web.post(page, {**MANY, "confirmed": "1"}).status_code == 422
    assert web.post(page, {"one": "1", "contact": contact.id}).status_code == 422


def test_many_can_be_stopped_and_continued(web: Client, account: Account, make: Make, base: str):
    for _n in range(3):
        factories.contact(account)
    workflow = make(MAIL)
    where = web.post(f"{base}{workflow.id}/enroll/", {**MANY, "confirmed": "1"})["Location"]
    web.post(f"{where}stop/")
    run_pending(now=NOW)
    assert Enrollment.objects.count() == 0
    assert "Continue with the rest" in web.get(where).content.decode()
    web.post(f"{where}continuation/")
    run_pending(now=NOW + timedelta(seconds=2))
    assert (Enrollment.objects.count(), BulkEnrollment.objects.get().status) == (3, "done")
    assert web.post(f"{where}continuation/", follow=True).status_code == 200


def test_contacts_chosen_elsewhere_enter_a_workflow_chosen_here(
    web: Client, account: Account, make: Make, contact: Contact, base: str
):
    workflow, other = make(WAIT), factories.contact(account)
    page = f"{base}add/"
    assert "No contact is chosen" in web.get(page).content.decode()
    assert "Ada Lovelace" in web.get(f"{page}?ids={contact.id}").content.decode()
    web.post(page, {"ids": [contact.id], "workflow": workflow.id})
    assert Enrollment.objects.get().contact_id == contact.id
    answer = web.post(page, {"ids": [contact.id, other.id], "workflow": workflow.id, "fresh": "on"})
    assert f"/enroll/{BulkEnrollment.objects.get().id}/" in answer["Location"]
    run_pending(now=NOW)
    assert Enrollment.objects.count() == 2
    assert web.post(page, {"ids": [contact.id], "workflow": "x"}).status_code == 422


def test_foreign_contacts_are_left_out(web: Client, make: Make, base: str):
    theirs, workflow = factories.contact(factories.account()), make(WAIT)
    web.post(f"{base}add/", {"ids": [theirs.id], "workflow": workflow.id})
    assert Enrollment.objects.count() == 0
    assert web.post(f"{base}{workflow.id}/enroll/", {"one": "1", "contact": theirs.id}).status_code == 404
