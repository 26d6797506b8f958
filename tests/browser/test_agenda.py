"""The calendar by keys alone, in every dress: each view, the switch that turns the keys off, a free time that is booked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic
from tests.browser.conftest import OpenPage
from tests.browser.looks import SCHEMES, WIDTHS, Check, check_looks

pytestmark = pytest.mark.slow
DRESSES = [(scheme, width) for scheme in SCHEMES for width in WIDTHS]


def current(page: Page) -> str:
    return page.locator(".agenda__tabs:visible [aria-current]").inner_text()


def test_calendar_is_led_by_keys_and_looks_right_in_every_dress(
    clinic: Clinic, open_page: OpenPage, axe: Check
) -> None:
    page = clinic.sign_in(open_page())
    page.goto(f"{clinic.app}/calendar/")
    assert current(page) == "Week"
    check_looks(page, axe, "en-GB", DRESSES)
    page.set_viewport_size({"width": 320, "height": 900})
    assert current(page) == "Agenda"
    page.set_viewport_size({"width": 1280, "height": 900})
    for key, view in (("m", "month"), ("d", "day"), ("a", "agenda"), ("w", "week")):
        page.keyboard.press(key)
        page.wait_for_url(f"**view={view}*")
        assert current(page).lower() == view
        check_looks(page, axe, "en-GB", DRESSES)
    page.set_viewport_size({"width": 1280, "height": 900})
    first = page.locator("h1").inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**date=*")
    assert page.locator("h1").inner_text() != first
    page.keyboard.press("t")
    page.wait_for_url(lambda url: "date=" not in url)
    assert page.locator("h1").inner_text() == first
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.reload()
    assert current(page) == "Week"


def test_free_half_hour_leads_to_a_new_appointment_and_an_appointment_to_its_page(
    clinic: Clinic, open_page: OpenPage
) -> None:
    page = clinic.sign_in(open_page())
    page.goto(f"{clinic.app}/calendar/?view=week")
    page.get_by_role("link", name="Next", exact=True).click()
    page.wait_for_url("**date=*")
    page.locator(".hours__open").first.click(position={"x": 5, "y": 5})
    asked = page.get_by_role("dialog", name="New appointment")
    expect(asked.get_by_label("Starts at")).to_have_value(re.compile(r"\d\d:[03]0"))
    asked.get_by_role("link", name="Choose an open time").click()
    page.wait_for_url("**/bookings/new/?calendar=*at=*")
    expect(page.locator("input[name=start]:checked")).to_have_count(1)
    page.go_back()
    page.wait_for_function("() => globalThis.admitone?.agenda")
    page.locator(".event--block").first.click()
    expect(page.locator("#agenda-shown")).to_be_visible()
