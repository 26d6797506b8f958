"""A clinic with a calendar and a key, and clients that speak JSON."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.api import limits
from admitone.calendars.models import Calendar
from admitone.links.models import OneTimeLink

TEN = "2026-11-03T09:00:00Z"  # 10:00 in Berlin, on the Tuesday after NOW
ELEVEN = "2026-11-03T10:00:00Z"
ADA = {"start": TEN, "name": "Ada Lovelace", "email": "ada@example.com", "timezone": "Europe/London"}


class Api:
    """`api.post("/bookings", {...})`: JSON in, the response out; signed with a key if there is one."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, f"/api/v1{path}", content, "application/json", headers=sent)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> HttpResponse:
        return self.send("DELETE", path)


def code(response: HttpResponse) -> tuple[int, str]:
    """Status and code of a problem, whose form is checked on the way."""
    assert response["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert set(body) >= {"type", "title", "status", "detail", "code"}
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


def token(link: OneTimeLink) -> str:
    return keyring().sign("o1", link.id)


@pytest.fixture(autouse=True)
def quiet_counters() -> None:
    """Reads are counted in the process: each test starts at none."""
    limits.forget()


@pytest.fixture
def allow(settings: Any) -> Any:
    """Change limits: `allow(post_limit=2)`."""

    def change(**values: int) -> None:
        settings.ENV = dataclasses.replace(settings.ENV, **values)

    return change


@pytest.fixture
def account(db: None, freeze: Any) -> Account:
    return factories.account()


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account, slug="first", name="First consultation")


@pytest.fixture
def api(account: Account) -> Api:
    return Api(factories.api_key(account)[1])


@pytest.fixture
def guest() -> Api:
    """Somebody without a key."""
    return Api()


@pytest.fixture
def link(calendar: Calendar) -> OneTimeLink:
    return factories.link(calendar)
