"""The calendar as a tool: book, move and cancel by keys alone, move and block with the mouse, in every dress."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.clinic import Clinic
from tests.browser.conftest import OpenPage
from tests.browser.looks import SCHEMES, WIDTHS, Check, check_looks

pytestmark = pytest.mark.slow
DRESSES = [(scheme, width) for scheme in SCHEMES for width in WIDTHS]

#: Until the page has stood still for half a second.
RESTED = """() => new Promise((done) => {
  let [at, since] = [scrollY, performance.now()];
  const look = (now) => {
    if (scrollY !== at) [at, since] = [scrollY, now];
    if (now - since > 500) done(); else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def weekday() -> str:
    """A Tuesday at least a week away, on which nothing of the stage lies."""
    day = datetime.now() + timedelta(days=36)  # noqa: DTZ005 - far from any midnight that matters
    return (day + timedelta(days=(1 - day.weekday()) % 7)).date().isoformat()


def opened(clinic: Clinic, page: Page, view: str = "week", more: str = "") -> Page:
    page = clinic.sign_in(page)
    page.goto(f"{clinic.app}/calendar/?view={view}&date={weekday()}&hours=all{more}")
    return page


def dialog(page: Page) -> Locator:
    return page.locator("#agenda-shown")


def said(page: Page, words: str) -> None:
    """The page has come anew, says so, and its script has begun."""
    expect(page.locator(".toast__text", has_text=words)).to_be_visible()
    page.wait_for_function("() => globalThis.admitone?.agenda")


def booked(page: Page, name: str, time: str) -> Locator:
    """Book by keys alone; the block of the new appointment."""
    page.keyboard.press("n")
    expect(dialog(page)).to_be_visible()
    page.get_by_label("Date", exact=True).fill(weekday())
    page.get_by_label("Starts at").fill(time)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Email").fill(f"{name.split()[0].lower()}@guest.example")
    page.keyboard.press("Enter")
    block = page.locator(".event--block", has_text=name)
    expect(block).to_be_visible()
    said(page, "is booked")
    return block


def test_book_move_and_cancel_by_keys_alone(clinic: Clinic, open_page: OpenPage, axe: Check) -> None:
    page = opened(clinic, open_page())
    block = booked(page, "Keya Board", "06:00")
    block.focus()
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_role("link", name="Move…")).to_be_visible()
    check_looks(page, axe, "en-GB", DRESSES)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(block).to_be_focused()
    page.keyboard.press("Enter")
    dialog(page).get_by_role("link", name="Move…").press("Enter")
    expect(dialog(page).get_by_role("heading")).to_have_text("Move the appointment with Keya Board")
    page.get_by_label("Starts at").fill("06:30")
    page.get_by_label("Tell the guest").press("Space")
    check_looks(page, axe, "en-GB", DRESSES)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Starts at").press("Enter")
    said(page, "is now on")
    expect(page.locator(".event--block", has_text="Keya Board")).to_contain_text("06:30")
    page.locator(".event--block", has_text="Keya Board").press("Enter")
    dialog(page).get_by_role("link", name="Cancel…").press("Enter")
    check_looks(page, axe, "en-GB", DRESSES)
    page.set_viewport_size({"width": 1280, "height": 900})
    dialog(page).get_by_role("button", name="Cancel appointment").press("Enter")
    expect(page.locator(".event--block", has_text="Keya Board")).to_have_count(0)


def spot(page: Page, time: str) -> tuple[float, float]:
    """The middle of the row of a full hour, on the Tuesday."""
    number = str(int(weekday()[-2:]))
    column = page.locator(".hours__day").nth(1)
    assert number in page.locator(".hours__head").nth(1).inner_text()
    free = column.locator("[data-agenda-free]", has_text=time).first
    free.scroll_into_view_if_needed()
    box = free.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + 2


def test_drag_moves_after_asking_and_everything_returns_on_escape_and_on_a_taken_time(
    clinic: Clinic, open_page: OpenPage
) -> None:
    page = opened(clinic, open_page(height=1600))
    booked(page, "Taken Time", "05:00")
    block = booked(page, "Dora Drag", "07:00")
    box = block.bounding_box()
    assert box
    x, y = spot(page, "08:00")
    grab = (x, box["y"] + 3)
    page.mouse.move(*grab)
    page.mouse.down()
    page.mouse.move(x, y + 1, steps=4)
    ghost = page.locator(".hours__ghost")
    expect(ghost).to_have_text("08:00")
    page.keyboard.press("Escape")
    expect(ghost).to_have_count(0)
    page.mouse.up()
    expect(dialog(page)).to_have_count(0)
    page.mouse.move(*grab)
    page.mouse.down()
    page.mouse.move(x, y + 1, steps=4)
    page.mouse.up()
    expect(dialog(page).get_by_role("heading")).to_have_text(re.compile("Move to Tue.* 08:00"))
    expect(ghost).to_be_visible()
    page.get_by_label("Starts at").fill("05:00")
    dialog(page).get_by_role("button", name="Move the appointment").click()
    expect(dialog(page)).to_contain_text("Something else is already at that time.")
    page.keyboard.press("Escape")
    expect(ghost).to_have_count(0)
    expect(block).to_contain_text("07:00")
    page.mouse.move(*grab)
    page.mouse.down()
    page.mouse.move(x, y + 1, steps=4)
    page.mouse.up()
    dialog(page).get_by_role("button", name="Move the appointment").click()
    expect(page.locator(".event--block", has_text="Dora Drag")).to_contain_text("08:00")


class Finger:
    """One finger on a page that has a touch screen."""

    def __init__(self, page: Page) -> None:
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def _send(self, kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y} for x, y in at]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def down(self, at: tuple[float, float]) -> None:
        self._send("touchStart", at)

    def slide(self, since: tuple[float, float], to: tuple[float, float], steps: int = 8) -> None:
        for n in range(1, steps + 1):
            self._send("touchMove", tuple(a + (b - a) * n / steps for a, b in zip(since, to, strict=True)))  # type: ignore[arg-type]

    def up(self) -> None:
        self._send("touchEnd")


def test_finger_that_holds_an_appointment_moves_it_and_one_that_slides_scrolls(
    clinic: Clinic, open_page: OpenPage
) -> None:
    page = opened(clinic, open_page(width=390, height=800))
    booked(page, "Tina Touch", "10:00")
    finger, block = Finger(page), page.locator(".event--block", has_text="Tina Touch")
    block.evaluate("one => one.scrollIntoView({block: 'center', inline: 'center'})")
    box = block.bounding_box()
    assert box
    grab, ghost = (box["x"] + box["width"] / 2, box["y"] + 5), page.locator(".hours__ghost")
    before = page.evaluate("scrollY")
    finger.down(grab)
    finger.slide(grab, (grab[0], grab[1] - 150))
    finger.up()
    page.wait_for_function(f"scrollY > {before + 50}")
    expect(ghost).to_have_count(0)
    expect(dialog(page)).to_have_count(0)
    page.evaluate(RESTED)  # a finger that comes down on a page in motion only stops it
    block.evaluate("one => one.scrollIntoView({block: 'center', inline: 'center'})")
    page.evaluate(RESTED)
    box, still = block.bounding_box(), page.evaluate("scrollY")
    assert box
    grab = (box["x"] + box["width"] / 2, box["y"] + 5)
    finger.down(grab)
    expect(page.locator("[data-dragged]")).to_have_count(1)
    finger.slide(grab, (grab[0], grab[1] + box["height"] * 2))
    expect(ghost).to_have_text("11:00")
    finger.up()
    assert page.evaluate("scrollY") == still
    expect(dialog(page).get_by_role("heading")).to_have_text(re.compile("Move to Tue.* 11:00"))
    dialog(page).get_by_role("button", name="Move the appointment").click()
    said(page, "is now on")
    expect(block).to_contain_text("11:00")


def test_shift_and_drag_block_time_which_is_freed_by_its_dialog(
    clinic: Clinic, open_page: OpenPage, axe: Check
) -> None:
    page = opened(clinic, open_page(height=1600))
    x, y = spot(page, "21:00")
    page.keyboard.down("Shift")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, spot(page, "22:00")[1] - 4, steps=4)
    expect(page.locator(".hours__ghost")).to_have_text("21:00 – 22:00")
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(dialog(page).get_by_label("Time it ends")).to_have_value("22:00")
    check_looks(page, axe, "en-GB", DRESSES)
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.get_by_label("Note").fill("Choir")
    dialog(page).get_by_role("button", name="Block the time").click()
    said(page, "is blocked")
    barred = page.locator(".hours__barred", has_text="Choir")
    expect(barred).to_be_visible()
    check_looks(page, axe, "en-GB", DRESSES)
    page.set_viewport_size({"width": 1280, "height": 1600})
    barred.press("Enter")
    dialog(page).get_by_role("button", name="Free the time").click()
    expect(barred).to_have_count(0)


def test_hosts_side_by_side_look_right_in_every_dress(clinic: Clinic, open_page: OpenPage, axe: Check) -> None:
    page = opened(clinic, open_page(), "day", "&columns=hosts&by=host")
    check_looks(page, axe, "en-GB", DRESSES)


def test_without_script_everything_is_a_page(clinic: Clinic, open_page: OpenPage) -> None:
    page = opened(clinic, open_page(javascript=False))
    page.get_by_role("link", name="Block time").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Block time")
    page.goto(f"{clinic.app}/calendar/?view=agenda")
    page.locator(".agenda__earlier summary, .event--row:visible").first.click()
    if "/calendar/?" in page.url:
        page.locator(".event--row:visible").first.click()
    page.wait_for_url(re.compile(r"/bookings/[0-9a-f-]{36}/|/sessions/"))
