"""The demo's clinic on a running server, as the browser tests talk to it: API for what happens elsewhere, paths for pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect
from tests.server import Live
from tests.smtp import Received, SmtpServer

ROOT = Path(__file__).parents[2]
NAME, EMAIL = "Anna Example", "anna@guest.example"


@dataclass
class Clinic:
    """`facts` is what tests/browser/stage.py prints."""

    live: Live
    smtp: SmtpServer
    facts: dict[str, Any]
    api: httpx.Client
    visitors: int = 0

    @property
    def base(self) -> str:
        return self.live.base_url

    def url(self, state: str) -> str:
        """The page of the stage that is in this state."""
        return self.base + str(self.facts["states"][state])

    def link(self, calendar: str = "open", **terms: Any) -> dict[str, Any]:
        """A new one-time link, as the API shows it."""
        answer = self.api.post("/api/v1/one-time-links", json={"calendar": self.facts["calendars"][calendar], **terms})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def read(self, link: dict[str, Any]) -> dict[str, Any]:
        return dict(self.api.get(f"/api/v1/one-time-links/{link['id']}").json())

    def uses(self, link: dict[str, Any]) -> tuple[str, int, int]:
        """Its status, its uses, its bookings."""
        now = self.read(link)
        return now["status"], now["uses"], len(now["booking_ids"])

    def booking_of(self, link: dict[str, Any]) -> dict[str, Any]:
        (booking_id,) = self.read(link)["booking_ids"]
        return dict(self.api.get(f"/api/v1/bookings/{booking_id}").json())

    def take(self, start: int, calendar: str = "open") -> None:
        """Somebody else books `start` (epoch minutes)."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(start * 60))
        body = {"calendar": self.facts["calendars"][calendar], "start": at, "name": "Quick", "email": "q@guest.example"}
        answer = self.api.post("/api/v1/bookings", json=body)
        assert answer.status_code == 201, answer.text

    def mail_to(self, address: str, *, saying: str = "", after: int = 0) -> Received:
        """The newest mail to this address ("": to anybody) with these words, once it has come; the first `after` mails do
        not count."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for mail in reversed(self.smtp.messages[after:]):
                if (not address or address in mail.recipients) and saying in mail.text():
                    return mail
            time.sleep(0.1)
        raise AssertionError(f"no mail to {address} that says {saying!r}")

    def visit(self, page: Page, state: str) -> None:
        """Open the page in this state from an address of its own: asking for links is limited by address."""
        self.visitors += 1
        page.set_extra_http_headers({"X-Forwarded-For": f"10.0.0.{self.visitors}"})
        page.goto(self.url(state))

    def sign_in(self, page: Page) -> Page:
        page.context.add_cookies([{"name": "admitone_session", "value": self.facts["session"], "url": self.base}])
        return page

    @property
    def app(self) -> str:
        return f"{self.base}/app/{self.facts['account']}"


def fill_clinic(live: Live, smtp: SmtpServer, origin: str) -> Clinic:
    """The demo and the stage on a fresh server; `origin` may frame the pages of its framed calendar."""
    key = live.demo()["api_key"]
    command = [sys.executable, "-m", "tests.browser.stage", origin]
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    env = {**live.env, "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "admitone.config.settings"}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Clinic(live, smtp, json.loads(done.stdout.splitlines()[-1]), live.client(key))


def slots(page: Page) -> Locator:
    return page.locator("#book input[name=start]")


def choose_day(page: Page, number: int = 2) -> None:
    """Press the open day `number` (from 0) after the chosen one, in the next month if this one has none."""
    days = page.locator(".month a")
    if days.count() <= number:
        page.get_by_role("link", name="Next month").click()
        expect(page.locator(".month a").nth(number)).to_be_visible()
    wanted = days.nth(number).get_attribute("aria-label") or ""
    page.get_by_role("link", name=wanted, exact=True).click()
    expect(page.get_by_role("link", name=wanted, exact=True)).to_have_attribute("aria-current", "date")


def choose_slot(page: Page, number: int = 3) -> int:
    """Press the label of an open time; its start in epoch minutes."""
    slot = slots(page).nth(number)
    page.locator("#book .slot").nth(number).click()
    expect(slot).to_be_checked()
    return int(slot.get_attribute("value") or 0)


def fill_in(page: Page, name: str = NAME, email: str = EMAIL) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(email)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Confirm").click()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text().strip()


def expect_booked(page: Page) -> None:
    expect(page.locator("h1")).to_have_text("You are booked")
    assert re.search(r"/b/[\w-]{30,}", page.url)
