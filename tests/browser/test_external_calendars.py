"""A host connects their own calendar server (a real Radicale): bookings appear there, what stands there takes times away."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from tests.browser.clinic import NAME, Clinic, choose_day, choose_slot, confirm, expect_booked, fill_in, slots
from tests.browser.conftest import OpenPage
from tests.browser.looks import PAIRS, Check, check_looks
from tests.browser.test_owner_flows import own_calendar
from tests.integrations.test_caldav import event
from tests.radicale_server import PASSWORD, USER, Radicale

pytestmark = pytest.mark.slow


@pytest.fixture
def radicale() -> Iterator[Radicale]:
    with Radicale() as server:
        yield server


def written(radicale: Radicale, calendar: str, words: str) -> str:
    """The entry with these words, once it is there; the host may have other appointments."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        texts = [radicale.get(file) for file in radicale.files(calendar)]
        if found := [text for text in texts if words in text and "END:VCALENDAR" in text]:
            return found[0]
        time.sleep(0.1)
    raise AssertionError("nothing was written")


def moment(minute: int) -> str:
    return f"{datetime.fromtimestamp(minute * 60, UTC):%Y%m%dT%H%M%SZ}"


def connect(page: Page, clinic: Clinic, radicale: Radicale, password: str) -> None:
    page.get_by_label("Server address").fill(radicale.url)
    page.get_by_label("User name").fill(USER)
    page.get_by_label("App password").fill(password)
    page.get_by_role("button", name="Connect", exact=True).click()


def test_connect_choose_book_and_be_busy(
    clinic: Clinic, page: Page, open_page: OpenPage, axe: Check, radicale: Radicale
) -> None:
    work = radicale.calendar("Work")
    clinic.sign_in(page)
    calendar = own_calendar(clinic, page, "Connected consultation").rstrip("/").rpartition("/")[2]
    whose = clinic.api.get(f"/api/v1/calendars/{calendar}").json()["hosts"][0]
    page.goto(f"{clinic.app}/connections/caldav/?host={whose['id'] if isinstance(whose, dict) else whose}")
    connect(page, clinic, radicale, "wrong")
    expect(page.get_by_text("The user name or the password is not accepted.").first).to_be_visible()
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])
    connect(page, clinic, radicale, PASSWORD)
    expect(page.get_by_label("Work").first).to_be_checked()
    check_looks(page, axe, "en-GB", PAIRS["en-GB"])
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".page__lead")).to_contain_text("Working")
    here = page.url

    link = clinic.api.post("/api/v1/one-time-links", json={"calendar": calendar, "max_uses": 2}).json()["url"]
    guest = open_page()
    guest.goto(link)
    choose_day(guest)
    free = int(slots(guest).nth(6).get_attribute("value") or 0)
    start = choose_slot(guest, 2)
    fill_in(guest)
    confirm(guest)
    expect_booked(guest)
    assert NAME in written(radicale, work, f"DTSTART:{moment(start)}")

    radicale.put(work, "dentist", event(f"DTSTART:{moment(free)}", f"DTEND:{moment(free + 30)}"))
    page.goto(here)
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_text("The calendars were read.")).to_be_visible()
    other = open_page()
    other.goto(link)
    choose_day(other)
    expect(other.locator(f"#book input[value='{free + 60}']")).to_have_count(1)
    expect(other.locator(f"#book input[value='{free}']")).to_have_count(0)

    page.get_by_role("link", name="Disconnect").click()
    page.get_by_label("Also delete upcoming appointments there").check()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Disconnected.")).to_be_visible()
    deadline = time.monotonic() + 15
    while len(radicale.files(work)) > 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert radicale.files(work) == [f"{work}dentist.ics"]
