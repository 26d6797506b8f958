"""A limited offer stays limited: its guest moves among the offered times only, the host anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.booking.services import reschedule
from admitone.events import GUEST, SYSTEM
from admitone.links.services import redeem, reissue
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
OFFER = [[TEN, TEN + 30], [TEN + 60, TEN + 90]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking() -> Booking:
    link = factories.link(factories.calendar(factories.account()), offered=OFFER)
    guest = {"name": "Ada", "email": "ada@example.com"}
    return Booking.objects.get(id=redeem(token=keyring().sign("o1", link.id), start=TEN, guest=guest, now=NOW).id)


def move(booking: Booking, start: int, by: str) -> int:
    actor = GUEST if by == "guest" else SYSTEM
    moved = reschedule(
        account_id=booking.account_id, booking_id=booking.id, start=start, actor=actor, now=NOW, by=by, by_hand=False
    )
    return moved.start_min


def test_guest_moves_to_another_offered_time(booking):
    assert move(booking, TEN + 60, "guest") == TEN + 60


def test_guest_cannot_move_to_a_time_that_was_not_offered(booking):
    with pytest.raises(Problem) as caught:
        move(booking, TEN + 120, "guest")
    assert (caught.value.code, caught.value.extra["reason"]) == ("slot_unavailable", "LINKWINDOW")


def test_host_moves_a_booking_to_any_open_time(booking):
    assert move(booking, TEN + 120, "host") == TEN + 120


def test_reissue_keeps_the_offered_times_that_are_left(booking):
    later = NOW + timedelta(days=1, minutes=30)
    link = reissue(
        account=booking.account, link_id=booking.one_time_link_id, actor=SYSTEM, now=later.replace(hour=9, minute=15)
    )
    assert link.offered == [[TEN + 60, TEN + 90]]


def test_reissue_of_an_offer_that_is_over_is_refused(booking):
    with pytest.raises(Problem) as caught:
        reissue(account=booking.account, link_id=booking.one_time_link_id, actor=SYSTEM, now=NOW + timedelta(days=9))
    assert caught.value.code == "invalid"
