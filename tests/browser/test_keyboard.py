"""Booking with Tab, Space, Enter and the arrow keys alone: everything is reached in reading order and seen to be focused."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import EMAIL, NAME, Clinic, choose_slot, confirm, expect_booked, fill_in

pytestmark = pytest.mark.slow

FOCUS = """() => {
  const one = document.activeElement, label = one.closest("label"), seen = one.getClientRects()[0];
  const rings = [one, label, one.nextElementSibling].filter(Boolean).map((each) => getComputedStyle(each));
  return {
    name: one.getAttribute("aria-label") || one.labels?.[0]?.textContent.trim() || one.textContent.trim(),
    field: one.getAttribute("name") || "",
    ring: rings.some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2)
      || style.boxShadow !== "none"),
    top: (label || one).getBoundingClientRect().top, bottom: (label || one).getBoundingClientRect().bottom,
    height: innerHeight,
  };
}"""


def focus(page: Page) -> dict[str, Any]:
    return dict(page.evaluate(FOCUS))


def tab_to(page: Page, *, name: str = "", field: str = "") -> dict[str, Any]:
    """Press Tab until this has the focus; every stop on the way shows a ring inside the window."""
    for _ in range(60):
        page.keyboard.press("Tab")
        now = focus(page)
        assert now["ring"], f"no visible focus on {now}"
        assert now["bottom"] > 0, f"focus outside the window: {now}"
        assert now["top"] < now["height"], f"focus outside the window: {now}"
        if (name and name in now["name"]) or (field and field == now["field"]):
            return now
    raise AssertionError(f"Tab never reaches {name or field}")


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (320, 640)])
def test_booking_by_keys_alone(clinic: Clinic, open_page: Any, width: int, height: int) -> None:
    link = clinic.link()
    page = open_page(width=width, height=height)
    page.goto(link["url"])
    if page.locator(".month a").count() < 2:
        tab_to(page, name="Next month")
        page.keyboard.press("Enter")
        expect(page.locator(".month a").nth(1)).to_be_visible()
    tab_to(page, name=page.locator(".month a").nth(1).get_attribute("aria-label") or "")
    page.keyboard.press("Enter")
    expect(page.locator("#slots-title")).to_be_focused()
    tab_to(page, field="start")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#book input[name=start]").nth(2)).to_be_checked()
    tab_to(page, field="name")
    page.keyboard.type(NAME)
    tab_to(page, field="email")
    page.keyboard.type("anna@localhost")
    tab_to(page, name="Confirm")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(EMAIL)
    page.keyboard.press("Enter")
    expect_booked(page)
    tab_to(page, name="Reschedule")
    page.keyboard.press("Enter")
    expect(page.locator(".swap del")).to_be_visible()
    tab_to(page, field="start")
    page.keyboard.press("Space")
    tab_to(page, name="Move the appointment")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Your appointment was moved")
    tab_to(page, name="Cancel appointment")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Cancel this appointment?")
    tab_to(page, field="reason")
    page.keyboard.type("Ill")
    tab_to(page, name="Cancel appointment")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("This appointment is cancelled")
    assert clinic.booking_of(link)["cancel_reason"] == "Ill"


def test_conflict_is_focused_and_its_first_time_is_one_tab_away(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    page.goto(link["url"])
    start = choose_slot(page, 2)
    fill_in(page)
    clinic.take(start)
    confirm(page)
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    assert focus(page)["field"] == "pick"
    page.keyboard.press("Enter")
    expect_booked(page)
