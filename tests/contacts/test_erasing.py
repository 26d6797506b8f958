"""The right to be forgotten: nothing of the person is found in any table, and a restored backup forgets again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests import factories

from admitone.calls.models import MissedCall
from admitone.contacts import erasing
from admitone.contacts.erasing import erase
from admitone.contacts.merging import merge
from admitone.contacts.models import Contact, ContactImport, ImportRow, Note, Task
from admitone.contacts.services import set_custom
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.links.models import Batch, BatchRow, LinkRequest, OneTimeLink
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.webhooks.models import Delivery, Endpoint
from admitone.workflows.models import Enrollment, StepRun, Workflow, WorkflowVersion

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
SECRETS = ("zebedee", "493012345")


@pytest.fixture
def account() -> Any:
    return factories.account()


def everything_about(account: Any) -> Contact:
    """A row of every kind; the person's name, address and words all say Zebedee."""
    calendar = factories.calendar(account)
    booking = factories.booking(
        calendar,
        NOW + timedelta(days=1),
        name="Zebedee",
        email="Zebedee@example.com",
        phone="+4930123456",
        note="zebedee",
    )
    contact = booking.contact
    Contact.objects.filter(id=contact.id).update(phone="+4930123456")
    factories.custom_field(account, label="Pet")
    set_custom(account=account, contact_id=contact.id, values={"pet": "Zebedee's cat"}, **DO)
    link = factories.link(calendar, contact=contact, label="for Zebedee", note="Hi Zebedee", metadata={"x": "zebedee"})
    LinkRequest.objects.create(account=account, link=link, name="Zebedee", email="zebedee@example.com", created_at=NOW)
    batch = Batch.objects.create(account=account, calendar=calendar, kind="contacts", total=1, created_at=NOW)
    BatchRow.objects.create(batch=batch, n=1, contact={"email": "ZEBEDEE@example.com"}, state="failed")
    message = {"account": account, "created_at": NOW, "kind": "x", "subject": "Zebedee", "text": "Dear Zebedee"}
    Message.objects.create(contact=contact, key="a", to="zebedee@example.com", status="queued", **message)
    Message.objects.create(booking_id=booking.id, key="b", to="host@example.com", status="sent", **message)
    factories.submission(factories.form(account), email="zebedee@example.com", first_name="Zebedee")
    factories.opportunity(factories.pipeline(account).stages.all()[0], contact=contact, name="Zebedee's deal")
    MissedCall.objects.create(
        account=account, provider_id="c", contact=contact, caller="+4930123456", outcome="busy", at=NOW
    )
    Note.objects.create(account=account, contact=contact, text="Zebedee is shy", created_at=NOW)
    Task.objects.create(account=account, contact=contact, title="Ring Zebedee", created_at=NOW)
    staged = ContactImport.objects.create(account=account, created_at=NOW)
    ImportRow.objects.create(batch=staged, number=1, cells=["Zebedee"], contact=contact)
    flow = Workflow.objects.create(account=account, name="W", created_at=NOW, updated_at=NOW)
    version = WorkflowVersion.objects.create(workflow=flow, number=1, document={}, published_at=NOW)
    way = Enrollment.objects.create(
        account=account, workflow=flow, version=version, contact=contact, trigger="manual", status="waiting", path=[0],
        outputs={"a": {"to": "zebedee"}}, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    StepRun.objects.create(enrollment=way, step="a", type="x", visit=1, outcome={"to": "zebedee"}, started_at=NOW)
    hook = Endpoint.objects.create(account=account, url="https://x.example", created_at=NOW, updated_at=NOW)
    told = Event.objects.filter(subject_id=booking.id).first()
    assert told
    Delivery.objects.create(
        account=account, endpoint=hook, event_id=told.id, kind=told.kind, body='{"n": "Zebedee"}', created_at=NOW
    )
    return contact


def traces() -> list[str]:
    """Tables in which the person can still be found."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall()).lower()
            found += [table for secret in SECRETS if secret in text]
    return sorted(set(found))


def test_nothing_personal_is_left_in_any_table(account: Any) -> None:
    contact = everything_about(account)
    assert len(traces()) >= 13
    erase(account=account, contact_id=contact.id, cancel_appointments=True, **DO)
    assert traces() == []


def test_ids_and_events_stay_and_what_was_going_on_ends(account: Any) -> None:
    contact = everything_about(account)
    erase(account=account, contact_id=contact.id, cancel_appointments=True, **DO)
    contact.refresh_from_db()
    assert (contact.erased_at, contact.merged_into) == (NOW, None)
    assert contact.bookings.get().status == "cancelled"
    assert OneTimeLink.objects.get(contact=contact).deleted_at == NOW
    assert Enrollment.objects.get().status == "stopped"
    assert sorted(Message.objects.values_list("status", flat=True)) == ["failed", "sent"]
    assert Event.objects.get(kind="contact.erased").facts == {"contact": str(contact.id)}


def test_upcoming_appointments_have_to_be_cancelled(account: Any) -> None:
    booking = factories.booking(factories.calendar(account), NOW + timedelta(days=1))
    with pytest.raises(Problem) as caught:
        erase(account=account, contact_id=booking.contact_id, **DO)
    assert caught.value.code == "appointments_ahead"
    later = {"actor": SYSTEM, "now": NOW + timedelta(days=2)}
    assert erase(account=account, contact_id=booking.contact_id, **later).erased_at


def test_others_keep_their_data(account: Any) -> None:
    contact = everything_about(account)
    other = factories.booking(factories.calendar(account), name="Other", note="Stay")
    erase(account=account, contact_id=contact.id, cancel_appointments=True, **DO)
    other.refresh_from_db()
    assert (other.name, other.note, other.contact.erased_at) == ("Other", "Stay", None)


@pytest.fixture
def empty_list() -> Any:
    erasing.list_path().unlink(missing_ok=True)
    yield
    erasing.list_path().unlink(missing_ok=True)


def test_list_holds_the_erased_and_whoever_was_merged_into_them(
    account: Any, empty_list: None, django_capture_on_commit_callbacks: Any
) -> None:
    keep, drop = factories.contact(account), factories.contact(account)
    merge(account=account, keep_id=keep.id, drop_id=drop.id, **DO)
    with django_capture_on_commit_callbacks(execute=True):
        erase(account=account, contact_id=keep.id, **DO)
    assert list(erasing.remembered()) == [(account.id, keep.id), (account.id, drop.id)]
    assert erasing.list_path().stat().st_mode & 0o777 == 0o600


def test_replay_erases_whoever_is_back(account: Any, empty_list: None) -> None:
    back = factories.booking(factories.calendar(account), NOW + timedelta(days=1)).contact
    erasing.keep_in_mind(account.id, [back.id, account.id], NOW)
    with erasing.list_path().open("a") as file:
        file.write("not json\n{}\n")
    assert erasing.replay(list(erasing.remembered()), now=NOW) == 1
    assert erasing.replay(list(erasing.remembered()), now=NOW) == 0
    back.refresh_from_db()
    assert back.erased_at == NOW
