"""The tab "Booking rules" of a calendar."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar

pytestmark = pytest.mark.django_db

PERSONAL = {
    "durations": "60, 15",
    "per_contact_limit": "2",
    "approval": "on",
    "approval_hours": "12",
    "reissue_on_decline": "on",
    "series_max": "4",
}
CLASS = {
    "per_contact_limit": "",
    "max_party": "3",
    "approval_hours": "24",
    "series_max": "1",
    "waitlist": "on",
    "waitlist_hold": "2",
    "waitlist_hold_unit": "60",
}


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic")


def page(calendar: Calendar) -> str:
    return f"/app/clinic/calendars/{calendar.id}/bookings/"


def stored(calendar: Calendar, *names: str) -> list[Any]:
    calendar.refresh_from_db()
    return [getattr(calendar, name) for name in names]


def test_booking_rules_of_a_person_are_saved_and_shown_again(account: Account, web: Client) -> None:
    calendar = factories.calendar(account)
    assert web.post(page(calendar), PERSONAL).status_code == 302
    assert stored(calendar, "durations", "per_contact_limit", "approval", "approval_hours", "series_max") == [
        [15, 60], 2, True, 12, 4,
    ]  # fmt: skip
    html = web.get(page(calendar)).content.decode()
    assert 'value="15, 60"' in html
    assert 'name="max_party"' not in html
    assert 'name="per_host_day_limit"' not in html


def test_booking_rules_of_a_class_have_places_and_a_waiting_list(account: Account, web: Client) -> None:
    calendar = factories.calendar(account, kind="class", capacity=8)
    assert web.post(page(calendar), CLASS).status_code == 302
    assert stored(calendar, "max_party", "waitlist", "waitlist_hold", "per_contact_limit") == [3, True, 120, None]
    assert 'name="durations"' not in web.get(page(calendar)).content.decode()


def test_booking_rules_of_an_event_without_limit_have_no_waiting_list(account: Account, web: Client) -> None:
    html = web.get(page(factories.calendar(account, kind="event"))).content.decode()
    assert ('name="max_party"' in html, 'name="waitlist"' in html) == (True, False)


def test_booking_rules_of_a_team_limit_each_host(account: Account, web: Client) -> None:
    calendar = factories.calendar(account, kind="round_robin")
    assert web.post(page(calendar), {**PERSONAL, "per_host_day_limit": "5"}).status_code == 302
    assert stored(calendar, "per_host_day_limit") == [5]


@pytest.mark.parametrize(
    ("name", "typed"), [("durations", "15, soon"), ("per_contact_limit", "0"), ("approval_hours", "1000")]
)
def test_a_wrong_rule_is_shown_at_its_field_with_what_was_typed(
    account: Account, web: Client, name: str, typed: str
) -> None:
    calendar = factories.calendar(account)
    answer = web.post(page(calendar), {**PERSONAL, name: typed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{typed}"' in html
    assert f'id="id_{name}_error"' in html or "Enter a whole number" in html
    assert stored(calendar, "durations", "approval") == [[], False]
