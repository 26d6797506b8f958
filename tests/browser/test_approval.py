"""A request in the browser: asked by a guest, answered by its host from the mail or in the app, a new link that works."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import Clinic, choose_slot, fill_in
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, Check, check_looks

pytestmark = pytest.mark.slow


def ask(clinic: Clinic, page: Page, name: str, slot: int) -> str:
    """Ask for an appointment by a link of one's own; the address of the guest's page."""
    page.goto(clinic.link("asked")["url"])
    choose_slot(page, slot)
    fill_in(page, name, address_of(name))
    expect(page.get_by_text("This is a request")).to_be_visible()
    page.get_by_role("button", name="Request this time").click()
    expect(page.locator("h1")).to_have_text("We have your request")
    return page.url.partition("?")[0]


def address_of(name: str) -> str:
    return f"{name.lower()}@guest.example"


def answer_page(clinic: Clinic, name: str) -> str:
    """The link of the host's mail."""
    owner = clinic.mail_to("", saying=f"{name} asks for an appointment")
    found = re.search(r"http\S+/a/[\w-]+", owner.text())
    assert found
    return found.group(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_host_approves_from_the_mail_without_signing_in(clinic: Clinic, open_page: OpenPage, javascript: bool) -> None:
    guest, host = open_page(javascript=javascript), open_page(javascript=javascript, width=320)
    name = f"Olga{javascript}"
    mine = ask(clinic, guest, name, 6 if javascript else 7)
    expect(guest.get_by_text("Waiting for confirmation")).to_be_visible()
    host.goto(answer_page(clinic, name))
    expect(host.locator("h1")).to_have_text(f"{name} asks for an appointment")
    host.get_by_role("button", name="Approve").click()
    expect(host.locator("h1")).to_have_text("This appointment is confirmed")
    expect(host.get_by_role("button")).to_have_count(0)
    guest.goto(mine)
    expect(guest.locator(".ticket__mark")).to_contain_text("Confirmed", ignore_case=True)
    assert "is confirmed" in clinic.mail_to(address_of(name), saying="Your appointment is confirmed").text()


@pytest.mark.parametrize("javascript", [True, False])
def test_declined_guest_gets_a_new_link_that_works(clinic: Clinic, open_page: OpenPage, javascript: bool) -> None:
    guest, host = open_page(javascript=javascript), open_page(javascript=javascript)
    name = f"Iris{javascript}"
    mine = ask(clinic, guest, name, 8 if javascript else 9)
    host.goto(answer_page(clinic, name))
    host.locator("summary", has_text="Decline").click()
    host.get_by_label("Reason").fill("I am away.")
    host.get_by_role("button", name="Decline the request").click()
    expect(host.locator("h1")).to_have_text("This request is declined")
    mail = clinic.mail_to(address_of(name), saying="I am away.").text()
    found = re.search(r"http\S+/o/[\w-]+", mail)
    assert found
    guest.goto(mine)
    expect(guest.locator("h1")).to_have_text("Your request was not confirmed")
    expect(guest.get_by_text("new link")).to_be_visible()
    guest.goto(found.group(0))
    choose_slot(guest, 10 if javascript else 11)
    fill_in(guest, name, address_of(name))
    guest.get_by_role("button", name="Request this time").click()
    expect(guest.locator("h1")).to_have_text("We have your request")


def test_owner_answers_in_the_app(clinic: Clinic, open_page: OpenPage, axe: Check) -> None:
    guest, page = open_page(), clinic.sign_in(open_page())
    ask(clinic, guest, "Mona", 12)
    ask(clinic, guest, "Nora", 13)
    page.goto(clinic.app + "/")
    expect(page.get_by_text("wait for your answer")).to_be_visible()
    page.get_by_role("link", name="Approve or decline").click()
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])
    page.get_by_role("button", name="Approve Mona").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The appointment with Mona is confirmed.")).to_be_visible()
    expect(page).to_have_url(re.compile("view=requests"))
    page.get_by_role("link", name="Nora", exact=True).click()
    page.get_by_role("link", name="Decline", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("Full")
    axe(page)
    dialog.get_by_role("button", name="Decline the request").click()
    expect(page.get_by_text("The request of Nora is declined.")).to_be_visible()
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])


def test_page_that_asks_why_in_each_pair_of_dresses(clinic: Clinic, open_page: OpenPage, axe: Check) -> None:
    guest, page = open_page(), clinic.sign_in(open_page(javascript=False))
    ask(clinic, guest, "Paula", 14)
    page.goto(f"{clinic.app}/bookings/?view=requests")
    page.get_by_role("link", name="Decline Paula").click()
    expect(page.locator("h1")).to_have_text("Decline the request of Paula?")
    page = clinic.sign_in(open_page())
    page.goto(f"{clinic.app}/bookings/?view=requests")
    page.get_by_role("link", name="Decline Paula").click()
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])
