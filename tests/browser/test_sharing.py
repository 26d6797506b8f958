"""Sharing in Chromium: one press mints and copies, the dialog works by keyboard, everything without JavaScript too."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests import factories
from tests.browser.test_calendar_pages import sign_in

from admitone.accounts.addresses import one_time_url
from admitone.calendars.models import Calendar
from admitone.links.models import OneTimeLink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calendar(live_server: Any, settings: Any) -> Calendar:
    settings.BASE_URL = live_server.url
    return factories.calendar(factories.account(slug="clinic"), name="First visit")


def share(page: Page, calendar: Calendar, url: str) -> Page:
    """The dialog, opened from the menu of the calendars' list, at its One-Time tab."""
    sign_in(page, calendar, url)
    page.goto(f"{url}/app/clinic/calendars/")
    page.get_by_role("button", name="Actions for First visit").click()
    page.get_by_role("link", name="Share").click()
    page.get_by_role("tab", name="One-Time link").click()
    return page


def test_one_press_mints_copies_and_says_so(live_server: Any, page: Page, calendar: Calendar) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    share(page, calendar, live_server.url)
    assert OneTimeLink.objects.count() == 0
    page.get_by_role("button", name="Copy one-time link").click()
    expect(page.locator("[data-announcer]")).to_have_text("Copied")
    link = OneTimeLink.objects.get()
    assert page.evaluate("navigator.clipboard.readText()") == one_time_url(link.id)
    page.locator("#mint .button--primary").first.click()
    expect(page.get_by_text("1 active link of this calendar")).to_be_visible()
    assert OneTimeLink.objects.count() == 1


def test_generate_replaces_the_link_and_the_old_one_can_be_deleted_and_brought_back(
    live_server: Any, page: Page, calendar: Calendar, axe: Any
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    share(page, calendar, live_server.url)
    page.get_by_role("button", name="Copy one-time link").click()
    expect(page.get_by_text("1 active link of this calendar")).to_be_visible()
    old = OneTimeLink.objects.get()
    page.get_by_role("button", name="Generate new link").click()
    expect(page.get_by_text("stays active until it is used or deleted")).to_be_visible()
    new = OneTimeLink.objects.exclude(id=old.id).get()
    expect(page.get_by_label("One-time link", exact=True)).to_have_value(one_time_url(new.id))
    axe(page)
    page.get_by_role("button", name="Delete the old one").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The link works again.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_refused_clipboard_selects_the_link_and_says_which_keys(
    live_server: Any, page: Page, calendar: Calendar
) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    share(page, calendar, live_server.url)
    page.get_by_role("button", name="Copy one-time link").click()
    expect(page.locator("#share-one-time [data-copy-note]")).to_have_text("Press Ctrl+C to copy")
    assert page.evaluate("document.activeElement.value.slice(0, 4)") == "http"


def test_terms_with_offered_times_make_a_link_and_a_mail(live_server: Any, page: Page, calendar: Calendar) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    share(page, calendar, live_server.url)
    page.get_by_text("For somebody in particular").click()
    page.get_by_label("Email").fill("mia@example.com")
    page.get_by_text("Choose from the open times").click()
    page.locator(".time-choice").nth(1).click()
    page.get_by_role("button", name="Show times from").click()
    page.get_by_role("button", name="Copy a link with these terms").click()
    page.get_by_text("Send it…").click()
    expect(page.get_by_label("To", exact=True)).to_have_value("mia@example.com")
    page.get_by_role("button", name="Send email").click()
    expect(page.get_by_text("Kept in Messages for mia@example.com")).to_be_visible()
    link = OneTimeLink.objects.get()
    assert (link.contact.email if link.contact else "", len(link.offered)) == ("mia@example.com", 1)


def test_without_javascript_a_link_is_shared_deleted_and_brought_back(
    live_server: Any, open_page: Any, calendar: Calendar
) -> None:
    page = sign_in(open_page(javascript=False), calendar, live_server.url)
    page.goto(f"{live_server.url}/app/clinic/calendars/{calendar.id}/")
    page.get_by_role("link", name="Share").click()
    page.get_by_role("button", name="Copy one-time link").click()
    link = OneTimeLink.objects.get()
    expect(page.get_by_label("One-time link", exact=True)).to_have_value(one_time_url(link.id))
    page.goto(f"{live_server.url}/app/clinic/links/")
    page.get_by_role("checkbox").last.check()
    page.locator(".bulk").get_by_role("button", name="Delete").click()
    assert page.get_by_text("1 link is deleted.").is_visible()
    page.get_by_role("button", name="Undo").click()
    link.refresh_from_db()
    assert link.deleted_at is None
