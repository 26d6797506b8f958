"""A calendar that asks a form, in Chromium on a running server: beside the times, before them, ruled out, and looked at."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic, choose_day, choose_slot, confirm, expect_booked, slots
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, Check, check_looks

pytestmark = pytest.mark.slow
FIELDS = [
    {"key": "first", "label": "First name", "required": True, "maps_to": "first_name", "width": "half"},
    {"key": "last", "label": "Last name", "maps_to": "last_name", "width": "half"},
    {"key": "mail", "label": "Your email", "kind": "email", "required": True, "maps_to": "email"},
    {"key": "need", "label": "What is it about?", "kind": "choice", "options": ["Check-up", "Pain", "Eyes"]},
    {
        "key": "where",
        "label": "Where does it hurt?",
        "required": True,
        "show_if": {"key": "need", "equals": "Pain"},
    },
    {"key": "tariff", "label": "Tariff", "locked": True},
]
CONSENT = "I have read the [privacy notice](https://www.example.com/privacy)."


def asking(clinic: Clinic, **fields: Any) -> dict[str, Any]:
    """A calendar with a form whose answer "Eyes" leads to the calendar that every test books."""
    elsewhere = clinic.facts["calendars"]["open"]
    rule = {"key": "need", "equals": "Eyes", "message": "We only look at teeth.", "calendar": elsewhere}
    body = {"name": f"Questions {uuid4().hex[:6]}", "fields": FIELDS, "rules": [rule], "consent_text": CONSENT}
    form = clinic.api.post("/api/v1/forms", json=body)
    assert form.status_code == 201, form.text
    made = clinic.api.post(
        "/api/v1/calendars", json={"name": body["name"], "notice": 0, "form": form.json()["id"], **fields}
    )
    assert made.status_code == 201, made.text
    return dict(made.json())


def link_of(clinic: Clinic, calendar: dict[str, Any]) -> dict[str, Any]:
    made = clinic.api.post("/api/v1/one-time-links", json={"calendar": calendar["id"], "metadata": {"tariff": "Gold"}})
    assert made.status_code == 201, made.text
    return dict(made.json())


def answer(page: Page, need: str = "Check-up") -> None:
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("Lovelace")
    page.get_by_label("Your email").fill("ada@guest.example")
    page.get_by_label(need, exact=True).check()
    page.get_by_label("I have read").check()


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    return open_page(javascript=request.param)


def test_questions_beside_the_times_are_booked_with_them(clinic: Clinic, page: Page) -> None:
    link = link_of(clinic, asking(clinic))
    page.goto(link["url"])
    choose_day(page)
    choose_slot(page)
    expect(page.get_by_label("Tariff")).to_have_value("Gold")
    expect(page.get_by_label("Tariff")).not_to_be_editable()
    expect(page.get_by_role("link", name="privacy notice")).to_have_attribute("href", "https://www.example.com/privacy")
    answer(page, "Pain")
    confirm(page)
    expect(page.get_by_role("link", name="Please answer this.")).to_be_visible()
    page.get_by_label("Where does it hurt?").fill("Left")
    confirm(page)
    expect_booked(page)
    page.get_by_text("Your answers").click()
    expect(page.get_by_text("Left", exact=True)).to_be_visible()
    made = clinic.booking_of(link)
    assert (made["name"], made["answers"]["where"], made["answers"]["tariff"]) == ("Ada Lovelace", "Left", "Gold")


def test_question_appears_with_the_answer_it_waits_for(clinic: Clinic, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(link_of(clinic, asking(clinic))["url"])
    choose_day(page)
    choose_slot(page)
    where = page.get_by_label("Where does it hurt?")
    expect(where).to_be_hidden()
    page.get_by_label("Pain", exact=True).check()
    expect(where).to_be_visible()


def test_form_first_asks_then_shows_times_and_books(clinic: Clinic, page: Page) -> None:
    link = link_of(clinic, asking(clinic, form_first=True))
    page.goto(link["url"])
    assert slots(page).count() == 0
    answer(page)
    page.get_by_role("button", name="Choose a time").click()
    expect(slots(page).first).to_be_attached()
    page.get_by_role("button", name="Next month").click()
    days = page.locator(".month button")
    wanted = days.nth(1).get_attribute("aria-label") or ""
    days.nth(1).click()
    expect(page.get_by_role("button", name=wanted, exact=True)).to_have_attribute("aria-current", "date")
    page.get_by_role("button", name="Change my answers").click()
    expect(page.get_by_label("First name")).to_have_value("Ada")
    page.get_by_role("button", name="Choose a time").click()
    choose_slot(page)
    confirm(page)
    expect_booked(page)
    assert clinic.booking_of(link)["answers"]["tariff"] == "Gold"


def test_ruled_out_guest_is_led_to_another_calendar_and_the_link_lives(clinic: Clinic, page: Page) -> None:
    link = link_of(clinic, asking(clinic, form_first=True))
    page.goto(link["url"])
    answer(page, "Eyes")
    page.get_by_role("button", name="Choose a time").click()
    expect(page.get_by_text("We only look at teeth.")).to_be_visible()
    expect(page.get_by_text("Your link has not been used.")).to_be_visible()
    assert clinic.uses(link) == ("active", 0, 0)
    page.get_by_role("link", name=re.compile("Go on to")).click()
    expect(page).to_have_url(re.compile("/c/"))


@pytest.mark.parametrize("locale", PAIRS)
def test_pages_in_each_pair_of_dresses(clinic: Clinic, open_page: OpenPage, axe: Check, locale: str) -> None:
    page = open_page(locale=locale)
    for first in (False, True):
        page.goto(link_of(clinic, asking(clinic, form_first=first))["url"])
        check_looks(page, axe, locale, PAIRS[locale])
    answer(page)
    page.locator("#book button[value=times]").click()
    expect(slots(page).first).to_be_attached()
    check_looks(page, axe, locale, PAIRS[locale])
    page.locator("button[value=back]").click()
    page.get_by_label("Eyes", exact=True).check()
    page.locator("#book button[value=times]").click()
    expect(page.get_by_text("We only look at teeth.")).to_be_visible()
    check_looks(page, axe, locale, PAIRS[locale])


def test_tab_of_the_calendar_in_each_width(clinic: Clinic, open_page: OpenPage, axe: Check) -> None:
    calendar = asking(clinic)
    page = clinic.sign_in(open_page(width=1280))
    page.goto(f"{clinic.app}/calendars/{calendar['id']}/form/")
    expect(page.get_by_label("Form", exact=True)).to_have_value(calendar["form"])
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])
