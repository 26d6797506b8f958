"""P6: another account's ids answer exactly like ids that do not exist, in every operation of the document."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests import factories
from tests.api.conftest import ADA, ELEVEN, Api, code
from tests.contract.world import (
    batch_of,
    block_of,
    bulk_of,
    connection_of,
    delivery_of,
    endpoint_of,
    enrollment_of,
    hook_of,
    message_of,
    source_of,
    waiting_of,
)

from admitone.api.v1.router import api as routes

BODIES = {
    "change_one_time_link": {"label": "mine now"},
    "change_calendar": {"name": "mine now"},
    "change_calendar_group": {"name": "mine now"},
    "create_notification": {"occasion": "booked"},
    "change_notification": {"enabled": False},
    "change_host": {"video_url": "https://meet.example.org/mine"},
    "copy_schedule": {"name": "mine now"},
    "reschedule_booking": {"start": ELEVEN},
    "create_one_time_link": {},
    "change_schedule": {"name": "mine now"},
    "put_holiday": {"open": True},
    "create_booking": ADA,
    "create_contact": {"email": "a@example.com"},
    "change_connection": {"blocks": []},
    "change_webhook": {"active": False},
    "change_inbound_hook": {"active": False},
    "change_form": {"name": "mine now"},
    "change_pipeline": {"name": "mine now"},
    "change_opportunity": {"name": "mine now"},
    "create_contact_tag": {"tag": "mine"},
    "change_custom_values": {"values": {}},
    "change_contact": {"name": "mine now"},
    "create_contact_note": {"text": "mine"},
    "create_contact_task": {"title": "mine"},
    "finish_contact_task": {"done": True},
    "assign_contact_owner": {"owner": None},
    "erase_contact": {},
    "merge_contacts": {"drop": "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"},
    "change_workflow": {"name": "mine now"},
    "change_message_template": {"name": "mine now"},
    "create_enrollment": {"contact": "01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f"},
}
#: Bodies and filters that name a row of the account.
REFERENCES = [
    ("POST", "/one-time-links", {"calendar": "{calendar_id}"}),
    ("POST", "/one-time-links", {"calendar": "mine", "contact": "{contact_id}"}),
    ("POST", "/one-time-links/batches", {"calendar": "{calendar_id}", "count": 1}),
    ("POST", "/one-time-links", {"group": "{group_id}"}),
    ("POST", "/one-time-links/batches", {"group": "{group_id}", "count": 1}),
    ("GET", "/one-time-links?group={group_id}", None),
    ("POST", "/calendar-groups", {"name": "Mine", "calendars": ["{calendar_id}"]}),
    ("PATCH", "/calendars/mine", {"group": "{group_id}"}),
    ("PATCH", "/calendars/mine", {"schedule": "{schedule_id}"}),
    ("PATCH", "/calendars/mine", {"form": "{form_id}"}),
    ("POST", "/bookings", ADA | {"calendar": "{calendar_id}"}),
    (
        "POST",
        "/blocked-times",
        {"calendar": "{calendar_id}", "start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z"},
    ),
    ("GET", "/one-time-links?calendar={calendar_id}", None),
    ("GET", "/one-time-links?contact={contact_id}", None),
    ("GET", "/bookings?calendar={calendar_id}", None),
    ("GET", "/bookings?contact={contact_id}", None),
    ("GET", "/contacts?tag={tag_id}", None),
    ("POST", "/contacts/{contact_id}/merges", {"drop": "{contact_id}"}),
    ("GET", "/opportunities?contact={contact_id}", None),
    ("GET", "/opportunities?pipeline={pipeline_id}", None),
    ("GET", "/opportunities?stage={stage_id}", None),
    ("POST", "/opportunities", {"stage": "{stage_id}", "contact": "{contact_id}"}),
    ("GET", "/enrollments?workflow={workflow_id}", None),
    ("GET", "/enrollments?contact={contact_id}", None),
    ("GET", "/messages?contact={contact_id}", None),
]


@pytest.fixture
def stranger(account):
    """Their own calendar has the same slug as nobody's."""
    factories.calendar(account, slug="mine")
    return Api(factories.api_key(account, ["admin"])[1])


