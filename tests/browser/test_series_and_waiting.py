"""A series with a date that is taken, and a waiting list from the full time to the mailed link, in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic, choose_day, choose_slot, confirm, expect_booked, fill_in
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, Check, check_looks
from tests.browser.test_calendar_types import calendar

pytestmark = pytest.mark.slow
WEEK = 7 * 1440


def page_of(clinic: Clinic, made: dict[str, Any], language: str = "") -> str:
    return f"{clinic.base}/c/{made['id']}{f'?lang={language}' if language else ''}"


def repeat(page: Page, every: str, times: int) -> None:
    page.get_by_text("Repeat this appointment").click()
    page.get_by_label("How often?").select_option(label=every)
    page.get_by_label("How many appointments?").fill(str(times))


def looks(page: Page, axe: Check, *, javascript: bool) -> None:
    """axe runs by script."""
    if javascript:
        check_looks(page, axe, "en-GB", PAIRS["en-GB"])


def take(clinic: Clinic, made: dict[str, Any], start: int) -> None:
    clinic.facts["calendars"][made["id"]] = made["id"]
    clinic.take(start, made["id"])


@pytest.mark.parametrize("javascript", [True, False])
def test_guest_sees_a_taken_date_changes_the_rhythm_and_books_all(
    clinic: Clinic, open_page: OpenPage, axe: Check, javascript: bool
) -> None:
    made, page = calendar(clinic, "personal", 1, series_max=6), open_page(javascript=javascript)
    page.goto(page_of(clinic, made))
    choose_day(page, 1)
    start = choose_slot(page, 3 if javascript else 5)
    take(clinic, made, start + WEEK)
    fill_in(page, f"Sira{javascript}", f"sira{javascript}@guest.example")
    repeat(page, "Every week", 3)
    confirm(page)
    expect(page.locator("h1")).to_have_text("Check the dates")
    expect(page.get_by_text("1 date is not open")).to_be_visible()
    expect(page.locator(".dates li")).to_have_count(3)
    expect(page.locator(".dates__why")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("^Book"))).to_have_count(0)
    looks(page, axe, javascript=javascript)
    page.get_by_label("How often?").select_option(label="Every two weeks")
    page.get_by_role("button", name="Show the dates again").click()
    page.get_by_role("button", name="Book these 3 appointments").click()
    expect_booked(page)
    expect(page.locator(".dates li")).to_have_count(3)
    looks(page, axe, javascript=javascript)
    mail = clinic.mail_to(f"sira{javascript}@guest.example")
    assert mail.text().count("–") >= 3
    page.locator(".dates a").first.click()
    page.get_by_role("link", name="Cancel appointment").click()
    page.get_by_label("This one and the 1 that follows").check()
    looks(page, axe, javascript=javascript)
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.locator("h1")).to_have_text("This appointment is cancelled")
    expect(page.locator(".dates .struck")).to_have_count(2)


@pytest.mark.parametrize("javascript", [True, False])
def test_waiting_guest_gets_the_freed_place_by_mail_and_nobody_else_does(
    clinic: Clinic, open_page: OpenPage, axe: Check, javascript: bool
) -> None:
    name = f"Wanda{javascript}"
    lesson = calendar(clinic, "class", 1, capacity=1, waitlist=True)
    first, page, stranger = (open_page(javascript=javascript) for _ in range(3))
    first.goto(page_of(clinic, lesson))
    choose_slot(first, 3)
    fill_in(first, "Seated", "seated@guest.example")
    confirm(first)
    expect_booked(first)
    page.goto(page_of(clinic, lesson))
    expect(page.get_by_role("heading", name="Full times")).to_be_visible()
    looks(page, axe, javascript=javascript)
    page.get_by_role("link", name=re.compile("^Full: join")).click()
    expect(page.locator("h1")).to_have_text("Join the waiting list")
    looks(page, axe, javascript=javascript)
    fill_in(page, name, f"{name.lower()}@guest.example")
    page.get_by_role("button", name="Join the waiting list").click()
    expect(page.locator("h1")).to_have_text("You are on the waiting list")
    looks(page, axe, javascript=javascript)
    owner = clinic.sign_in(open_page())
    owner.goto(f"{clinic.app}/calendars/{lesson['id']}/waitlist/")
    expect(owner.locator("main")).to_contain_text(name)
    looks(owner, axe, javascript=javascript)
    first.get_by_role("link", name="Cancel appointment").click()
    first.get_by_role("button", name="Cancel appointment").click()
    expect(first.locator("h1")).to_have_text("This appointment is cancelled")
    mail = clinic.mail_to(f"{name.lower()}@guest.example", saying="A place is free for you").text()
    stranger.goto(page_of(clinic, lesson))
    expect(stranger.get_by_role("link", name=re.compile("^Full: join"))).to_have_count(1)
    found = re.search(r"http\S+/o/[\w-]+", mail)
    assert found
    page.goto(found.group(0))
    expect(page.get_by_text(f"For {name}")).to_be_visible()
    looks(page, axe, javascript=javascript)
    confirm(page)
    expect_booked(page)
    owner.reload()
    expect(owner.locator("main")).to_contain_text("Nobody is waiting")


def test_both_read_from_right_to_left(clinic: Clinic, page: Page, axe: Check) -> None:
    lesson = calendar(clinic, "class", 1, capacity=1, waitlist=True, series_max=4)
    page.goto(page_of(clinic, lesson))
    take(clinic, lesson, choose_slot(page, 2))
    page.goto(page_of(clinic, lesson, "ar"))
    check_looks(page, axe, "ar", PAIRS["ar"])
    page.locator(".full a").first.click()
    check_looks(page, axe, "ar", PAIRS["ar"])
