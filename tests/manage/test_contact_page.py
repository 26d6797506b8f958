"""A contact's page: timeline, notes, tasks, owner, what it leads to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import CalendarAccess
from admitone.calls.models import MissedCall
from admitone.contacts import services
from admitone.contacts.models import Contact, Note, Task
from admitone.events import SYSTEM
from admitone.messaging.models import Message, OptOut
from admitone.pipelines.services import move
from admitone.workflows.models import Enrollment, StepRun, Workflow, WorkflowVersion

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}


@pytest.fixture
def web(account: Account, freeze: time_machine.Traveller) -> Client:
    client = Client()
    client.force_login(factories.owner(account, name="Olga Owner"))
    return client


@pytest.fixture
def ana(account: Account) -> Contact:
    return factories.contact(account, name="Ana Roth", email="ana@example.com", phone="+49301234567")


def url(contact: Contact, rest: str = "") -> str:
    return f"/app/north-clinic/contacts/{contact.id}/{rest}"


def told(web: Client, contact: Contact, query: str = "") -> list[str]:
    response = web.get(url(contact) + query)
    assert response.status_code == 200
    return [entry.text for entry in response.context["timeline"].entries]


def lived(account: Account, contact: Contact) -> None:
    """One of everything, a minute apart."""
    calendar = factories.calendar(account, name="Check-up")
    factories.booking(calendar, NOW + timedelta(days=1), email=contact.email)
    factories.link(calendar, contact=contact)
    stages = list(factories.pipeline(account).stages.all())
    deal = factories.opportunity(stages[0], contact=contact, name="Implant")
    move(account=account, opportunity_id=deal.id, stage_id=stages[1].id, **DO)
    factories.submission(factories.form(account, name="Intake"), email=contact.email)
    factories.tag(contact, "VIP")
    services.add_note(account=account, contact_id=contact.id, text="Prefers mornings", **DO)
    services.add_task(account=account, contact_id=contact.id, title="Ring back", **DO)
    MissedCall.objects.create(account=account, provider_id="c", contact=contact, outcome="busy", at=NOW)
    Message.objects.create(
        account=account, contact=contact, kind="reminder", key="k", to=contact.email, subject="See you", created_at=NOW
    )
    flow = Workflow.objects.create(account=account, name="Nudge", created_at=NOW, updated_at=NOW)
    version = WorkflowVersion.objects.create(workflow=flow, number=1, document={}, published_at=NOW)
    way = Enrollment.objects.create(
        account=account, workflow=flow, version=version, contact=contact, trigger="manual", created_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    StepRun.objects.create(enrollment=way, step="send", type="email.send", visit=1, started_at=NOW)


def test_timeline_tells_everything_in_words(web: Client, account: Account, ana: Contact) -> None:
    lived(account, ana)
    found = told(web, ana)
    assert sorted(found) == sorted(
        [
            "Booked Check-up for 3 Nov 2026, 10:00",
            "Implant reached New",
            "Implant reached Qualified",
            "Filled in Intake",
            "Tag VIP added",
            "Note",
            "Task: Ring back",
            "Missed call",
            "See you",
            "Entered Nudge",
            "Nudge: send",
        ]
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("appointments", ["Booked Check-up for 3 Nov 2026, 10:00"]),
        ("messages", ["Missed call", "See you"]),
        ("forms", ["Filled in Intake"]),
        ("notes", ["Note", "Task: Ring back"]),
        ("opportunities", ["Implant reached New", "Implant reached Qualified"]),
        ("workflows", ["Entered Nudge", "Nudge: send"]),
        ("changes", ["Tag VIP added"]),
        ("links", []),
    ],
)
def test_timeline_is_filtered(web: Client, account: Account, ana: Contact, kind: str, expected: list[str]) -> None:
    lived(account, ana)
    assert sorted(told(web, ana, f"?kind={kind}")) == expected


def test_timeline_is_paged_newest_first(web: Client, account: Account, ana: Contact) -> None:
    for n in reversed(range(30)):
        at = NOW - timedelta(hours=n)
        Message.objects.create(
            account=account, contact=ana, kind="x", key=str(uuid4()), to="a", subject=f"{n}", created_at=at
        )
    first, second = told(web, ana), told(web, ana, "?page=2")
    assert first + second == [str(n) for n in range(30)]
    assert told(web, ana, "?page=x&kind=x") == first
    assert told(web, ana, "?page=9999") == first


def test_what_happened_to_a_merged_contact_is_told_too(web: Client, account: Account, ana: Contact) -> None:
    other = factories.contact(account)
    factories.tag(other, "Old")
    services.merge(account=account, keep_id=ana.id, drop_id=other.id, **DO)
    assert sorted(told(web, ana)) == ["Another contact was merged into this one", "Note", "Tag Old added"]
    response = web.get(url(other))
    assert (response.status_code, response.url) == (302, url(ana))


@pytest.mark.parametrize("times", [1, 3])
def test_page_takes_the_same_statements_for_any_number_of_rows(
    web: Client, account: Account, ana: Contact, django_assert_num_queries: Any, times: int
) -> None:
    lived(account, ana)
    for n in range(times):
        factories.tag(ana)
        services.add_note(account=account, contact_id=ana.id, text="More", **DO)
        Message.objects.create(account=account, contact=ana, kind="x", key=f"m{n}", to="a", created_at=NOW)
    with django_assert_num_queries(35):
        web.get(url(ana))


def test_note_is_saved_and_an_empty_one_refused_where_it_was_typed(web: Client, ana: Contact) -> None:
    assert web.post(url(ana, "notes/"), {"text": "Shy"}).url == url(ana) + "#timeline"
    refused = web.post(url(ana, "notes/"), {"text": " "})
    assert (refused.status_code, Note.objects.get().text) == (422, "Shy")
    assert "Write something." in refused.content.decode()


def test_task_is_added_and_ticked_off(web: Client, account: Account, ana: Contact) -> None:
    owner = factories.member(account)
    web.post(url(ana, "tasks/"), {"title": "Ring", "due": "2026-11-06", "owner": str(owner.id)})
    task = Task.objects.get()
    assert (task.owner_id, task.due_at.isoformat()) == (owner.id, "2026-11-06T22:59:00+00:00")  # type: ignore[union-attr]
    web.post(url(ana, f"tasks/{task.id}/done/"))
    task.refresh_from_db()
    assert task.done_at == NOW


@pytest.mark.parametrize(
    ("wrong", "field"), [({"title": ""}, "title"), ({"due": "x"}, "due"), ({"owner": str(uuid4())}, "owner")]
)
def test_wrong_task_is_refused_and_what_was_typed_stays(
    web: Client, ana: Contact, wrong: dict[str, str], field: str
) -> None:
    response = web.post(url(ana, "tasks/"), {"title": "Ring", **wrong})
    assert (response.status_code, list(response.context["errors"]), Task.objects.count()) == (422, [field], 0)


def test_owner_is_assigned(web: Client, account: Account, ana: Contact) -> None:
    owner = factories.member(account)
    web.post(url(ana, "owner/"), {"owner": str(owner.id)})
    ana.refresh_from_db()
    assert ana.owner_id == owner.id
    web.post(url(ana, "owner/"), {"owner": ""})
    ana.refresh_from_db()
    assert ana.owner_id is None


def test_opt_outs_are_shown(web: Client, account: Account, ana: Contact) -> None:
    assert "Opted out" not in web.get(url(ana)).content.decode()
    OptOut.objects.create(account=account, channel="email", address="ana@example.com", source="by_hand", at=NOW)
    assert "Opted out of email" in web.get(url(ana)).content.decode()


def test_member_sees_no_forms_deals_or_workflows_but_may_write_notes(
    web: Client, account: Account, ana: Contact
) -> None:
    lived(account, ana)
    member, mine = factories.member(account), factories.calendar(account, name="Mine")
    CalendarAccess.objects.create(calendar=mine, user=member, level="view")
    factories.link(mine, contact=ana)
    web.force_login(member)
    assert sorted(told(web, ana)) == ["Note", "Tag VIP added", "Task: Ring back"]
    assert web.post(url(ana, "notes/"), {"text": "Shy"}).status_code == 302
    for rest in ("owner/", "erasure/", "merge/"):
        assert web.post(url(ana, rest)).status_code == 403
    assert web.get(url(ana, "data.json")).status_code == 403
