"""What a one-time link costs on the wire, measured by Chromium itself: HTML, CSS and JS apart, all of it, and requests."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tests.browser.clinic import Clinic

pytestmark = pytest.mark.slow
KB = 1024


def transferred(page: Page, url: str) -> dict[str, tuple[str, int]]:
    """Every request of the page: {address: (kind, bytes on the wire with headers)}, from an empty cache."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    kinds: dict[str, tuple[str, str]] = {}
    sizes: dict[str, int] = {}
    session.on("Network.requestWillBeSent", lambda e: kinds.update({e["requestId"]: (e["request"]["url"], e["type"])}))
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}))
    page.goto(url, wait_until="networkidle")
    wire = [request for request in kinds if not kinds[request][0].startswith("data:")]
    assert set(wire) <= set(sizes)
    return {kinds[request][0]: (kinds[request][1], sizes[request]) for request in wire}


@pytest.mark.parametrize("calendar", ["open", "rich"])
def test_link_page_keeps_its_budget_on_the_wire(clinic: Clinic, page: Page, calendar: str) -> None:
    requests = transferred(page, clinic.link(calendar, note="See you soon.")["url"])
    by_kind = {kind: sum(size for each, size in requests.values() if each == kind) for kind, _ in requests.values()}
    total = sum(by_kind.values())
    assert by_kind["Document"] <= 8 * KB
    assert by_kind["Stylesheet"] <= 8 * KB
    assert by_kind["Script"] <= 4 * KB
    assert total <= 30 * KB
    assert len(requests) <= 4, list(requests)


def test_second_visit_fetches_the_page_alone(clinic: Clinic, page: Page) -> None:
    link = clinic.link("rich")
    page.goto(link["url"], wait_until="networkidle")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    asked: dict[str, str] = {}
    session.on("Network.requestWillBeSent", lambda e: asked.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.requestServedFromCache", lambda e: asked.pop(e["requestId"], None))
    session.on("Network.responseReceived", lambda e: e["response"]["fromDiskCache"] and asked.pop(e["requestId"], None))
    page.goto(link["url"] + "?lang=en", wait_until="networkidle")
    assert [url for url in asked.values() if not url.startswith("data:")] == [link["url"] + "?lang=en"]
