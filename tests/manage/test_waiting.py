"""The waiting list in the app, and the series of an appointment."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.booking import test_series as series
from tests.links.test_waiting_list import drop, fill, state, wait

from admitone.booking.models import Booking
from admitone.booking.services import cancel
from admitone.calendars.models import Calendar
from admitone.events import SYSTEM
from admitone.links.models import OneTimeLink

NOW = factories.NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Calendar:
    return factories.calendar(factories.account(), kind="class", capacity=2, waitlist=True)


def signed_in(of: Calendar, role: str = "owner") -> Client:
    client = Client()
    client.force_login(factories.member(of.account, role))
    return client


def page(of: Calendar, tail: str = "") -> str:
    return f"/app/{of.account.slug}/calendars/{of.id}/waitlist/{tail}"


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_list_shows_who_waits_for_which_time(room, freeze):
    seats = fill(room)
    wait(room, "ana")
    wait(room, "ben")
    drop(seats[0])
    shown = text(signed_in(room).get(page(room)))
    assert shown.index("ana@example.com") < shown.index("ben@example.com")
    assert "Offered" in shown
    assert "Offer now" not in shown


def test_empty_list_says_how_it_fills(room, freeze):
    assert "Nobody is waiting" in text(signed_in(room).get(page(room)))


def test_owner_takes_somebody_off(room, freeze):
    fill(room)
    ana = wait(room, "ana")
    answer = signed_in(room).post(page(room, f"{ana.id}/removal/"), follow=True)
    assert "ana is off the waiting list." in text(answer)
    assert state(ana) == ["left"]


def test_owner_offers_a_place_out_of_turn(room, freeze):
    seats = fill(room)
    ana, ben = wait(room, "ana"), wait(room, "ben")
    client = signed_in(room)
    assert "No place is free" in text(client.post(page(room, f"{ben.id}/offer/"), follow=True))
    cancel(account_id=room.account_id, booking_id=seats[0].id, actor=SYSTEM, now=NOW, by="host")
    assert "Offer now" in text(client.get(page(room)))
    assert "gets an email" in text(client.post(page(room, f"{ben.id}/offer/"), follow=True))
    assert state(ana, ben) == ["waiting", "offered"]
    assert OneTimeLink.objects.get().source_kind == "waitlist"


def test_entry_of_another_calendar_is_not_there(room, freeze):
    fill(room)
    ana = wait(room, "ana")
    other = factories.calendar(room.account, kind="class", capacity=1, waitlist=True)
    assert signed_in(other).post(page(other, f"{ana.id}/removal/")).status_code == 404
    assert state(ana) == ["waiting"]


def test_member_without_the_calendar_sees_nothing(room, freeze):
    assert signed_in(room, "member").get(page(room)).status_code == 404


def test_tab_is_there_where_a_list_is_kept(room, freeze):
    client, plain = signed_in(room), factories.calendar(room.account)
    tab = "/waitlist/"
    assert tab in client.get(f"/app/{room.account.slug}/calendars/{room.id}/bookings/").content.decode()
    assert tab not in client.get(f"/app/{room.account.slug}/calendars/{plain.id}/bookings/").content.decode()


def test_appointment_shows_its_series_and_cancels_what_follows(freeze):
    of = series.calendar()
    made = series.rows(of, series.take(of))
    client, path = signed_in(of), f"/app/{of.account.slug}/bookings/{made[1].id}/"
    shown = text(client.get(path))
    assert "Series 4 appointments" in shown
    assert "Cancel all that follow in this series, too" in shown
    answer = client.post(f"{path}cancel/", {"reason": "", "following": "on"}, follow=True)
    assert "The appointments are cancelled." in text(answer)
    states = list(Booking.objects.order_by("series_n").values_list("status", flat=True))
    assert states == ["confirmed", "cancelled", "cancelled", "cancelled"]


def test_single_appointment_has_no_series(freeze):
    of = series.calendar()
    made = series.take(of, None)
    shown = text(signed_in(of).get(f"/app/{of.account.slug}/bookings/{made.id}/"))
    assert "Series" not in shown
    assert "Cancel all that follow" not in shown
