"""Versions side by side, an old one restored, and the test run's page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.manage.workflow_runs.conftest import DO, MAIL, WAIT, Make

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment, Workflow
from admitone.workflows.services import publish, save_draft

pytestmark = pytest.mark.django_db


def change(workflow: Workflow, *steps: dict[str, Any], **more: Any) -> None:
    document = {**workflow.draft, "steps": list(steps), **more}
    save_draft(account=workflow.account, workflow_id=workflow.id, document=document, **DO)


def test_published_and_draft_are_compared_unless_asked_otherwise(web: Client, make: Make, base: str):
    workflow = make(MAIL)
    page = f"{base}{workflow.id}/versions/"
    assert "No difference" in web.get(page).content.decode()
    change(workflow, WAIT, {**MAIL, "params": {"subject": "Good day", "body": "Dear {{ contact.name }}"}})
    html = web.get(page).content.decode()
    for words in ("Added", "Changed", "Hello</del>", "Good day</ins>", "Version 1"):
        assert words in html
    assert "No difference" in web.get(f"{page}?from=1&to=1").content.decode()
    assert "Removed" in web.get(f"{page}?from=draft&to=1").content.decode()
    assert web.get(f"{page}?from=9&to=x").status_code == 200


def test_ids_are_shown_by_name(web: Client, account: Account, make: Make, base: str):
    calendar = factories.calendar(account, name="Consultation")
    workflow = make(MAIL)
    change(workflow, {"name": "link", "type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}}, MAIL)
    assert "Consultation</ins>" in web.get(f"{base}{workflow.id}/versions/").content.decode()


def test_a_draft_has_no_versions_yet(web: Client, make: Make, base: str):
    assert "Not published yet" in web.get(f"{base}{make(MAIL, published=False).id}/versions/").content.decode()


def test_an_old_version_becomes_the_draft(web: Client, make: Make, base: str):
    workflow = make(MAIL)
    change(workflow, WAIT, MAIL)
    publish(account=workflow.account, workflow_id=workflow.id, **DO)
    web.post(f"{base}{workflow.id}/versions/1/restoration/")
    workflow.refresh_from_db()
    assert ([step["name"] for step in workflow.draft["steps"]], workflow.published_version) == (["mail"], 2)
    assert web.post(f"{base}{workflow.id}/versions/7/restoration/").status_code == 404


def test_the_page_shows_what_each_step_would_do_and_keeps_nothing(web: Client, make: Make, contact: Contact, base: str):
    workflow = make(WAIT, MAIL)
    page = f"{base}{workflow.id}/test/"
    assert "Ada Lovelace" in web.get(f"{page}?q=love").content.decode()
    html = web.post(page, {"contact": contact.id, "assume": "nothing"}).content.decode()
    for words in ("What would happen for Ada Lovelace", "Dear Ada Lovelace", "Would wait until", "Nothing was kept"):
        assert words in html
    assert (Message.objects.count(), Enrollment.objects.count()) == (0, 0)


def test_a_made_up_contact_is_taken_without_one(web: Client, make: Make, base: str):
    workflow = make(MAIL, published=False)
    assert "Dear Ada Sample" in web.post(f"{base}{workflow.id}/test/", {"assume": "nothing"}).content.decode()


def test_really_sending_needs_the_tick_and_goes_to_the_typed_address(
    web: Client, make: Make, contact: Contact, base: str
):
    workflow = make(MAIL)
    page, data = f"{base}{workflow.id}/test/", {"contact": contact.id, "assume": "nothing", "send_to": "me@example.com"}
    assert 'value="owner@example.com"' in web.get(page).content.decode()
    web.post(page, data)
    assert Message.objects.count() == 0
    html = web.post(page, {**data, "really": "on"}).content.decode()
    assert "1 mail is on its way to me@example.com" in html
    assert [(one.to, one.subject) for one in Message.objects.all()] == [("me@example.com", "[Test] Hello")]
    for wrong in ("", "nobody"):
        assert web.post(page, {**data, "really": "on", "send_to": wrong}).status_code == 422
    assert Message.objects.count() == 1


def test_a_contact_of_another_account_is_not_found(web: Client, make: Make, base: str):
    theirs = factories.contact(factories.account())
    workflow = make(MAIL)
    assert web.post(f"{base}{workflow.id}/test/", {"contact": theirs.id, "assume": "nothing"}).status_code == 404
