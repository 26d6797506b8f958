"""Filters of triggers: who enters, and ids that publication refuses."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests import factories
from tests.workflows.conftest import NOW, happens

from admitone.contacts.services import add_tag, remove_tag
from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.logic.errors import Problem
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment

pytestmark = pytest.mark.django_db
PAUSE = [{"name": "pause", "type": "wait.for", "params": {"days": 1}}]


def on(kind: str, **filters) -> list[dict]:
    return [{"type": kind, "filters": filters}]


def entered() -> list:
    run_pending(now=NOW)
    return list(Enrollment.objects.order_by("id").values_list("contact_id", flat=True))


def test_chosen_tag_starts_and_another_does_not(published, account, contact):
    vip, other = factories.tag(factories.contact(account), "VIP"), factories.contact(account)
    run_pending(now=NOW)
    published(PAUSE, on("contact.tag_added", tags=[str(vip.id)]))
    add_tag(account=account, contact_id=other.id, tag="Other", actor=SYSTEM, now=NOW)
    add_tag(account=account, contact_id=contact.id, tag="vip", actor=SYSTEM, now=NOW)
    add_tag(account=account, contact_id=contact.id, tag="vip", actor=SYSTEM, now=NOW)
    assert entered() == [contact.id]


def test_tag_taken_off_starts(published, account, contact):
    tag = factories.tag(contact)
    published(PAUSE, on("contact.tag_removed", tags=[str(tag.id)]))
    remove_tag(account=account, contact_id=contact.id, tag=tag.id, actor=SYSTEM, now=NOW)
    assert entered() == [contact.id]


def reply(contact, text: str, channel: str = "sms") -> None:
    message = Message.objects.create(
        account=contact.account,
        contact=contact,
        channel=channel,
        direction="in",
        status="received",
        kind="reply",
        key=str(uuid4()),
        to="+493099999999",
        text=text,
        created_at=NOW,
    )
    facts = {"message": message.id, "contact": contact.id, "channel": channel}
    happens(contact.account, "message.received", "message", subject_id=message.id, **facts)


@pytest.mark.parametrize(
    ("filters", "starts"),
    [
        ({}, True),
        ({"channels": ["sms"]}, True),
        ({"channels": ["email"]}, False),
        ({"contains": "price, BOOK"}, True),
        ({"contains": "price"}, False),
        ({"contains": " , "}, True),
    ],
)
def test_reply_starts_by_channel_and_words(published, contact, filters, starts):
    published(PAUSE, on("customer.replied", **filters))
    reply(contact, "I want to book!")
    assert entered() == ([contact.id] if starts else [])


@pytest.mark.parametrize(("statuses", "starts"), [([], True), (["bounced"], True), (["delivered"], False)])
def test_refused_message_starts_by_what_happened(published, contact, statuses, starts):
    published(PAUSE, on("message.status", statuses=statuses))
    facts = {"message": uuid4(), "contact": contact.id, "channel": "email"}
    happens(contact.account, "message.bounced", "message", **facts)
    assert entered() == ([contact.id] if starts else [])


def test_booking_that_needs_no_approval_is_confirmed_at_once(published, calendar):
    published(PAUSE, on("booking.confirmed", calendars=[str(calendar.id)]))
    booking = factories.booking(calendar)
    assert entered() == [booking.contact_id]


@pytest.mark.parametrize(("where", "starts"), [("here", True), ("elsewhere", False), ("form", False)])
def test_guest_ruled_out_starts_by_calendar(published, contact, calendar, where, starts):
    form = factories.form(contact.account)
    published(PAUSE, on("form.disqualified", forms=[str(form.id)], calendars=[str(calendar.id)]))
    told = {"here": str(calendar.id), "elsewhere": str(uuid4()), "form": None}[where]
    facts = {"form": str(form.id), "contact": str(contact.id), "calendar": told}
    happens(contact.account, "form.disqualified", "submission", **facts)
    assert entered() == ([contact.id] if starts else [])


def test_booking_in_another_calendar_does_not_start(published, calendar, account):
    published(PAUSE, on("booking.created", calendars=[str(calendar.id)]))
    factories.booking(factories.calendar(account), NOW + timedelta(days=1))
    assert entered() == []


@pytest.mark.parametrize(
    ("kind", "filters", "name"),
    [
        ("form.submitted", {"forms": ["{id}"]}, "forms"),
        ("form.disqualified", {"forms": ["{id}"]}, "forms"),
        ("form.disqualified", {"calendars": ["{id}"]}, "calendars"),
        ("waitlist.joined", {"calendars": ["{id}"]}, "calendars"),
        ("opportunity.stage_changed", {"pipeline": "{id}"}, "pipeline"),
        ("opportunity.stage_changed", {"stages": ["{id}"]}, "stages"),
        ("opportunity.status_changed", {"pipeline": "{id}"}, "pipeline"),
        ("booking.created", {"calendars": ["{id}"]}, "calendars"),
        ("booking.completed", {"calendars": ["{id}"]}, "calendars"),
        ("one_time_link.used", {"calendars": ["{id}"]}, "calendars"),
        ("one_time_link.expiring", {"calendars": ["{id}"]}, "calendars"),
        ("contact.tag_added", {"tags": ["{id}"]}, "tags"),
    ],
)
def test_id_that_is_not_the_accounts_is_refused(published, kind, filters, name):
    other = factories.account()
    stage = factories.pipeline(other).stages.all()[0]
    foreign = {
        "forms": factories.form(other).id,
        "pipeline": stage.pipeline_id,
        "stages": stage.id,
        "calendars": factories.calendar(other).id,
        "tags": factories.tag(factories.contact(other)).id,
    }
    for key in (foreign[name], uuid4()):
        filled = {k: [str(key)] if isinstance(v, list) else str(key) for k, v in filters.items()}
        with pytest.raises(Problem) as caught:
            published(PAUSE, on(kind, **filled))
        assert list(caught.value.fields) == [f"triggers.0.{name}"]


def test_deleted_rows_are_refused(published, account):
    form = factories.form(account, name="Gone")
    form.deleted_at = NOW
    form.save()
    with pytest.raises(Problem):
        published(PAUSE, on("form.submitted", forms=[str(form.id)]))


def test_stage_of_another_pipeline_is_refused(published, account):
    one, other = factories.pipeline(account), factories.pipeline(account)
    filters = {"pipeline": str(one.id), "stages": [str(other.stages.all()[0].id)]}
    with pytest.raises(Problem) as caught:
        published(PAUSE, on("opportunity.stage_changed", **filters))
    assert list(caught.value.fields) == ["triggers.0.stages"]


def test_lead_time_of_an_hour_to_a_year_is_taken(published):
    published(PAUSE, on("one_time_link.expiring", hours=2))
    with pytest.raises(Problem) as caught:
        published(PAUSE, on("one_time_link.expiring", hours=0))
    assert caught.value.fields == {"triggers.0.hours": "Choose an hour to a year."}


def test_link_about_to_expire_starts_once_for_each_lead_that_is_waited_for(published, calendar, contact):
    soon, early = (published(PAUSE, on("one_time_link.expiring", hours=hours)) for hours in (2, 48))
    factories.link(calendar, contact=contact, expires_at=NOW + timedelta(days=3))
    for hours in (23, 24, 25, 70, 71):
        run_pending(now=NOW + timedelta(hours=hours), ticks=True)
        run_pending(now=NOW + timedelta(hours=hours))
    assert list(Enrollment.objects.order_by("id").values_list("workflow_id", flat=True)) == [early.id, soon.id]


def test_completed_appointment_starts(published, calendar):
    published(PAUSE, on("booking.completed"))
    booking = factories.booking(calendar)
    run_pending(now=NOW + timedelta(days=1, minutes=45), ticks=True)
    assert list(Enrollment.objects.values_list("contact_id", flat=True)) == [booking.contact_id]
