"""Groups in Chromium: order by keyboard, a link in one press, and a guest who chooses, turns back and books once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests import factories
from tests.browser.clinic import confirm, fill_in
from tests.browser.test_calendar_pages import sign_in

from admitone.accounts.addresses import one_time_url
from admitone.booking.models import Booking
from admitone.calendars.groups import members
from admitone.calendars.models import CalendarGroup
from admitone.events import SYSTEM
from admitone.links.models import OneTimeLink
from admitone.links.services import issue

pytestmark = pytest.mark.django_db(transaction=True)
DAILY = {day: [(480, 1200)] for day in range(7)}


@pytest.fixture
def group(live_server: Any, settings: Any) -> CalendarGroup:
    settings.BASE_URL = live_server.url
    account = factories.account(slug="clinic")
    text = "Bring your earlier letters, and a good deal of time for everything that has to be said."
    pair = [
        factories.calendar(account, name="First visit", hours=DAILY, description=text, location_kind="phone"),
        factories.calendar(account, name="Check-up", duration=60, hours=DAILY),
    ]
    return factories.group(account, *pair, description="All that we do for you.")


def names(group: CalendarGroup) -> list[str]:
    return list(members(group).values_list("name", flat=True))


def test_order_is_turned_by_keyboard_and_the_link_is_made_in_one_press(
    live_server: Any, page: Page, group: CalendarGroup, axe: Any
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, members(group)[0], live_server.url)
    page.goto(f"{live_server.url}/app/clinic/calendars/")
    page.get_by_role("link", name="Groups", exact=True).click()
    axe(page)
    page.get_by_role("link", name="Consultations", exact=True).click()
    page.wait_for_load_state("networkidle")
    axe(page)
    page.get_by_role("button", name="Move down: First visit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move up: First visit")).to_be_focused()
    assert names(group) == ["Check-up", "First visit"]
    page.get_by_role("button", name="Copy one-time link").click()
    expect(page.locator("[data-announcer]")).to_have_text("Copied")
    link = OneTimeLink.objects.get()
    assert (page.evaluate("navigator.clipboard.readText()"), link.group_id) == (one_time_url(link.id), group.id)


def test_share_dialogs_of_the_group_and_of_its_calendars_open_from_its_page(
    live_server: Any, page: Page, group: CalendarGroup, axe: Any
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, members(group)[0], live_server.url)
    page.goto(f"{live_server.url}/app/clinic/calendars/groups/{group.id}/")
    page.get_by_role("link", name="Share First visit").click()
    expect(page.get_by_role("tab", name="Scheduling link")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("link", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Group link")).to_have_value(f"{live_server.url}/clinic/g/consultations")
    axe(page)
    dialog.get_by_role("tab", name="One-Time link").click()
    dialog.get_by_role("button", name="Copy one-time link").click()
    expect(dialog.get_by_text("1 active link of this group")).to_be_visible()
    axe(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_guest_chooses_turns_back_and_books_once(
    live_server: Any, open_page: Any, group: CalendarGroup, axe: Any, javascript: bool
) -> None:
    until = timezone.now() + timedelta(days=30)
    link = issue(account=group.account, group=group, actor=SYSTEM, now=timezone.now(), expires_at=until)
    page = open_page(javascript=javascript)
    page.goto(one_time_url(link.id))
    if javascript:
        axe(page)
    page.get_by_role("link", name="First visit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="First visit")).to_be_visible()
    page.get_by_role("link", name="Choose another").click()
    page.get_by_role("link", name="Check-up").click()
    page.get_by_role("link", name=re.compile("Next month")).click()
    page.locator(".month a").first.click()
    page.locator("#book .slot").first.click()
    fill_in(page)
    confirm(page)
    page.wait_for_url("**/b/**")
    assert Booking.objects.get().calendar.name == "Check-up"
    other = open_page(javascript=javascript)
    other.goto(one_time_url(link.id))
    expect(other.get_by_role("heading", name="This link has already been used")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_cards_of_a_group_suit_every_screen(
    live_server: Any, open_page: Any, group: CalendarGroup, axe: Any, width: int, dark: bool
) -> None:
    page = open_page(dark=dark, width=width)
    page.goto(f"{live_server.url}/clinic/g/consultations")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    card = page.locator(".offer").first.bounding_box()
    assert card and card["height"] >= 44
    page.locator(".offer").first.click(position={"x": card["width"] - 8, "y": card["height"] - 8})
    page.wait_for_url("**/clinic/first-visit?group=consultations")
