"""The booking page inside another site's page: three ways, no cookie, messages to the page around, a link without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from tests.browser.clinic import EMAIL, NAME, Clinic, slots
from tests.browser.conftest import OpenPage
from tests.browser.site import Site

pytestmark = pytest.mark.slow


def seen(page: Page, *, wait_for: str) -> list[str]:
    """The embed script's events so far, without `resize`, once `wait_for` has come."""
    page.wait_for_function("type => seen.includes(type)", arg=wait_for)
    return [kind for kind in page.evaluate("seen") if kind != "resize"]


def settled(page: Page) -> None:
    """The frame has taken the height of its page; while it grows, what is inside moves."""
    page.wait_for_function(
        """() => { const now = document.querySelector("iframe").offsetHeight, same = now === window.before;
        window.before = now; return same; }""",
        polling=150,
    )


def book(frame: FrameLocator, number: int) -> None:
    frame.locator("#book .slot input").nth(number).press(" ")
    frame.get_by_label("Your name").fill(NAME)
    frame.get_by_label("Email").fill(EMAIL)
    frame.get_by_role("button", name="Confirm").dispatch_event("click")  # a frame that grows moves what a mouse aims at
    expect(frame.locator("h1")).to_have_text("You are booked")


@pytest.mark.parametrize("mode", ["inline", "popup", "float"])
def test_booking_in_a_frame_without_cookies_tells_the_page_around(
    clinic: Clinic, site: Site, page: Page, mode: str
) -> None:
    page.goto(site.embed(clinic.base, clinic.facts["framed_path"], mode))
    if mode != "inline":
        page.get_by_role("link", name="Book a visit").click()
    frame = page.frame_locator("iframe")
    seen(page, wait_for="ready")
    book(frame, 4)
    assert seen(page, wait_for="booking.created") == ["ready", "slot.selected", "ready", "booking.created"]
    settled(page)
    frame.get_by_role("link", name="Reschedule").dispatch_event("click")
    expect(frame.locator("h1")).to_have_text("Choose another time")
    settled(page)
    frame.locator("#book .slot input").nth(6).press(" ")
    frame.get_by_role("button", name="Move the appointment").dispatch_event("click")
    expect(frame.locator("h1")).to_have_text("Your appointment was moved")
    assert "booking.rescheduled" in seen(page, wait_for="booking.rescheduled")
    settled(page)
    frame.get_by_role("link", name="Cancel appointment").dispatch_event("click")
    expect(frame.locator("h1")).to_have_text("Cancel this appointment?")
    settled(page)
    frame.get_by_role("button", name="Cancel appointment").dispatch_event("click")
    expect(frame.locator("h1")).to_have_text("This appointment is cancelled")
    assert seen(page, wait_for="booking.cancelled")[-1] == "booking.cancelled"
    assert page.context.cookies() == []
    made = clinic.api.get("/api/v1/bookings", params={"calendar": clinic.facts["calendars"]["framed"]}).json()["items"]
    assert made[0]["utm"] == {"utm_source": "garden", "utm_campaign": "spring"}
    if mode != "inline":
        page.keyboard.press("Escape")
        expect(page.locator("iframe")).to_be_hidden()
        assert seen(page, wait_for="close")[-1] == "close"


def test_messages_hold_no_personal_data_and_name_their_version(clinic: Clinic, site: Site, page: Page) -> None:
    page.goto(site.embed(clinic.base, clinic.facts["framed_path"], "inline"))
    book(page.frame_locator("iframe"), 8)
    seen(page, wait_for="booking.created")
    heard = page.evaluate("heard")
    assert {origin for origin, _ in heard} == {clinic.base}
    assert {(data["v"], data["source"]) for _, data in heard} == {(1, "admitone")}
    assert {key for _, data in heard for key in data["data"]} <= {"height", "start"}


def test_used_one_time_link_in_a_frame_says_so(clinic: Clinic, site: Site, page: Page) -> None:
    link = clinic.link("framed")
    page.goto(site.embed(clinic.base, link["url"], "inline"))
    book(page.frame_locator("iframe"), 5)
    assert clinic.uses(link) == ("used", 1, 1)
    page.reload()
    expect(page.frame_locator("iframe").locator("h1")).to_have_text("This link has already been used")
    assert seen(page, wait_for="link.unavailable") == ["ready", "link.unavailable"]


def test_frame_is_as_high_as_its_page_and_has_no_scrollbar_of_its_own(clinic: Clinic, site: Site, page: Page) -> None:
    page.goto(site.embed(clinic.base, clinic.facts["framed_path"], "inline"))
    page.wait_for_function("document.querySelector('iframe')?.style.height")
    inner = page.frames[1]
    expect(page.frame_locator("iframe").locator("h1")).to_be_visible()
    assert inner.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.querySelector('iframe').getBoundingClientRect().height") >= 680


def test_only_sites_on_the_list_may_frame_a_page_and_others_show_the_link(
    clinic: Clinic, site: Site, browser: Browser
) -> None:
    policies = [
        clinic.api.get(path).headers["Content-Security-Policy"]
        for path in (clinic.facts["states"]["scheduling"], clinic.facts["framed_path"])
    ]
    assert "frame-ancestors 'none'" in policies[0]
    assert f"frame-ancestors {site.origin}" in policies[1]
    page = browser.new_page()  # not one whose refused frames are faults
    page.goto(site.embed(clinic.base, f"{clinic.base}{clinic.facts['states']['scheduling']}", "inline"))
    page.wait_for_selector("iframe", state="attached")
    expect(page.locator("iframe")).to_have_count(0)
    expect(page.get_by_role("link", name="Book a visit")).to_be_visible()
    page.close()


@pytest.mark.parametrize("mode", ["inline", "popup", "float"])
def test_without_javascript_a_link_leads_to_the_page(
    clinic: Clinic, site: Site, open_page: OpenPage, mode: str
) -> None:
    page = open_page(javascript=False)
    page.goto(site.embed(clinic.base, f"{clinic.base}{clinic.facts['framed_path']}", mode))
    page.get_by_role("link", name="Book a visit").click()
    expect(page.locator("h1")).to_have_text("Framed visit")
    assert slots(page).count() > 0
