"""/calendars/{id}/notifications."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories
from tests.api.conftest import Api, code

from admitone.calendars.models import Calendar
from admitone.logic.notices import STANDARD

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> Calendar:
    return factories.calendar(factories.account(), name="First visit")


@pytest.fixture
def api(calendar: Calendar) -> Api:
    return Api(factories.api_key(calendar.account)[1])


def at(calendar: Calendar, rest: str = "") -> str:
    return f"/calendars/{calendar.id}/notifications{rest}"


def test_standard_notifications_are_listed_and_changed_by_their_names(api: Api, calendar: Calendar) -> None:
    found = api.get(at(calendar)).json()["items"]
    assert [one["id"] for one in found] == list(STANDARD)
    reminder = found[-1]
    assert (reminder["offset_minutes"], reminder["enabled"], reminder["body"]) == (1440, True, "")
    changed = api.patch(at(calendar, f"/{reminder['id']}"), {"offset_minutes": 7200, "body": "Soon."}).json()
    assert (changed["offset_minutes"], changed["body"], changed["standard"]) == (7200, "Soon.", True)
    calendar.refresh_from_db()
    assert calendar.reminder_hours == 120
    assert api.delete(at(calendar, "/booked.host.email")).status_code == 204
    assert api.get(at(calendar, "/booked.host.email")).json()["enabled"] is False


def test_notification_is_added_read_changed_and_deleted(api: Api, calendar: Calendar) -> None:
    body = {"occasion": "follow_up", "audience": "extra", "addresses": ["Desk@Example.com"], "offset_minutes": 60}
    made = api.post(at(calendar), body)
    assert made.status_code == 201
    one = made.json()
    assert one["addresses"] == ["Desk@example.com"]
    assert api.get(f"/calendars/first-visit/notifications/{one['id']}").json() == one
    assert api.patch(at(calendar, f"/{one['id']}"), {"enabled": False}).json()["enabled"] is False
    assert api.delete(at(calendar, f"/{one['id']}")).status_code == 204
    assert code(api.get(at(calendar, f"/{one['id']}"))) == (404, "not_found")
    assert code(api.delete(at(calendar, f"/{one['id']}"))) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"occasion": "eclipse"}, "occasion"),
        ({"occasion": "reminder"}, "offset_minutes"),
        ({"occasion": "reminder", "offset_minutes": -1}, "offset_minutes"),
        ({"occasion": "booked", "body": "{{ contact.shoe }}"}, "body"),
        ({"occasion": "booked", "audience": "extra"}, "addresses"),
        ({"occasion": "booked", "audience": "host", "channel": "sms"}, "channel"),
        ({"occasion": "booked", "colour": "red"}, "colour"),
        ({}, "occasion"),
    ],
)
def test_wrong_value_is_refused_at_its_field(api: Api, calendar: Calendar, body: dict[str, Any], field: str) -> None:
    answer = api.post(at(calendar), body)
    assert code(answer) == (422, "invalid")
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("key", ["booked.guest.fax", "nonsense", "019a5f6e-0000-7000-8000-000000000000", "%00"])
def test_unknown_notification_is_not_found(api: Api, calendar: Calendar, key: str) -> None:
    assert code(api.get(at(calendar, f"/{key}"))) == (404, "not_found")
    assert code(api.patch(at(calendar, f"/{key}"), {"enabled": False})) == (404, "not_found")
    assert code(api.delete(at(calendar, f"/{key}"))) == (404, "not_found")
