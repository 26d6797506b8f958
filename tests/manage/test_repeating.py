"""An appointment by hand in full: length, host, places, place, and a series whose dates are looked at before."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.calendars.services import TeamHost, set_team
from admitone.events import SYSTEM

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/bookings/new/?dialog=1"
NOW = factories.NOW
SUNDAY = {"other_date": "2026-11-08", "other_time": "07:00"}  # outside of every hour
WEEKS = [datetime(2026, 11, day, 6, tzinfo=UTC) for day in (8, 15, 22)]
THRICE = {**SUNDAY, "repeat": "week", "times": "3"}


def send(web: Client, calendar: Calendar, path: str = PATH, **fields: Any) -> HttpResponse:
    guest = {"name": "Ana Roth", "email": "ana@example.com", "timezone": "Europe/Berlin", "start": "other"}
    data = {"calendar": str(calendar.id), "key": "1", "zone": "Europe/Berlin", **guest, **fields}
    return web.post(path, data, headers={"HX-Request": "true"})


def sure(answer: HttpResponse) -> str:
    found = re.search(r'name="sure" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def starts() -> list[datetime]:
    rows = Booking.objects.order_by("start_min").values_list("start_min", flat=True)
    return [datetime.fromtimestamp(60 * one, UTC) for one in rows]


def test_series_is_shown_before_it_is_booked_as_a_whole_outside_of_the_hours(web: Client, calendar: Calendar) -> None:
    shown = send(web, calendar, **THRICE)
    assert (shown.status_code, Booking.objects.count()) == (200, 0)
    for words in ("All dates are free", "Sun, 22 Nov", "Book these 3 appointments"):
        assert words in shown.content.decode()
    assert send(web, calendar, **THRICE, sure=sure(shown)).status_code == 204
    assert starts() == WEEKS
    assert Booking.objects.values("series_id").distinct().count() == 1
    assert set(Booking.objects.values_list("status", flat=True)) == {"confirmed"}


def test_taken_date_is_listed_and_nothing_is_booked(web: Client, calendar: Calendar) -> None:
    factories.booking(calendar, WEEKS[1])
    shown = send(web, calendar, **THRICE)
    assert "1 date is taken" in shown.content.decode()
    assert (sure(shown), Booking.objects.count()) == ("", 1)
    assert sure(send(web, calendar, **{**THRICE, "times": "1"})) == ""
    before = int(WEEKS[0].timestamp()) // 60
    assert send(web, calendar, **THRICE, sure=f"{before}:week:3").status_code == 409
    assert Booking.objects.count() == 1


def test_other_dates_than_those_that_were_shown_are_shown_first(web: Client, calendar: Calendar) -> None:
    shown = send(web, calendar, **THRICE)
    again = send(web, calendar, **{**THRICE, "times": "4"}, sure=sure(shown))
    assert (again.status_code, Booking.objects.count()) == (200, 0)
    assert sure(again) == sure(shown).replace(":3", ":4")


def test_wrong_number_is_said_at_its_field(web: Client, calendar: Calendar) -> None:
    answer = send(web, calendar, **{**THRICE, "times": "99"})
    assert (answer.status_code, Booking.objects.count()) == (422, 0)
    assert "Choose from 2 to 52 appointments." in answer.content.decode()


def test_page_without_the_dialog_repeats_too(web: Client, calendar: Calendar) -> None:
    path = "/app/north-clinic/bookings/new/"
    shown = send(web, calendar, path, **THRICE)
    assert "All dates are free" in shown.content.decode()
    assert send(web, calendar, path, **THRICE, sure=sure(shown)).status_code == 302
    assert starts() == WEEKS


def test_length_place_and_party_are_chosen(web: Client, account: Account) -> None:
    calendar = factories.calendar(account, kind="class", capacity=6, max_party=4)
    longer = factories.calendar(account, durations=[60])
    assert send(web, calendar, **SUNDAY, party="3").status_code == 204
    assert (
        send(web, longer, **SUNDAY, duration="60", location="https://meet.example.com/ana", key="2").status_code == 204
    )
    assert send(web, longer, **{**SUNDAY, "other_time": "09:00"}, location="Market 5", key="3").status_code == 204
    rows = Booking.objects.order_by("created_at", "id")
    assert [(one.seats, one.end_min - one.start_min, one.location_kind, one.location) for one in rows] == [
        (3, 30, "none", ""),
        (1, 60, "video", "https://meet.example.com/ana"),
        (1, 30, "address", "Market 5"),
    ]


def test_host_is_chosen_for_one_and_for_all_dates(web: Client, account: Account) -> None:
    hosts = [factories.host(account) for _ in range(2)]
    calendar = factories.calendar(account, host=hosts[0])
    who = [TeamHost(host.id) for host in hosts]
    set_team(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, kind="round_robin", hosts=who)
    chosen = str(hosts[1].id)
    shown = send(web, calendar, **THRICE, host=chosen)
    assert f'<option value="{chosen}" selected>' in shown.content.decode()
    assert send(web, calendar, **THRICE, host=chosen, sure=sure(shown)).status_code == 204
    assert list(Booking.objects.values_list("host", flat=True)) == [hosts[1].id] * 3


def test_another_calendar_draws_the_dialog_anew_with_what_was_typed(web: Client, account: Account) -> None:
    other = factories.calendar(account, durations=[60, 90], max_party=1)
    answer = send(web, other, **SUNDAY, again="1", note="By the window", location="Market 5")
    html = answer.content.decode()
    assert (answer.status_code, Booking.objects.count()) == (200, 0)
    for words in ("Ana Roth", "ana@example.com", "By the window", "Market 5", "2026-11-08", "07:00", "1 hr 30 min"):
        assert words in html
