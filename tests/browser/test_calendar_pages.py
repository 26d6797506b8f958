"""The calendar pages in Chromium: accessible at both widths and themes, and the weekly editor without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page
from tests import factories

from admitone.calendars.models import Calendar

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calendar() -> Calendar:
    calendar = factories.calendar(factories.account(slug="clinic"), name="First visit")
    factories.link(calendar, label="For Ada")
    return calendar


def sign_in(page: Page, calendar: Calendar, url: str) -> Page:
    client = Client()
    client.force_login(factories.owner(calendar.account))
    page.context.add_cookies(
        [{"name": "admitone_session", "value": client.cookies["admitone_session"].value, "url": url}]
    )
    return page


def test_the_weekly_editor_works_without_javascript(live_server: Any, open_page: Any, calendar: Calendar) -> None:
    page = sign_in(open_page(javascript=False), calendar, live_server.url)
    page.goto(f"{live_server.url}/app/clinic/calendars/{calendar.id}/hours/")
    page.get_by_role("button", name="Add hours on Monday").click()
    page.get_by_label("Monday, from (2)").fill("6pm")
    page.get_by_label("Monday, to (2)").fill("20.30")
    page.locator("summary", has_text="(Monday)").click()
    page.locator("#day-0").get_by_label("Saturday").check()
    page.locator("#day-0").get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Remove Friday 09:00 to 17:00").click()
    page.locator(".form__actions").get_by_role("button", name="Save").click()
    days = {(w.start, w.end): w.days for w in Calendar.objects.get().compiled.schedule.windows}
    assert days == {(540, 1020): (0, 1, 2, 3, 5), (1080, 1230): (0, 5)}
