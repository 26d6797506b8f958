"""Fixtures for tests in a real Chromium against a real server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from tests.browser.chromium import FLAGS, executable
from tests.browser.clinic import Clinic, fill_clinic
from tests.browser.site import Site
from tests.server import live_server as started_server
from tests.smtp import SmtpServer

# Playwright's sync API keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = Axe()
#: A colour on its way to another is of neither dress.
SETTLED = "() => Promise.allSettled(document.getAnimations().map((one) => one.finished))"
OpenPage = Callable[..., Page]
Walk = Callable[[str], Page]


HERE = Path(__file__).parent
#: A module of one worker's own would be what everybody waits for: the long walks are shared out in parts.
WALKS = ("test_screens", "test_public_states")
PARTS = 8


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for n, item in enumerate(item for item in items if item.path.is_relative_to(HERE)):
        item.add_marker("browser")
        part = f" {n % PARTS}" if item.path.stem in WALKS else ""
        item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}{part}"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page in a fresh profile: `open_page(javascript=False, dark=True, width=320, locale="ar", zone="Asia/Tokyo")`.

    At the end every page is checked: no script error, no CSP violation, no request to another host.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_one(
        *,
        javascript: bool = True,
        dark: bool = False,
        width: int = 1280,
        height: int = 900,
        locale: str = "en-GB",
        zone: str = "Europe/Berlin",
    ) -> Page:
        context = browser.new_context(
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            locale=locale,
            timezone_id=zone,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch(page, faults)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="module")
def kept_pages(browser: Browser) -> Iterator[dict[str, tuple[Page, list[str]]]]:
    pages: dict[str, tuple[Page, list[str]]] = {}
    yield pages
    for page, _ in pages.values():
        page.context.close()


@pytest.fixture
def walk(browser: Browser, kept_pages: dict[str, tuple[Page, list[str]]]) -> Iterator[Walk]:
    """`walk(locale)` is one page for all tests of a module: for walks that only look. Checked like those of open_page."""

    def page_in(locale: str) -> Page:
        if locale not in kept_pages:
            page = browser.new_context(locale=locale, timezone_id="Europe/Berlin", reduced_motion="reduce").new_page()
            page.set_default_timeout(10_000)
            faults: list[str] = []
            watch(page, faults)
            kept_pages[locale] = page, faults
        return kept_pages[locale][0]

    yield page_in
    found = [fault for _, faults in kept_pages.values() for fault in faults]
    for _, faults in kept_pages.values():
        faults.clear()
    assert found == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page at 1280 x 900, light, English, JavaScript on."""
    return open_page()


def watch(page: Page, faults: list[str]) -> None:
    """Collect script errors, CSP violations and requests that leave this machine."""
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("console", lambda message: faults.extend(fault_of(message)))
    page.on("request", lambda request: is_foreign(request.url) and faults.append(f"foreign request: {request.url}"))


def fault_of(message: ConsoleMessage) -> list[str]:
    """What the console complains of; that a page or a file answered 4xx is for the tests to judge."""
    if "Content Security Policy" in message.text:
        return [f"CSP: {message.text}"]
    is_answer = message.text.startswith("Failed to load resource")
    return [f"console: {message.text}"] if message.type == "error" and not is_answer else []


def is_foreign(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Somebody else's website, on another host name of this machine."""
    with Site() as site:
        yield site


@pytest.fixture(scope="session")
def clinic(site: Site) -> Iterator[Clinic]:
    """One running server with the demo's clinic in every state, for all modules of this process."""
    with SmtpServer() as smtp:
        live = started_server(
            ADMITONE_SMTP_URL=smtp.url, ADMITONE_TRUSTED_PROXIES="127.0.0.1", ADMITONE_PREVIEW_LANGUAGES="ar"
        )
        try:
            clinic = fill_clinic(live, smtp, site.origin)
            yield clinic
            clinic.api.close()
        finally:
            live.close()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """`axe(page)` asserts that axe finds no violation on the page as it stands."""

    def check(page: Page) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.axe_script)
        page.evaluate(SETTLED)
        answer = page.evaluate("axe.run({resultTypes: ['violations']})")
        violations = [readable(violation) for violation in answer["violations"]]
        assert not violations, "\n".join([f"{page.url}: {len(violations)} violations", *violations])

    return check


def readable(violation: dict) -> str:
    """The rule, and for the first elements what they are and why: of a contrast both colours and the ratio."""
    nodes = "; ".join(
        f"{' '.join(map(str, node['target']))} ({node['html'][:160]}) {' '.join(one['message'] for one in node['any'][:1])}"
        for node in violation["nodes"][:5]
    )
    return f"{violation['id']} [{violation['impact']}] {violation['help']}: {nodes}"
