"""The whole way through the API on PostgreSQL: a web process, two workers, and everybody gets exactly one of everything."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.faults.database import broken
from tests.faults.fleet import Fleet, post
from tests.server import live_server
from tests.smtp import SmtpServer

pytestmark = [pytest.mark.storm, pytest.mark.database("postgresql")]
PEOPLE = [f"guest{number}" for number in range(12)]
SECONDS = 60


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def fleet(smtp: SmtpServer) -> Iterator[Fleet]:
    live = live_server(ADMITONE_SMTP_URL=smtp.url, ADMITONE_TRUSTED_PROXIES="127.0.0.1")
    live.stop()
    fleet = Fleet(live)
    try:
        yield fleet
    finally:
        fleet.close()
        live.close()


@pytest.fixture
def api(fleet: Fleet) -> Iterator[httpx.Client]:
    key = fleet.live.demo()["api_key"]
    fleet.start_all()
    with fleet.live.client(key) as client:
        yield client


def made(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def published(api: httpx.Client, calendar: str) -> tuple[str, str]:
    """Ids of a form and of a workflow that mails its senders a link and thanks whoever has used it."""
    fields = [
        {"label": "First name", "required": True, "maps_to": "first_name"},
        {"label": "Email", "kind": "email", "required": True, "maps_to": "email"},
    ]
    form = made(api.post("/api/v1/forms", json={"name": "Inquiry", "fields": fields}))["id"]
    body = "Hello {{ contact.first_name }}: {{ steps.booking_link.url }}"
    thanks = {"subject": "Until then", "body": "See you on {{ appointment.when }}."}
    happened = {"name": "happened", "steps": [{"name": "thanks", "type": "email.send", "params": thanks}]}
    steps = [
        {"name": "booking_link", "type": "one_time_link.generate", "params": {"calendar": calendar}},
        {"name": "invitation", "type": "email.send", "params": {"subject": "Your own link", "body": body}},
        {
            "name": "booked",
            "type": "wait.for_event",
            "params": {"event": "one_time_link.used", "timeout": {"days": 3}},
            "branches": [happened, {"name": "timed_out", "steps": []}],
        },
    ]
    triggers = [{"type": "form.submitted", "filters": {"forms": [form]}}]
    workflow = made(api.post("/api/v1/workflows", json={"name": "Inquiry", "triggers": triggers, "steps": steps}))
    made(api.post(f"/api/v1/workflows/{workflow['id']}/publication"))
    return form, workflow["id"]


def until(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def mails(smtp: SmtpServer, saying: str) -> Counter[str]:
    """Address -> how many mails with these words it got."""
    return Counter(mail.recipients[0] for mail in list(smtp.messages) if saying in mail.text())


def links(smtp: SmtpServer) -> dict[str, str]:
    """Address -> token in its mail."""
    found = ((mail.recipients[0], re.search(r"/o/(\S+)", mail.text())) for mail in list(smtp.messages))
    return {to: token.group(1) for to, token in found if token}


def book(api: httpx.Client, token: str, place: int, name: str) -> None:
    """With the link from the mail, as its holder: no key."""
    with httpx.Client(base_url=api.base_url, headers={"X-Forwarded-For": f"10.1.0.{place}"}, trust_env=False) as guest:
        slots = guest.get(f"/api/v1/public/links/{token}/slots").json()["slots"]
        body = {"start": slots[-1 - place]["start"], "name": name, "timezone": "Europe/Berlin"}
        answer = guest.post(
            f"/api/v1/public/links/{token}/bookings", json=body | {"email": f"{name}@guest.example"}, timeout=30
        )
    assert answer.status_code == 201, answer.text


def test_everybody_gets_one_link_one_mail_and_is_thanked_after_booking(
    fleet: Fleet, api: httpx.Client, smtp: SmtpServer
) -> None:
    form, workflow = published(api, fleet.live.demo()["calendar_id"])
    for place, name in enumerate(PEOPLE):
        assert post(fleet.live, form, name, f"10.0.0.{place}")
    expected = Counter({f"{name}@guest.example": 1 for name in PEOPLE})
    until(lambda: mails(smtp, "/o/") >= expected, "links by mail")
    tokens = links(smtp)
    for place, name in enumerate(PEOPLE):
        book(api, tokens[f"{name}@guest.example"], place, name)
    path = f"/api/v1/workflows/{workflow}/enrollments?limit=100"
    until(lambda: {one["status"] for one in api.get(path).json()["items"]} == {"done"}, "enrollments that are done")
    until(lambda: mails(smtp, "See you on") >= expected, "thanks")
    people = Counter({to: n for to, n in mails(smtp, "/o/").items() if to in expected})
    assert (people, mails(smtp, "See you on")) == (expected, expected)
    assert len(api.get(path).json()["items"]) == len(PEOPLE)
    assert len({tokens[to] for to in expected}) == len(PEOPLE)
    assert broken(fleet.live) == {}
