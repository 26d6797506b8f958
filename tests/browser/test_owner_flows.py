"""What an owner does most: share a one-time link, look after links, answer a request, make a calendar, book by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.clinic import Clinic, choose_slot, confirm, expect_booked, fill_in
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, SIGNED_IN, Check, check_looks

pytestmark = pytest.mark.slow
COPY, NEW = "Copy one-time link", "Generate new link"


@pytest.fixture
def owner(clinic: Clinic, page: Page) -> Page:
    """The owner's browser, whose clipboard may be read."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=clinic.base)
    return clinic.sign_in(page)


def own_calendar(clinic: Clinic, page: Page, name: str) -> str:
    """A calendar made on the page for it; leaves the browser on it and answers its address."""
    page.goto(f"{clinic.app}/calendars/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create calendar").click()
    expect(page.locator("h1")).to_contain_text(name)
    return re.match(r".*/calendars/[0-9a-f-]{36}/", page.url)[0]  # type: ignore[index]


def open_dialog(page: Page) -> Locator:
    page.get_by_role("link", name="Share", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def one_time_tab(page: Page) -> Locator:
    dialog = open_dialog(page)
    dialog.get_by_role("tab", name="One-Time link").click()
    return dialog


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def copied(page: Page, button: Locator) -> str:
    """What pressing the button puts on the clipboard."""
    page.evaluate("navigator.clipboard.writeText('nothing yet')")
    button.click()
    for _ in range(100):
        if clipboard(page) != "nothing yet":
            return clipboard(page)
        page.wait_for_timeout(50)
    raise AssertionError("nothing was copied")


def links_of(clinic: Clinic, calendar: str) -> int:
    calendar_id = calendar.rstrip("/").rpartition("/")[2]
    return len(clinic.api.get("/api/v1/one-time-links", params={"calendar": calendar_id}).json()["items"])


def test_copy_gives_one_link_however_often_and_generate_another(clinic: Clinic, owner: Page) -> None:
    calendar = own_calendar(clinic, owner, "Copied visit")
    dialog = one_time_tab(owner)
    assert links_of(clinic, calendar) == 0, "opening the dialog mints nothing"
    first = copied(owner, dialog.get_by_role("button", name=COPY))
    assert re.fullmatch(re.escape(clinic.base) + r"/o/[\w-]{44}", first)
    expect(owner.locator("[data-announcer]")).to_have_text("Copied")
    expect(dialog.locator("#share-minted")).to_have_value(first)
    assert copied(owner, dialog.get_by_role("button", name=re.compile(f"{COPY}|Copied"))) == first
    assert links_of(clinic, calendar) == 1
    second = copied(owner, dialog.get_by_role("button", name=NEW))
    assert second != first
    assert links_of(clinic, calendar) == 2
    expect(dialog.get_by_text("stays active until it is used or deleted")).to_be_visible()
    owner.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    again = one_time_tab(owner)
    expect(again.locator("#share-minted")).to_have_value(second)
    assert links_of(clinic, calendar) == 2


def test_copied_link_books_and_is_closed(clinic: Clinic, owner: Page, open_page: OpenPage) -> None:
    calendar = own_calendar(clinic, owner, "Shared visit")
    link = copied(owner, one_time_tab(owner).get_by_role("button", name=COPY))
    guest = open_page()
    guest.goto(link)
    choose_slot(guest, 1)
    fill_in(guest)
    confirm(guest)
    expect_booked(guest)
    stranger = open_page(javascript=False)
    answer = stranger.goto(link)
    assert answer
    assert answer.status == 410
    owner.goto(f"{calendar}links/")
    row = owner.locator("tbody tr").first
    expect(row).to_contain_text("Used")
    row.get_by_role("link", name=re.compile(r"\d")).last.click()
    expect(owner.locator("main")).to_contain_text("Anna Example")


def test_tabs_of_the_dialog_move_by_arrow_keys(clinic: Clinic, owner: Page) -> None:
    owner.goto(f"{clinic.app}/calendars/{clinic.facts['calendars']['open']}/")
    dialog = open_dialog(owner)
    dialog.get_by_role("tab", name="Scheduling link").focus()
    seen = []
    for _ in range(4):
        seen.append(owner.evaluate("document.activeElement.textContent.trim()"))
        owner.keyboard.press("ArrowRight")
    assert seen == ["Scheduling link", "Permanent link", "One-Time link", "Embed code"]


@pytest.mark.parametrize("locale", SIGNED_IN)
def test_each_tab_of_the_dialog_in_each_pair_of_dresses(
    clinic: Clinic, open_page: OpenPage, axe: Check, locale: str
) -> None:
    page = clinic.sign_in(open_page(locale=locale))
    page.goto(f"{clinic.app}/calendars/{clinic.facts['calendars']['open']}/")
    page.locator("a[hx-get*='/share/']").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for tab in page.get_by_role("tab").all():
        tab.click()
        page.evaluate("document.querySelectorAll('dialog details').forEach((one) => one.open = true)")
        page.wait_for_load_state("networkidle")
        check_looks(page, axe, locale, PAIRS[locale])


def test_mint_without_javascript_shows_the_link_to_select(clinic: Clinic, open_page: OpenPage) -> None:
    page = clinic.sign_in(open_page(javascript=False))
    calendar = own_calendar(clinic, page, "Plain visit")
    page.get_by_role("link", name="Share", exact=True).first.click()
    page.get_by_role("button", name=COPY).click()
    link = page.locator("#share-minted").input_value()
    assert link.startswith(f"{clinic.base}/o/")
    page.get_by_role("button", name=COPY).click()
    assert page.locator("#share-minted").input_value() == link
    assert links_of(clinic, calendar) == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_deleted_link_stops_and_undo_brings_it_back(clinic: Clinic, open_page: OpenPage, javascript: bool) -> None:
    page = clinic.sign_in(open_page(javascript=javascript))
    link = clinic.link(label=f"To delete {javascript}")
    page.goto(f"{clinic.app}/links/?q=To+delete+{javascript}")
    page.get_by_role("button", name=re.compile("^Actions for link")).click()
    page.locator(".menu__item--danger").click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    assert clinic.read(link)["status"] == "deleted"
    undo.click()
    expect(page.locator("tbody tr")).to_contain_text("Active")
    assert clinic.read(link)["status"] == "active"


def test_pasted_link_is_explained_in_a_sentence(clinic: Clinic, owner: Page) -> None:
    owner.goto(f"{clinic.app}/links/")
    owner.get_by_role("searchbox").fill(clinic.url("link-expired"))
    owner.keyboard.press("Enter")
    expect(owner.locator("main")).to_contain_text(re.compile("expired", re.IGNORECASE))
    expect(owner.get_by_role("button", name="Send a new link").first).to_be_visible()


def test_request_is_answered_with_one_press(clinic: Clinic, owner: Page) -> None:
    address = "paul@guest.example"
    guest = owner.context.new_page()
    clinic.visit(guest, "link-expired")
    guest.locator("summary", has_text="Ask for a new link").click()
    guest.get_by_label("Your name").fill("Paul Late")
    guest.get_by_label("Email").fill(address)
    guest.get_by_role("button", name="Ask for a new link").click()
    expect(guest.locator("h1")).to_have_text("Your message is on its way")
    owner.goto(f"{clinic.app}/requests/")
    asked = owner.locator("article", has_text="Paul Late")
    asked.get_by_role("button", name="Send a new link").click()
    expect(owner.locator("article", has_text="Paul Late")).to_have_count(0)
    mail = clinic.mail_to(address, saying="/o/")
    guest.goto(re.findall(r"http\S+/o/[\w-]+", mail.text())[0])
    assert guest.locator("#book input[name=start]").count() > 0


@pytest.mark.parametrize("javascript", [True, False])
def test_appointment_is_booked_by_hand(clinic: Clinic, open_page: OpenPage, javascript: bool) -> None:
    page = clinic.sign_in(open_page(javascript=javascript))
    page.goto(f"{clinic.app}/bookings/new/?calendar={clinic.facts['calendars']['open']}")
    page.locator(".month a").last.click()
    expect(page.locator(".month a").last).to_have_attribute("aria-current", "date")
    page.locator(".slots .slot").nth(2).click()
    page.get_by_label("Name", exact=True).fill(f"Caller {javascript}")
    page.get_by_label("Phone").fill("+49 30 7654321")
    page.get_by_role("button", name="Book the appointment").click()
    expect(page.locator("h1")).to_contain_text(f"Caller {javascript}")
    newest = clinic.api.get("/api/v1/bookings").json()["items"][0]
    assert (newest["name"], newest["phone"], newest["source"]) == (f"Caller {javascript}", "+49307654321", "by_hand")
