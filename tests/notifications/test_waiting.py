"""Mails of waiting lists and of series: one to each person, with what they need to act."""

from __future__ import annotations

import pytest
from tests import factories
from tests.booking import test_series as series
from tests.links.test_waiting_list import drop, fill, follow, link_of, wait

from admitone.accounts.addresses import one_time_url, waiting_url
from admitone.booking.services import cancel_following
from admitone.calendars.models import Calendar
from admitone.events import GUEST
from admitone.logic.series import Repeat
from admitone.messaging.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Calendar:
    return factories.calendar(factories.account(), kind="class", capacity=2, waitlist=True)


def sent(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("id"))


def test_whoever_joins_is_told_how_to_leave(room):
    fill(room)
    ana = wait(room, "ana")
    follow()
    (mail,) = sent("waitlist.joined")
    assert (mail.to, mail.contact_id) == ("ana@example.com", ana.contact_id)
    assert waiting_url(ana.id) in mail.text
    assert "Tue, 3 Nov 2026" in mail.text


def test_offer_holds_the_link_and_until_when_it_is_kept(room):
    seats = fill(room)
    ana = wait(room, "ana", timezone="Europe/Berlin", locale="de")
    drop(seats[0])
    follow()
    (mail,) = sent("waitlist.offered")
    assert one_time_url(link_of(ana).id) in mail.text
    assert waiting_url(ana.id) in mail.text
    assert "12:00" in mail.text
    assert mail.link_id == link_of(ana).id


def test_series_is_one_mail_to_each_side_with_every_date_in_it():
    room = series.calendar()
    series.take(room, Repeat("week", 3))
    follow()
    (guest,), (host,) = sent("booking.created.guest"), sent("booking.created.host")
    for mail in (guest, host):
        assert [mail.text.count(day) for day in (", 3 Nov 2026", "10 Nov 2026", "17 Nov 2026")] == [1, 1, 1]
        assert (mail.ics.count("BEGIN:VEVENT"), mail.ics_method) == (3, "PUBLISH")


def test_those_that_follow_are_cancelled_in_one_mail_to_each_side():
    room = series.calendar()
    made = series.rows(room, series.take(room, Repeat("week", 3)))
    cancel_following(account_id=room.account_id, booking_id=made[1].id, actor=GUEST, now=series.NOW, by="guest")
    follow()
    (guest,), (host,) = sent("booking.cancelled.guest"), sent("booking.cancelled.host")
    assert (guest.ics.count("BEGIN:VEVENT"), guest.ics_method) == (2, "CANCEL")
    assert "17 Nov 2026" in host.text


def test_single_appointment_is_an_invitation_as_before():
    room = series.calendar()
    series.take(room, None)
    follow()
    assert [mail.ics_method for mail in sent("booking.created.guest")] == ["REQUEST"]
