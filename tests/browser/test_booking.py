"""A guest books, meets a conflict, moves and cancels in Chromium on a running server: with JavaScript and without."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.clinic import (
    EMAIL,
    NAME,
    Clinic,
    choose_day,
    choose_slot,
    confirm,
    expect_booked,
    fill_in,
    heading,
    slots,
)
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.slow


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def page(request: pytest.FixtureRequest, open_page: OpenPage) -> Page:
    return open_page(javascript=request.param)


def book(page: Page, link: dict[str, Any], **details: str) -> None:
    page.goto(link["url"])
    choose_day(page)
    choose_slot(page)
    fill_in(page, **details)
    confirm(page)
    expect_booked(page)


def test_day_time_details_and_confirm_book_and_use_the_link(clinic: Clinic, page: Page, open_page: OpenPage) -> None:
    link = clinic.link()
    page.goto(link["url"])
    expect(page.get_by_text("This link can be used once")).to_be_visible()
    choose_day(page)
    start = choose_slot(page)
    fill_in(page)
    confirm(page)
    expect_booked(page)
    expect(page.get_by_text(f"Sent to {EMAIL}")).to_be_visible()
    assert clinic.uses(link) == ("used", 1, 1)
    made = clinic.booking_of(link)
    assert (made["name"], made["email"], made["start"]) == (NAME, EMAIL, page.evaluate(ISO, start))
    assert clinic.mail_to(EMAIL).message["Subject"]
    again = page.goto(link["url"])
    assert (again and again.status, heading(page)) == (200, "You booked this")
    page.get_by_role("link", name="See or change your appointment").click()
    expect(page.locator("h1")).to_have_text("Your appointment")
    stranger = open_page()
    answer = stranger.goto(link["url"])
    assert (answer and answer.status, heading(stranger)) == (410, "This link has already been used")
    assert NAME not in stranger.content()
    assert slots(stranger).count() == 0


ISO = "start => new Date(start * 60000).toISOString().replace('.000', '')"


def away_from(start: int, controls: Locator) -> list[int]:
    """How many minutes from `start` the times of these controls are, the nearest first."""
    return sorted(abs(int(one.get_attribute("value") or 0) - start) for one in controls.all())


def test_time_taken_meanwhile_keeps_the_form_and_a_near_time_books(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    page.goto(link["url"])
    choose_day(page)
    start = choose_slot(page, 4)
    away = [minutes for minutes in away_from(start, slots(page)) if minutes]
    fill_in(page)
    page.get_by_label("Phone").fill("+49 30 1234567")
    clinic.take(start)
    confirm(page)
    expect(page.get_by_role("heading", name=re.compile("has just been taken"))).to_be_visible()
    expect(page.get_by_text("Your link has not been used.")).to_be_visible()
    assert clinic.uses(link) == ("active", 0, 0)
    expect(page.get_by_label("Your name")).to_have_value(NAME)
    expect(page.get_by_label("Email")).to_have_value(EMAIL)
    expect(page.get_by_label("Phone")).to_have_value("+49 30 1234567")
    near = page.locator("button[name=pick]")
    assert away_from(start, near) == sorted(away)[:3]
    assert str(start) not in [one.get_attribute("value") for one in slots(page).all()]
    near.first.click()
    expect_booked(page)
    assert clinic.uses(link) == ("used", 1, 1)


def test_booking_is_moved_and_the_old_time_struck_through(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    book(page, link)
    before = clinic.booking_of(link)
    page.get_by_role("link", name="Reschedule").click()
    expect(page.locator(".swap del")).to_be_visible()
    choose_day(page, 3)
    start = choose_slot(page, 5)
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.locator("h1")).to_have_text("Your appointment was moved")
    expect(page.locator("dd del")).to_be_visible()
    after = clinic.booking_of(link)
    assert (after["id"], after["start"]) == (before["id"], page.evaluate(ISO, start))
    assert clinic.uses(link) == ("used", 1, 1)


def test_move_to_a_time_taken_meanwhile_keeps_the_old_time(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    book(page, link)
    before = clinic.booking_of(link)["start"]
    page.get_by_role("link", name="Reschedule").click()
    choose_day(page, 3)
    start = choose_slot(page, 7)
    clinic.take(start)
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.get_by_role("heading", name=re.compile("has just been taken"))).to_be_visible()
    assert clinic.booking_of(link)["start"] == before
    page.locator("button[name=pick]").first.click()
    expect(page.locator("h1")).to_have_text("Your appointment was moved")


def test_cancel_asks_first_and_then_cancels(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    book(page, link)
    page.get_by_role("link", name="Cancel appointment").click()
    assert heading(page) == "Cancel this appointment?"
    page.get_by_role("link", name="Keep it").click()
    assert clinic.booking_of(link)["status"] == "confirmed"
    page.get_by_role("link", name="Cancel appointment").click()
    page.get_by_label("Reason").fill("Ill")
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.locator("h1")).to_have_text("This appointment is cancelled")
    made = clinic.booking_of(link)
    assert (made["status"], made["cancelled_by"], made["cancel_reason"]) == ("cancelled", "guest", "Ill")
    expect(page.get_by_role("link", name="Reschedule")).to_have_count(0)


def test_confirm_pressed_twice_books_once(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    page.goto(link["url"])
    choose_day(page)
    choose_slot(page)
    fill_in(page)
    page.get_by_role("button", name="Confirm").dblclick()
    expect_booked(page)
    assert clinic.uses(link) == ("used", 1, 1)


def test_going_back_and_sending_again_leads_to_the_booking(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    book(page, link)
    page.go_back()
    if page.get_by_role("button", name="Confirm").count():  # the browser kept the page
        confirm(page)
    else:
        page.get_by_role("link", name="See or change your appointment").click()
    expect(page.get_by_text(NAME)).to_be_visible()
    assert clinic.uses(link) == ("used", 1, 1)


def test_second_tab_opened_before_leads_to_the_booking(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    tab = page.context.new_page()
    tab.goto(link["url"])
    choose_slot(tab)
    fill_in(tab)
    book(page, link)
    tab.bring_to_front()
    confirm(tab)
    expect(tab.locator("h1")).to_have_text("You booked this")
    assert clinic.uses(link) == ("used", 1, 1)


def test_reload_of_the_success_page_changes_nothing(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    book(page, link)
    page.reload()
    expect(page.get_by_text(NAME)).to_be_visible()
    assert clinic.uses(link) == ("used", 1, 1)


def test_bound_contact_needs_a_time_and_confirm_only(clinic: Clinic, page: Page) -> None:
    link = clinic.link(contact={"name": "Cleo Known", "email": "cleo@guest.example"}, contact_policy="refuse")
    page.goto(link["url"])
    expect(page.get_by_text("For Cleo Known (cleo@guest.example)")).to_be_attached()
    assert page.locator("#book input[name=name], #book input[name=email]").count() == 0
    choose_slot(page, 6)
    confirm(page)
    expect_booked(page)
    made = clinic.booking_of(link)
    assert (made["name"], made["email"]) == ("Cleo Known", "cleo@guest.example")


def test_prefilled_contact_can_say_not_you(clinic: Clinic, page: Page) -> None:
    link = clinic.link(contact={"name": "Cleo Known", "email": "cleo@guest.example"})
    page.goto(link["url"])
    choose_slot(page, 8)
    page.get_by_text("Not you?").click()
    expect(page.get_by_label("Your name")).to_have_value("Cleo Known")
    page.get_by_label("Your name").fill("Cleo's Friend")
    confirm(page)
    expect_booked(page)
    assert clinic.booking_of(link)["name"] == "Cleo's Friend"


def test_one_offered_time_and_a_contact_need_confirm_only(clinic: Clinic, page: Page) -> None:
    day = clinic.link()
    page.goto(day["url"])
    choose_day(page, 4)
    start = int(slots(page).nth(9).get_attribute("value") or 0)
    span = {"start": page.evaluate(ISO, start), "end": page.evaluate(ISO, start + 30)}
    link = clinic.link(contact={"name": "Cleo Known", "email": "cleo@guest.example"}, offered=[span])
    page.goto(link["url"])
    assert page.locator("#book input:not([type=hidden]):visible").count() == 0
    confirm(page)
    expect_booked(page)
    assert clinic.booking_of(link)["start"] == span["start"]


def test_code_mailed_to_the_bound_address_opens_the_link(clinic: Clinic, page: Page) -> None:
    address = "vera@guest.example"
    link = clinic.link(contact={"name": "Vera Known", "email": address}, contact_policy="verify")
    page.goto(link["url"])
    assert address not in page.content()
    choose_slot(page, 10)
    before = len(clinic.smtp.messages)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    page.get_by_label("Code from our email").fill("000000")
    confirm(page)
    expect(page.get_by_role("heading", name="That code is wrong or too old")).to_be_visible()
    assert clinic.uses(link) == ("active", 0, 0)
    mail = clinic.mail_to(address, after=before)
    page.get_by_label("Code from our email").fill(re.findall(r"\b\d{6}\b", mail.text())[0])
    confirm(page)
    expect_booked(page)


def test_used_link_asks_for_a_new_one(clinic: Clinic, page: Page) -> None:
    clinic.visit(page, "link-used")
    page.locator("summary", has_text="Ask for a new link").click()
    form = page.locator("form", has=page.locator("[name=note]"))
    form.get_by_label("Your name").fill("Otto Again")
    form.get_by_label("Email").fill("otto@guest.example")
    form.get_by_role("button", name="Ask for a new link").click()
    expect(page.locator("h1")).to_have_text("Your message is on its way")
    assert clinic.mail_to(str(clinic.facts["email"]), saying="Otto Again")


@pytest.mark.parametrize("email", ["nora@guest.example", "nobody@guest.example"])
def test_mail_me_my_booking_answers_the_same_for_everybody(clinic: Clinic, page: Page, email: str) -> None:
    before = len(clinic.smtp.messages)
    clinic.visit(page, "link-used")
    page.locator("summary", has_text="Is this your booking?").click()
    page.locator("#mine_email").fill(email)
    page.get_by_role("button", name="Send me my booking").click()
    expect(page.locator("h1")).to_have_text("Look into your inbox")
    if email.startswith("nora"):
        mail = clinic.mail_to(email, after=before)
        page.goto(re.findall(r"http\S+/b/[\w-]+", mail.text())[0])
        expect(page.get_by_text("Nora Sample")).to_be_visible()


@pytest.mark.parametrize(
    ("state", "status", "title"),
    [
        ("link-used", 410, "This link has already been used"),
        ("link-expired", 410, "This link has expired"),
        ("link-deleted", 410, "This link has been withdrawn"),
        ("link-not-open", 200, "This link is not open yet"),
        ("link-paused", 200, "Bookings are paused"),
        ("link-unknown", 404, "There is nothing at this address"),
    ],
)
def test_closed_link_says_why_and_shows_no_way_in(
    clinic: Clinic, page: Page, state: str, status: int, title: str
) -> None:
    answer = page.goto(clinic.url(state))
    assert (answer and answer.status, heading(page)) == (status, title)
    assert page.locator("#book, [name=start], .month").count() == 0
    html = page.content()
    assert [word for word in ("first-visit", "paused-visit", "framed-visit", "/c/") if word in html] == []


def test_no_open_times_can_be_asked_for(clinic: Clinic, page: Page) -> None:
    clinic.visit(page, "link-full")
    expect(page.get_by_text("There are no open times at the moment")).to_be_visible()
    page.get_by_label("Your name").fill("Otto Again")
    page.get_by_label("Email").fill("otto@guest.example")
    page.get_by_role("button", name="Ask for a time").click()
    expect(page.locator("h1")).to_have_text("Your message is on its way")


def test_email_that_cannot_work_comes_back_with_the_form(clinic: Clinic, page: Page) -> None:
    link = clinic.link()
    page.goto(link["url"])
    choose_day(page)
    choose_slot(page)
    fill_in(page, email="anna@localhost")
    confirm(page)
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Your name")).to_have_value(NAME)
    assert clinic.uses(link) == ("active", 0, 0)
    page.get_by_label("Email").fill(EMAIL)
    confirm(page)
    expect_booked(page)
