"""A calendar's notifications and places, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, check_looks
from tests.browser.test_messages import sign_in

from admitone.booking.models import Booking
from admitone.calendars.services import update_calendar
from admitone.events.actor import SYSTEM
from admitone.notifications.models import CalendarNotice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_second_reminder_is_written_previewed_and_shown_in_what_the_guest_receives(
    live_server: Any, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    account = factories.account(slug="north-clinic")
    factories.contact(account, name="Ada Lovelace", email="ada@example.com", phone="")
    calendar = factories.calendar(account, name="First visit")
    page = open_page(width=1280)
    sign_in(page, live_server, factories.owner(account))
    page.goto(f"{live_server.url}/app/north-clinic/calendars/{calendar.id}/notifications/")
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])
    page.set_viewport_size({"width": 1280, "height": 900})
    receives = page.get_by_role("region", name="This guest will receive")
    expect(receives.get_by_role("listitem")).to_have_count(3)
    page.get_by_role("link", name="Add: Reminder").click()
    expect(page.get_by_label("When", exact=True)).to_have_value("reminder")
    expect(page.get_by_label("Addresses or numbers")).to_be_hidden()
    page.get_by_label("Subject").fill("Soon: {{ appointment.time }}")
    page.get_by_label("Text").fill("See you soon, {{ contact.first_name }}.")
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.frame_locator("iframe").locator("body")).to_contain_text("See you soon, Ada.")
    expect(preview.get_by_role("heading", name="Soon: ")).to_be_visible()
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(receives.get_by_text("2 hours before the start")).to_be_visible()
    expect(receives.get_by_role("listitem")).to_have_count(4)
    assert CalendarNotice.objects.get().offset_minutes == 120


def test_guest_says_where_and_reads_a_hidden_address_only_after_booking(
    live_server: Any, open_page: OpenPage, axe: Callable[[Page], None]
) -> None:
    account = factories.account(slug="north-clinic")
    calendar = factories.calendar(account, slug="visit", location_kind="ask", notice=0)
    page = open_page(width=320, javascript=False)
    page.goto(f"{live_server.url}/north-clinic/visit")
    page.get_by_role("radio").first.check(force=True)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Where shall we meet?").fill("Café Blau")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Café Blau")).to_be_visible()
    assert Booking.objects.get().location == "Café Blau"
    place = {"location_kind": "address", "location": "Secret Lane 1", "location_hidden": True}
    update_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=factories.NOW, **place)
    page.goto(f"{live_server.url}/north-clinic/visit")
    expect(page.get_by_text("You will get the address after booking")).to_be_visible()
    assert "Secret Lane" not in page.content()
    with_scripts = open_page(width=320)
    with_scripts.goto(f"{live_server.url}/north-clinic/visit")
    axe(with_scripts)