@pytest.fixture
def theirs(db, freeze):
    other = factories.account()
    calendar = factories.calendar(other, slug="theirs")
    endpoint, enrollment = endpoint_of(other), enrollment_of(calendar)
    return {
        "calendar_id": str(calendar.id),
        "group_id": str(factories.group(other).id),
        "schedule_id": str(calendar.schedule_id),
        "source_id": str(source_of(calendar).id),
        "host_id": str(calendar.calendar_hosts.get().host_id),
        "block_id": str(block_of(calendar).id),
        "entry_id": str(waiting_of(calendar, factories.contact(calendar.account)).id),
        "link_id": str(factories.link(calendar).id),
        "booking_id": str(factories.booking(calendar).id),
        "connection_id": str(connection_of(calendar).id),
        "contact_id": str(factories.contact(other).id),
        "batch_id": str(batch_of(calendar).id),
        "endpoint_id": str(endpoint.id),
        "delivery_id": str(delivery_of(endpoint).id),
        "enrollment_id": str(enrollment.id),
        "workflow_id": str(enrollment.workflow_id),
        "bulk_id": str(bulk_of(enrollment).id),
        "hook_id": str(hook_of(other).id),
        "message_id": str(message_of(other).id),
        "template_id": str(factories.message_template(other).id),
        "form_id": str(factories.form(other).id),
        "tag_id": str(factories.tag(factories.contact(other)).id),
        "task_id": str(factories.task(factories.contact(other)).id),
        "pipeline_id": str(factories.pipeline(other).id),
        "stage_id": str(factories.pipeline(other).stages.all()[0].id),
        "opportunity_id": str(factories.opportunity(factories.pipeline(other).stages.all()[0]).id),
    }


def private_operations():
    for path, operations in routes.get_openapi_schema(path_prefix="/")["paths"].items():
        for method, operation in operations.items():
            if "security" in operation and "{" in path:
                yield pytest.param(method.upper(), path, operation["operationId"], id=operation["operationId"])


def named(text, ids):
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@pytest.mark.parametrize(("method", "path", "operation"), list(private_operations()))
def test_anothers_row_answers_like_one_that_does_not_exist(stranger, theirs, method, path, operation):
    query = "?at=2026-11-03T09:00:00Z" if path.endswith("/why") else ""
    unknown = {name: str(uuid4()) for name in theirs}
    answers = [stranger.send(method, named(path, ids) + query, BODIES.get(operation)) for ids in (theirs, unknown)]
    assert [code(answer) for answer in answers] == [(404, "not_found")] * 2
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(("method", "path", "body"), REFERENCES)
def test_anothers_row_in_body_or_filter_is_not_found(stranger, theirs, method, path, body):
    filled = body and {name: named(value, theirs) if isinstance(value, str) else value for name, value in body.items()}
    assert code(stranger.send(method, named(path, theirs), filled)) == (404, "not_found")


def test_anothers_slug_is_not_found(stranger, theirs):
    assert code(stranger.get("/calendars/theirs")) == (404, "not_found")
    assert code(stranger.post("/one-time-links", {"calendar": "theirs"})) == (404, "not_found")


def test_lists_hold_own_rows_only(stranger, theirs):
    for path, count in (
        ("/calendars", 1),
        ("/calendar-groups", 0),
        ("/schedules", 1),
        ("/hosts", 1),
        ("/blocked-times", 0),
        ("/one-time-links", 0),
        ("/bookings", 0),
        ("/contacts", 0),
        ("/forms", 0),
        ("/opportunities", 0),
        ("/pipelines", 0),
        ("/tags", 0),
        ("/workflows", 0),
        ("/enrollments", 0),
        ("/messages", 0),
    ):
        assert len(stranger.get(path).json()["items"]) == count


def test_anothers_contact_is_not_entered(stranger, theirs, account):
    made = stranger.post("/workflows", {"name": "x", "steps": [{"name": "end", "type": "end"}]}).json()
    stranger.post(f"/workflows/{made['id']}/publication")
    answer = stranger.post(f"/workflows/{made['id']}/enrollments", {"contact": theirs["contact_id"]})
    assert code(answer) == (404, "not_found")
