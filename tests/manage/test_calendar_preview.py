"""The page as guests of a zone and a language see it; nothing can be booked there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.calendars.services import set_active, update_calendar
from admitone.events import SYSTEM

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}


@pytest.fixture
def account(freeze: time_machine.Traveller) -> Account:
    return factories.account(slug="clinic")


@pytest.fixture
def calendar(account: Account) -> Calendar:
    calendar = factories.calendar(account, name="First visit")
    return update_calendar(account=account, calendar_id=calendar.id, access="one_time", **DO)


@pytest.fixture
def web(account: Account) -> Client:
    client = Client()
    client.force_login(factories.owner(account))
    return client


def address(web: Client, calendar: Calendar, **asked: str) -> str:
    answer = web.get(f"/app/{calendar.account.slug}/calendars/{calendar.id}/preview/", asked)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_calendar_page_offers_zones_and_languages(web: Client, calendar: Calendar) -> None:
    page = web.get(f"/app/clinic/calendars/{calendar.id}/").content.decode()
    assert [word in page for word in ("Preview as…", 'value="Asia/Tokyo"', 'value="pt-br"', "/preview/")] == [True] * 4


def test_preview_of_a_calendar_for_links_only_is_in_that_zone_and_language_and_books_nothing(
    web: Client, calendar: Calendar
) -> None:
    guest = Client()
    there = address(web, calendar, tz="Asia/Tokyo", lang="de")
    shown = guest.get(there)
    page = shown.content.decode()
    assert (shown.status_code, shown["Content-Language"]) == (200, "de")
    assert ["Vorschau: Hier wird nichts gebucht." in page, 'name="tz" value="Asia/Tokyo"' in page] == [True, True]
    assert f"/c/{calendar.id}" not in page
    sent = guest.post(there, {"start": "29894940", "name": "Ana", "email": "ana@example.com"})
    assert (sent.status_code, sent["Location"].startswith("/preview/")) == (303, True)
    assert Booking.objects.count() == 0
    assert guest.get(f"/c/{calendar.id}").status_code == 404


def test_nonsense_falls_back_and_paused_calendars_say_so(web: Client, calendar: Calendar) -> None:
    there = address(web, calendar, tz="Mars/Base", lang="klingon")
    assert there.endswith("?tz=Europe%2FBerlin")
    set_active(account=calendar.account, calendar_id=calendar.id, active=False, **DO)
    assert "Preview: nothing is booked here." in Client().get(there).content.decode()


def test_pass_is_old_after_an_hour_and_cannot_be_made_up(
    web: Client, calendar: Calendar, freeze: time_machine.Traveller
) -> None:
    there = address(web, calendar)
    assert Client().get("/preview/nonsense").status_code == 404
    freeze.shift(timedelta(hours=2))
    assert Client().get(there).status_code == 404


def test_strangers_get_no_pass(calendar: Calendar) -> None:
    client = Client()
    client.force_login(factories.owner(factories.account()))
    assert client.get(f"/app/clinic/calendars/{calendar.id}/preview/").status_code == 404
