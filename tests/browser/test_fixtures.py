"""The browser fixtures themselves: they see what they are there to see."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page
from tests.browser.conftest import OpenPage, watch

GOOD = """<!doctype html><html lang="en"><title>Clinic</title><main><h1>Clinic</h1><p id="js">off</p></main>
<script src="/on.js"></script></html>"""
BAD = """<!doctype html><html><title>Clinic</title><main><h1>Clinic</h1><img src="data:,"></main>
<script>document.title = "inline"</script></html>"""
SCRIPT = 'document.getElementById("js").textContent = "on"'


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body, kind = (SCRIPT, "text/javascript") if self.path == "/on.js" else (GOOD, "text/html")
        if self.path == "/bad":
            body = BAD
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src data:")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_axe_accepts_an_accessible_page(page: Page, site: str, axe: Callable[[Page], None]):
    page.goto(site)
    axe(page)


def test_axe_names_every_violation(browser: Browser, site: str, axe: Callable[[Page], None]):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site}/bad")
        with pytest.raises(AssertionError, match=r"html-has-lang[\s\S]*image-alt"):
            axe(page)


def test_watch_reports_a_policy_violation(browser: Browser, site: str):
    faults: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        watch(page, faults)
        page.goto(f"{site}/bad")
    assert [fault.partition(":")[0] for fault in faults] == ["CSP"]


@pytest.mark.parametrize(("javascript", "text"), [(True, "on"), (False, "off")])
def test_page_runs_scripts_only_when_asked(open_page: OpenPage, site: str, javascript: bool, text: str):
    page = open_page(javascript=javascript)
    page.goto(site)
    assert page.text_content("#js") == text


def test_page_takes_scheme_width_locale_and_zone(open_page: OpenPage, site: str):
    page = open_page(dark=True, width=320, locale="ar", zone="Asia/Tokyo")
    page.goto(site)
    seen = page.evaluate(
        """() => [matchMedia("(prefers-color-scheme: dark)").matches, innerWidth, navigator.language,
        Intl.DateTimeFormat().resolvedOptions().timeZone]"""
    )
    assert seen == [True, 320, "ar", "Asia/Tokyo"]
