"""Every type of calendar is booked by a one-time link and shows its guest what that type has to say."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic, choose_slot, confirm, expect_booked, fill_in
from tests.browser.conftest import OpenPage
from tests.browser.looks import Check

pytestmark = pytest.mark.slow


def calendar(clinic: Clinic, kind: str, hosts: int, **terms: Any) -> dict[str, Any]:
    """A calendar of the clinic that opens every weekday, with so many of its hosts."""
    known = [one["id"] for one in clinic.api.get("/api/v1/hosts").json()["items"] if one["name"].startswith("Dr. ")]
    body = {"name": f"{kind} of {hosts}", "kind": kind, "notice": 0, "hosts": [{"host": key} for key in known[:hosts]]}
    answer = clinic.api.post("/api/v1/calendars", json=body | terms)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def link_to(clinic: Clinic, made: dict[str, Any], **terms: Any) -> dict[str, Any]:
    answer = clinic.api.post("/api/v1/one-time-links", json={"calendar": made["id"], **terms})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def book(page: Page, link: dict[str, Any], number: int = 2) -> None:
    page.goto(link["url"])
    choose_slot(page, number)
    fill_in(page)
    confirm(page)
    expect_booked(page)


@pytest.mark.parametrize(
    ("kind", "hosts", "met"), [("personal", 1, 1), ("round_robin", 3, 1), ("collective", 2, 2), ("event", 1, 1)]
)
def test_link_books_a_calendar_of_any_type_once(
    clinic: Clinic, page: Page, axe: Check, kind: str, hosts: int, met: int
) -> None:
    link = link_to(clinic, calendar(clinic, kind, hosts))
    book(page, link)
    axe(page)
    made = clinic.booking_of(link)
    assert (clinic.uses(link), len(made["hosts"])) == (("used", 1, 1), met)
    for host in made["hosts"] if kind != "event" else []:
        expect(page.locator("main")).to_contain_text(host["name"])
    page.goto(link["url"])
    expect(page.locator("h1")).to_have_text("You booked this")


def test_class_counts_its_places_down_and_a_full_time_is_gone(clinic: Clinic, page: Page, open_page: OpenPage) -> None:
    lesson = calendar(clinic, "class", 1, capacity=2)
    first, second, third = (link_to(clinic, lesson) for _ in range(3))
    page.goto(first["url"])
    expect(page.locator("#book .slot").nth(2)).to_contain_text("2 places left")
    start = choose_slot(page, 2)
    fill_in(page)
    confirm(page)
    expect_booked(page)
    other = open_page(javascript=False)
    other.goto(second["url"])
    expect(other.locator(f".slot:has(input[value='{start}'])")).to_contain_text("1 place left")
    other.locator(f".slot:has(input[value='{start}'])").click()
    fill_in(other, "Ben Example", "ben@guest.example")
    confirm(other)
    expect_booked(other)
    late = open_page()
    late.goto(third["url"])
    expect(late.locator("#book .slot").first).to_be_visible()
    expect(late.locator(f"input[value='{start}']")).to_have_count(0)
    assert (clinic.uses(first)[0], clinic.uses(second)[0], clinic.uses(third)[0]) == ("used", "used", "active")


def test_guest_of_a_round_robin_chooses_whom_to_meet(clinic: Clinic, page: Page) -> None:
    team = calendar(clinic, "round_robin", 3, guest_picks_host=True)
    link, wanted = link_to(clinic, team), team["hosts"][1]
    page.goto(link["url"])
    page.get_by_text(wanted["name"], exact=True).click()
    page.locator("form", has=page.get_by_role("group", name="With")).get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(f"host={wanted['id']}"))
    choose_slot(page, 1)
    fill_in(page)
    confirm(page)
    expect_booked(page)
    made = clinic.booking_of(link)
    assert (made["host"], made["host_reason"]) == (wanted["id"], "wish")
