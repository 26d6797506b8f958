"""Settings go into the draft; pause, go on, delete and take it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from tests import factories
from tests.manage.workflow_runs.conftest import DO, MAIL, WAIT, Make, entered

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.workflows.models import Enrollment, Subscription, Workflow
from admitone.workflows.services.restoring import restore_workflow, stop_many

pytestmark = pytest.mark.django_db
FULL = {
    "name": "New name",
    "stop_on_booking": "on",
    "windowed": "on",
    "days": ["0", "2"],
    "start": "08:30",
    "end": "00:00",
    "timezone": "Europe/Vienna",
    "from_name": "Praxis",
    "reply_to": "desk@example.com",
}


def test_settings_are_kept_in_the_draft_and_do_not_touch_what_runs(web: Client, make: Make, base: str):
    workflow = make(MAIL)
    page = f"{base}{workflow.id}/settings/"
    assert web.post(page, FULL)["Location"] == page
    workflow.refresh_from_db()
    assert (workflow.name, workflow.draft["settings"]) == (
        "New name",
        {
            "reentry": False,
            "stop_on_booking": True,
            "stop_on_reply": False,
            "timezone": "Europe/Vienna",
            "sender": {"from_name": "Praxis", "reply_to": "desk@example.com"},
            "window": {"days": [0, 2], "start": "08:30", "end": "24:00"},
        },
    )
    assert workflow.settings == {}
    html = web.get(page).content.decode()
    assert "take effect when you publish" in html
    assert 'value="08:30"' in html
    assert "Unpublished changes" in html


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "id_name"),
        ({"reply_to": "nobody"}, "id_reply_to"),
        ({"days": []}, "id_days"),
        ({"start": ""}, "id_start"),
        ({"end": "07:00"}, "id_end"),
        ({"timezone": "Mars/Base"}, "id_timezone"),
        ({"days": ["9"]}, "id_days"),
    ],
)
def test_wrong_settings_are_told_at_their_field_and_what_was_typed_stays(
    web: Client, make: Make, base: str, change: dict[str, object], field: str
):
    workflow = make(MAIL)
    answer = web.post(f"{base}{workflow.id}/settings/", {**FULL, **change})
    html = answer.content.decode()
    assert (answer.status_code, f'href="#{field}' in html, "Praxis" in html) == (422, True, True)
    workflow.refresh_from_db()
    assert workflow.draft["settings"] == {}


def test_a_member_may_not_see_or_change_them(account: Account, make: Make, base: str):
    client = Client()
    client.force_login(factories.member(account))
    workflow = make(MAIL)
    for part in ("settings", "enrollments", "log", "versions", "test", "enroll"):
        assert client.get(f"{base}{workflow.id}/{part}/").status_code == 403


def test_pausing_and_going_on(web: Client, make: Make, base: str):
    workflow = make(MAIL)
    for part, status in (("pausing", "paused"), ("resumption", "published")):
        assert web.post(f"{base}{workflow.id}/{part}/").status_code == 302
        assert Workflow.objects.get().status == status
    draft = make(MAIL, published=False)
    assert web.post(f"{base}{draft.id}/pausing/", follow=True).status_code == 200


def test_deleting_asks_first_and_can_be_taken_back_for_30_days(
    web: Client, make: Make, contact: Contact, base: str, freeze: time_machine.Traveller
):
    workflow = make(WAIT, MAIL)
    one = entered(workflow, contact)
    page = f"{base}{workflow.id}/removal/"
    assert "1 contact inside is let go at once" in web.get(page).content.decode()
    assert web.post(page)["Location"] == page
    one.refresh_from_db()
    assert (one.status, Subscription.objects.count()) == ("stopped", 0)
    assert "can be restored until" in web.get(page).content.decode()
    assert f"{workflow.id}/restoration/" in web.get(f"{base}deleted/").content.decode()
    assert f"{base}deleted/" in web.get(base).content.decode()
    web.post(f"{base}{workflow.id}/restoration/")
    assert "Nothing is deleted" in web.get(f"{base}deleted/").content.decode()
    workflow.refresh_from_db()
    one.refresh_from_db()
    found = (workflow.deleted_at, workflow.status, Subscription.objects.count(), one.status)
    assert found == (None, "paused", 1, "stopped")


def test_after_30_days_it_cannot_be_taken_back(web: Client, make: Make, base: str, freeze: time_machine.Traveller):
    workflow = make(MAIL)
    web.post(f"{base}{workflow.id}/removal/")
    with pytest.raises(Problem):
        late = {**DO, "now": DO["now"] + timedelta(days=30, seconds=1)}
        restore_workflow(account=workflow.account, workflow_id=workflow.id, **late)


def test_many_are_stopped_and_those_that_are_over_stay_as_they_are(account: Account, make: Make):
    workflow = make(WAIT)
    people = [entered(workflow, factories.contact(account)) for _n in range(3)]
    Enrollment.objects.filter(pk=people[0].pk).update(status="done")
    ids = [people[0].id, people[1].id, "x"]
    assert stop_many(account=account, workflow_id=workflow.id, ids=ids, **DO) == 1
    assert stop_many(account=account, workflow_id=workflow.id, **DO) == 1
    assert sorted(Enrollment.objects.values_list("status", flat=True)) == ["done", "stopped", "stopped"]
