"""The public pages in Chromium: without JavaScript, by keyboard alone, accessible in every state, and inside a frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.public.conftest import Practice, minute, practice

from admitone.booking.models import Booking
from admitone.links.models import OneTimeLink

__all__ = ["practice"]

pytestmark = pytest.mark.django_db(transaction=True)
DAY = "2026-11-03"
NINE = f"{DAY} 09:00"


def fill(page: Page) -> None:
    page.get_by_label("Your name").fill("Anna Example")
    page.get_by_label("Email").fill("anna@example.com")


@pytest.mark.parametrize("javascript", [False, True])
def test_book_reschedule_and_cancel(live_server: Any, open_page: Any, practice: Practice, javascript: bool) -> None:
    page = open_page(javascript=javascript, width=320, height=640)
    page.goto(live_server.url + practice.path())
    page.get_by_role("link", name="Tuesday, 3 November 2026").click()
    page.get_by_role("radio", name="09:00").check(force=True)
    fill(page)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    page.get_by_role("link", name="Reschedule").click()
    page.get_by_role("link", name="Thursday, 5 November 2026").click()
    expect(page.get_by_role("heading", name="Thu 5 Nov")).to_be_visible()
    page.locator(".slot", has_text="11:30").click()  # what stays in sight at the bottom would take a forced click
    page.get_by_role("button", name="Move the appointment").click()
    expect(page.get_by_role("heading", name="Your appointment was moved")).to_be_visible()
    assert Booking.objects.get().start_min == minute("2026-11-05 11:30")
    page.get_by_role("link", name="Cancel appointment").click()
    page.get_by_label("Reason").fill("Ill")
    page.get_by_role("button", name="Cancel appointment").click()
    expect(page.get_by_role("heading", name="This appointment is cancelled")).to_be_visible()
    assert Booking.objects.get().status == "cancelled"
    assert OneTimeLink.objects.get().uses == 1


@pytest.mark.parametrize("javascript", [False, True])
def test_conflict_keeps_the_form_and_one_press_books_the_nearest(
    live_server: Any, open_page: Any, practice: Practice, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    page.goto(f"{live_server.url}{practice.path()}?day={DAY}")
    page.get_by_role("radio", name="10:30").check(force=True)
    fill(page)
    practice.booking(f"{DAY} 10:30")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="10:30 has just been taken")).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Anna Example")
    page.get_by_role("button", name="Tue 3 Nov, 11:00").click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()


def test_booking_by_keyboard_alone(live_server: Any, open_page: Any, practice: Practice) -> None:
    page = open_page()
    page.goto(f"{live_server.url}{practice.path()}?day={DAY}")
    page.locator("input[name=start]").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Anna Example")
    page.keyboard.press("Tab")
    page.keyboard.type("anna@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    assert Booking.objects.get().start_min == minute(f"{DAY} 10:00")


def test_another_day_keeps_what_was_typed(live_server: Any, open_page: Any, practice: Practice) -> None:
    page = open_page()
    page.goto(f"{live_server.url}{practice.path()}?day={DAY}")
    page.get_by_role("radio", name="10:30").check(force=True)
    fill(page)
    page.get_by_role("link", name="Thursday, 5 November 2026").click()
    expect(page.get_by_role("heading", name="Thu 5 Nov")).to_be_focused()
    page.get_by_role("radio", name="10:30").check(force=True)
    expect(page.get_by_label("Your name")).to_have_value("Anna Example")
    expect(page.locator("[data-what]")).to_have_text("Thu 5 Nov, 10:30")


def test_browsers_zone_is_offered_by_its_newest_name(live_server: Any, open_page: Any, practice: Practice) -> None:
    page = open_page(zone="Asia/Kathmandu")  # which Chromium calls Asia/Katmandu
    page.goto(f"{live_server.url}{practice.path()}?day={DAY}")
    page.get_by_role("link", name="Use that time zone").click()
    expect(page.locator(".zone b").first).to_have_text("Asia/Kathmandu")
    expect(page.get_by_role("radio", name="13:45")).to_have_count(1)


def test_link_counts_as_opened_after_a_gesture(live_server: Any, open_page: Any, practice: Practice) -> None:
    page = open_page()
    page.goto(live_server.url + practice.path())
    assert OneTimeLink.objects.get().opened_at is None
    with page.expect_response(re.compile("/opened$")):
        page.mouse.click(5, 5)
    assert OneTimeLink.objects.get().opened_at == practice.now


def test_refused_forms_are_accessible(live_server: Any, open_page: Any, axe: Any, practice: Practice) -> None:
    page = open_page(dark=True)
    page.goto(f"{live_server.url}{practice.path()}?day={DAY}")
    page.get_by_role("radio", name="10:30").check(force=True)
    page.evaluate("document.querySelector('#book').noValidate = true")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".error-summary")).to_be_focused()
    axe(page)
    fill(page)
    practice.booking(f"{DAY} 10:30")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)


HOST_PAGE = """<!doctype html><title>Site</title><script>window.seen=[];
for (const type of ["ready","slot.selected","booking.created","link.unavailable"])
  addEventListener("admitone:"+type, event => seen.push([type, event.detail]));</script>
<div data-book="{book}" data-mode="{mode}" data-label="Book"><a href="{book}">Book</a></div>
<script async src="{server}/embed.js"></script>"""


@pytest.fixture
def site() -> Iterator[Site]:
    """Another site on this machine, which serves one page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        Site.origin = f"http://127.0.0.1:{server.server_port}"
        yield Site
        server.shutdown()


class Site(BaseHTTPRequestHandler):
    origin = ""
    html = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.html.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def embedded(page: Page, site: type[Site], server: str, path: str, mode: str) -> None:
    site.html = HOST_PAGE.format(book=server + path, mode=mode, server=server)
    page.goto(f"{site.origin}/page?utm_source=site")


@pytest.mark.parametrize("mode", ["inline", "popup", "float"])
def test_booking_inside_a_frame_of_another_site(
    live_server: Any, open_page: Any, practice: Practice, site: type[Site], mode: str
) -> None:
    practice.change(embed_origins=[site.origin])
    page = open_page()
    embedded(page, site, live_server.url, f"{practice.scheduling}?day={DAY}", mode)
    if mode != "inline":
        page.get_by_role("link", name="Book").click()
    frame = page.frame_locator("iframe")
    page.wait_for_function("document.querySelector('iframe').style.height !== ''")
    frame.locator(".slot", has_text="10:30").click()
    frame.get_by_label("Your name").fill("Anna Example")
    frame.get_by_label("Email").fill("anna@example.com")
    frame.get_by_role("button", name="Confirm").click()
    expect(frame.get_by_role("heading", name="You are booked")).to_be_visible()
    page.wait_for_function("seen.some(([type]) => type === 'booking.created')")
    kinds = [kind for kind, _ in page.evaluate("seen")]
    assert [kind for kind in kinds if kind != "ready"] == ["slot.selected", "booking.created"]
    assert Booking.objects.get().utm == {"utm_source": "site"}
    assert page.context.cookies() == []


def test_frame_grows_with_the_page_and_never_starts_smaller(
    live_server: Any, open_page: Any, practice: Practice, site: type[Site]
) -> None:
    practice.change(embed_origins=[site.origin])
    page = open_page()
    embedded(page, site, live_server.url, practice.scheduling, "inline")
    page.wait_for_function("seen.some(([type]) => type === 'ready')")
    page.wait_for_function("document.querySelector('iframe').style.height !== ''")
    assert page.evaluate("document.querySelector('iframe').getBoundingClientRect().height") >= 680
