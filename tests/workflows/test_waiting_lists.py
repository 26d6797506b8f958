"""Waiting lists start workflows, whose texts know the place in the line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests import factories
from tests.workflows.conftest import NOW, email

from admitone.booking.services import book, cancel
from admitone.booking.services.waiting import clean_waiting, join
from admitone.calendars.models import Calendar
from admitone.events import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.messaging.models import Message
from admitone.workflows.models import Enrollment
from admitone.workflows.services.testing import try_out

TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
PAUSE = [{"name": "pause", "type": "wait.for", "params": {"days": 1}}]

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(account) -> Calendar:
    return factories.calendar(account, kind="class", capacity=1, waitlist=True)


def raw(name: str) -> dict[str, Any]:
    return {"name": name, "email": f"{name}@example.com"}


def fill_and_wait(room: Calendar) -> Any:
    plan = room.compiled
    made = book(plan=plan, start=TEN, guest=clean_guest(plan, raw("first")), source="api", actor=GUEST, now=NOW)
    join(plan=plan, start=TEN, guest=clean_waiting(plan, raw("second")), actor=GUEST, now=NOW)
    run_pending(now=NOW)
    return made


def give_up(room: Calendar, booking: Any) -> None:
    cancel(account_id=room.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW, by="host")
    run_pending(now=NOW)


def test_join_and_offer_start_with_the_places_values(published, room, account):
    text = "{{ waitlist.when }} {{ waitlist.places }} {{ waitlist.status }} {{ calendar.name }} {{ waitlist.url }}"
    published([email(body=text)], [{"type": "waitlist.joined", "filters": {"calendars": [str(room.id)]}}])
    published([email(body="{{ one_time_link.url }}")], [{"type": "waitlist.offered"}])
    made = fill_and_wait(room)
    give_up(room, made)
    joined, offered = Message.objects.filter(kind="workflow").order_by("created_at", "id")
    assert "10:00" in joined.text
    assert f" 1 waiting {room.name} " in joined.text
    assert "/w/" in joined.text
    assert "/o/" in offered.text
    assert joined.to == offered.to == "second@example.com"


def test_another_calendars_list_does_not_start(published, room, account):
    other = factories.calendar(account, kind="class", capacity=1, waitlist=True)
    published(PAUSE, [{"type": "waitlist.joined", "filters": {"calendars": [str(other.id)]}}])
    fill_and_wait(room)
    assert Enrollment.objects.count() == 0


def test_test_run_without_anybody_on_a_list_says_what_it_would_send(published, room, account):
    body = "{{ waitlist.when }} {{ waitlist.status }} {{ calendar.name }}"
    made = published([email(body=body)], [{"type": "waitlist.left"}])
    done = try_out(account=account, workflow_id=made.id, actor=SYSTEM, now=NOW)
    assert done.faults == {}
    assert f" waiting {room.name}" in done.steps[0].messages[0].text
