"""A guest chooses a length or brings somebody along, with JavaScript and without; the owner sets the rules for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic, choose_day, choose_slot, confirm, expect_booked, fill_in
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, Check, check_looks

pytestmark = pytest.mark.slow


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(scripted: bool, open_page: OpenPage) -> Page:
    return open_page(javascript=scripted)


@pytest.fixture
def looked(scripted: bool, axe: Check) -> Check:
    """Checks a page in its dresses; axe runs as script, so not without."""
    return (lambda page: check_looks(page, axe, "en-GB", PAIRS["en-GB"])) if scripted else lambda _page: None


def calendar(clinic: Clinic, **fields: Any) -> dict[str, Any]:
    body = {"name": "First visit", "slug": f"rules-{uuid4().hex[:8]}", "notice": 0, **fields}
    answer = clinic.api.post("/api/v1/calendars", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def newest(clinic: Clinic, of: dict[str, Any]) -> dict[str, Any]:
    return dict(clinic.api.get("/api/v1/bookings", params={"calendar": of["id"]}).json()["items"][0])


def minutes(booking: dict[str, Any]) -> int:
    span = datetime.fromisoformat(booking["end"]) - datetime.fromisoformat(booking["start"])
    return int(span.total_seconds() // 60)


def test_guest_chooses_a_length_and_keeps_it_when_moving(clinic: Clinic, page: Page, looked: Check) -> None:
    made = calendar(clinic, durations=[15, 60])
    page.goto(made["scheduling_url"])
    page.get_by_role("navigation", name="How long?").get_by_role("link", name="1 hr").click()
    expect(page.get_by_role("link", name="1 hr")).to_have_attribute("aria-current", "true")
    looked(page)
    choose_day(page)
    choose_slot(page)
    fill_in(page)
    confirm(page)
    expect_booked(page)
    booking = newest(clinic, made)
    assert minutes(booking) == 60
    page.goto(booking["manage_url"])
    page.get_by_role("link", name="Reschedule").click()
    choose_day(page, 3)
    choose_slot(page, 5)
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.locator("h1")).to_have_text("Your appointment was moved")
    assert (minutes(newest(clinic, made)), newest(clinic, made)["start"] != booking["start"]) == (60, True)


def test_party_of_two_takes_two_places_with_a_link_for_two(clinic: Clinic, page: Page, looked: Check) -> None:
    made = calendar(clinic, kind="class", capacity=3, max_party=1)
    terms = {"calendar": made["id"], "seats": 2}
    link = clinic.api.post("/api/v1/one-time-links", json=terms).json()
    page.goto(link["url"])
    page.get_by_label("Places", exact=True).select_option("2")
    page.get_by_role("button", name="Apply").first.click()
    choose_day(page)
    choose_slot(page)
    page.get_by_label("Who comes along?").fill("Ben Brown, ben@guest.example")
    looked(page)
    fill_in(page)
    confirm(page)
    expect_booked(page)
    expect(page.get_by_text("Ben Brown")).to_be_visible()
    booking = newest(clinic, made)
    assert (booking["seats"], booking["guests"]) == (2, [{"name": "Ben Brown", "email": "ben@guest.example"}])


def test_guest_who_has_enough_is_told_and_keeps_the_form(clinic: Clinic, page: Page, looked: Check) -> None:
    made = calendar(clinic, per_contact_limit=1)
    for place in range(2):
        page.goto(made["scheduling_url"])
        choose_day(page)
        choose_slot(page, 3 + place)
        fill_in(page)
        confirm(page)
        if not place:
            expect_booked(page)
    expect(page.get_by_role("alert")).to_contain_text("You have an appointment already")
    looked(page)
    expect(page.get_by_label("Your name")).not_to_have_value("")


def test_owner_sets_the_booking_rules(clinic: Clinic, page: Page, looked: Check) -> None:
    made = calendar(clinic)
    clinic.sign_in(page).goto(f"{clinic.app}/calendars/{made['id']}/bookings/")
    page.get_by_label("Other lengths").fill("15; 60")
    page.get_by_label("Upcoming appointments per guest").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Other lengths")).to_have_value("15; 60")
    looked(page)
    page.get_by_label("Upcoming appointments per guest").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Other lengths")).to_have_value("15, 60")
    stored = clinic.api.get(f"/api/v1/calendars/{made['id']}").json()
    assert (stored["durations"], stored["per_contact_limit"]) == ([15, 60], 3)
