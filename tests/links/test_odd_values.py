"""Whatever a client sends as a time or as a guest's field is refused with a Problem, and the link stays unused (P4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.booking.queries import open_slots, openings
from admitone.booking.services import book, reschedule
from admitone.calendars.queries import plan_by_id
from admitone.contacts import queries as contacts
from admitone.events import GUEST, SYSTEM
from admitone.links import queries
from admitone.links.services import issue, redeem, update
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "timezone": "Europe/London"}
YEAR_9999 = to_min_floor(datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
STARTS = [10**30, -(10**30), 2**63, -(2**63), 2**31, -1, 0, YEAR_9999, YEAR_9999 + 720, -(10**9)]

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[None, 3], ids=["unlimited", "limited"])
def calendar(request):
    return factories.calendar(factories.account(), per_day_limit=request.param, note=True)


def use(link: Any, start: int = TEN, **guest: Any) -> Any:
    return redeem(token=keyring().sign("o1", link.id), start=start, guest={**ADA, **guest}, now=NOW)


@pytest.mark.parametrize("start", STARTS)
def test_start_outside_of_the_known_years_is_unavailable(calendar, start):
    link, plan = factories.link(calendar), plan_by_id(calendar.id)
    guest = clean_guest(plan, ADA)
    booking = factories.booking(calendar)
    ids = {"account_id": booking.account_id, "booking_id": booking.id}
    for attempt in (
        lambda: use(link, start),
        lambda: book(plan=plan, start=start, guest=guest, source="scheduling_link", actor=GUEST, now=NOW),
        lambda: book(plan=plan, start=start, guest=guest, source="by_hand", actor=SYSTEM, now=NOW, by_hand=True),
        lambda: reschedule(**ids, start=start, actor=GUEST, now=NOW, by="guest"),
        lambda: reschedule(**ids, start=start, actor=SYSTEM, now=NOW, by="host"),
    ):
        with pytest.raises(Problem) as caught:
            attempt()
        assert caught.value.code == "slot_unavailable"
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("start", STARTS)
def test_window_outside_of_the_known_years_is_empty(calendar, start):
    plan = plan_by_id(calendar.id)
    assert open_slots(plan, now=NOW, first=start, end=start + 1440) == []
    assert openings(plan, now=NOW, first=start, end=start + 1).reasons(start) != []


@pytest.mark.parametrize(
    "guest",
    [
        {"name": ["a", {"b": 1}]},
        {"name": "\x00\ud800"},
        {"name": "A\x00da"},
        {"email": 12},
        {"email": "ada\x00@example.com"},
        {"email": "\ud800@example.com"},
        {"phone": {"x": 1}},
        {"note": "\x00\ud800x"},
        {"consent": [1]},
        {"timezone": 10**30},
        {"timezone": "UTC\x00"},
        {"locale": "de\x00"},
        {"locale": "\ud800"},
        {"locale": {"a": 1}},
        {"utm": "text"},
        {"utm": [1, 2]},
        {"utm": {"utm_source": "\x00\ud800"}},
        {"utm": {"utm_source": "\u0958" * 200}},
        {"utm": {"utm_source": {"a": "b"}}},
    ],
    ids=repr,
)
def test_odd_guest_field_is_cleaned_or_refused(calendar, guest):
    link = factories.link(calendar)
    try:
        use(link, **guest)
    except Problem as problem:
        assert problem.code == "invalid"
    link.refresh_from_db()
    assert link.uses == Booking.objects.count()


@pytest.mark.parametrize("value", ["\x00", "a\ud800", float("nan"), float("inf"), {"deep": 1}])
def test_odd_metadata_is_cleaned_or_refused(calendar, value):
    for metadata in ({"key": value}, {str(value): 1}):
        try:
            made = issue(account=calendar.account, calendar=calendar, actor=SYSTEM, now=NOW, metadata=metadata)
        except Problem as problem:
            assert problem.code == "invalid"
        else:
            made.refresh_from_db()


def test_offered_times_outside_of_the_known_years_are_refused(calendar):
    for span in [(TEN, 10**30), (TEN, YEAR_9999 + 720), (-(10**30), TEN)]:
        with pytest.raises(Problem) as caught:
            issue(account=calendar.account, calendar=calendar, actor=SYSTEM, now=NOW, offered=[span])
        assert list(caught.value.fields) == ["offered"]


def test_expiry_and_opening_in_a_far_year_are_refused(calendar):
    far = datetime.fromisoformat("9999-12-31T23:59:59-12:00")
    for name in ("expires_at", "not_before"):
        with pytest.raises(Problem) as caught:
            issue(account=calendar.account, calendar=calendar, actor=SYSTEM, now=NOW, **{name: far})
        assert list(caught.value.fields) == [name]
        link = factories.link(calendar)
        with pytest.raises(Problem) as caught:
            update(account=link.account, link_id=link.id, actor=SYSTEM, now=NOW, **{name: far})
        assert list(caught.value.fields) == [name]


@pytest.mark.parametrize("text", ["http://[", "http://[x]/o/", "\x00", "//\u2100/", "a\ud800", "%" * 6])
def test_odd_search_is_answered(calendar, text):
    found = list(queries.listing(calendar.account, now=NOW, search=text))
    assert found == list(contacts.listing(calendar.account, search=text)) == []
    assert queries.explain(calendar.account, text, NOW).code == "unknown"
