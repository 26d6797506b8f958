"""The first day of an installation: an empty server, a set-up token, a calendar, a link, a booked guest. No demo data."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.clinic import NAME, choose_slot, confirm, expect_booked, fill_in
from tests.browser.conftest import OpenPage
from tests.server import Live

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("javascript", [True])
def test_from_the_token_to_the_first_booked_link(live: Live, open_page: OpenPage, javascript: bool) -> None:
    page = open_page(javascript=javascript, zone="America/New_York")
    page.goto(live.base_url)
    token = (live.data_dir / "setup-token").read_text().strip()
    assert token in live.log(), "the terminal shows the token"
    page.fill("[name=token]", token)
    page.fill("[name=name]", "Ada Lovelace")
    page.fill("[name=email]", "ada@example.com")
    page.fill("[name=password]", "a very long password")
    page.fill("[name=business]", "North Clinic")
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/app/north-clinic/")
    expect(page.get_by_text("Not being delivered").first).to_be_visible()
    page.goto(f"{live.base_url}/app/north-clinic/calendars/")
    page.get_by_role("link", name="New calendar").first.click()
    page.get_by_label("Name").fill("First visit")
    page.get_by_role("button", name="Create calendar").click()
    expect(page.locator("h1")).to_contain_text("First visit")
    page.get_by_role("link", name="Share", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Only this computer can open this link").first).to_be_visible()
    dialog.get_by_role("tab", name="One-Time link").click()
    dialog.get_by_role("button", name="Copy one-time link").click()
    expect(dialog.locator("#share-minted")).to_have_value(re.compile("/o/"))
    guest = open_page(zone="America/New_York")
    guest.goto(dialog.locator("#share-minted").input_value())
    choose_slot(guest, 0)
    fill_in(guest)
    confirm(guest)
    expect_booked(guest)
    expect(guest.get_by_text("Save this page")).to_be_visible()
    page.goto(f"{live.base_url}/app/north-clinic/bookings/")
    expect(page.locator("main")).to_contain_text(NAME)
    page.goto(f"{live.base_url}/app/north-clinic/links/")
    expect(page.locator("tbody")).to_contain_text("Used")
