"""docs/errors.md and the table of problems say the same, and each example is answered with its code."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.docs.shell import Answer, Request, Shell, blocks

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.api import limits
from admitone.booking.services import cancel
from admitone.calendars.models import Calendar
from admitone.calendars.services import choose_form
from admitone.events import SYSTEM
from admitone.logic.errors import PROBLEMS

NOW = factories.NOW
PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
SECTIONS = dict(re.findall(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
#: Refusals that no request to the API produces.
ELSEWHERE = {
    "calendar_deleted",
    "host_in_use",
    "hook_paused",
    "slug_taken",
    "draft_changed",
    "schedule_in_use",
    "last_owner",
    "demo_refused",
    "internal",
    "not_ready",
}


def send(request: Request) -> Answer:
    media = request.headers.pop("Content-Type", "application/octet-stream")
    done = Client().generic(request.method, request.url, request.body, media, headers=request.headers)
    return Answer(done.status_code, done.content.decode(), done.headers["Content-Type"])


def asking(account: Account) -> Calendar:
    """A calendar whose form rules somebody out."""
    fields = [
        {"key": "mail", "label": "Email", "kind": "email", "maps_to": "email"},
        {"key": "need", "label": "What for?", "kind": "choice", "options": ["Teeth", "Eyes"]},
    ]
    form = factories.form(account, fields=fields, rules=[{"key": "need", "equals": "Eyes", "message": "Only teeth."}])
    calendar = factories.calendar(account)
    return choose_form(account=account, calendar_id=calendar.id, form_id=form.id, actor=SYSTEM, now=NOW)


@pytest.fixture
def variables(db: None, freeze: Any) -> dict[str, str]:
    """Everything that the examples name."""
    account = factories.account()
    calendar = factories.calendar(account, slug="first")
    paused = factories.calendar(account)
    locked = factories.calendar(account, guest_can_cancel=False)
    contact = factories.contact(account, email="ada@example.com")
    taken, cancelled = factories.booking(calendar), factories.booking(calendar, NOW + timedelta(days=2))
    cancel(account_id=account.id, booking_id=cancelled.id, actor=SYSTEM, now=NOW, by="host")
    screened, enough = asking(account), factories.calendar(account, per_contact_limit=1)
    factories.booking(enough, NOW + timedelta(days=2), email="grace@example.com")
    paused.active = False
    paused.save()
    links = {
        "LINK": factories.link(calendar, series=3),
        "USED": factories.link(calendar, uses=1),
        "DELETED": factories.link(calendar, deleted_at=NOW),
        "EXPIRED": factories.link(calendar, expires_at=NOW),
        "NOT_OPEN": factories.link(calendar, not_before=NOW + timedelta(days=1)),
        "ENOUGH": factories.link(enough),
        "SCREENED": factories.link(screened),
        "PAUSED": factories.link(paused),
        "LOCKED": factories.link(calendar, contact=contact, contact_policy="refuse"),
        "VERIFIED": factories.link(calendar, contact=contact, contact_policy="verify"),
    }
    return {
        "BASE": "",
        "KEY": factories.api_key(account)[1],
        "READ_KEY": factories.api_key(account, ["read"])[1],
        "CALENDAR": "first",
        "OPEN": str(calendar.id),
        "FORM": str(factories.form(account, active=False).id),
        "TAKEN": "2026-11-03T09:00:00Z",
        "FREE": "2026-11-03T10:00:00Z",
        "CANCELLED": str(cancelled.id),
        "MINE": keyring().sign("b1", factories.booking(locked, NOW + timedelta(days=3)).id),
        **{name: keyring().sign("o1", link.id) for name, link in links.items()},
        "BOOKED": str(taken.id),
        "BUSY": str(taken.contact_id),
        "MERGED": str(factories.contact(account, erased_at=NOW, merged_into=contact).id),
    }


def test_every_code_has_a_section_and_every_section_a_code():
    assert sorted(SECTIONS) == sorted(PROBLEMS)


def test_every_code_of_the_api_has_an_example():
    assert {code for code, text in SECTIONS.items() if not blocks(text)} == ELSEWHERE


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_section_names_the_status_of_the_table(code):
    assert re.match(r"\nStatus (\d+)", SECTIONS[code])[1] == str(PROBLEMS[code][0])


@pytest.mark.parametrize("code", sorted(set(PROBLEMS) - ELSEWHERE))
def test_example_is_answered_with_its_code(code, variables, settings):
    if code == "rate_limited":
        settings.ENV = dataclasses.replace(settings.ENV, post_limit=0)
    limits.forget()
    shell = Shell(send, variables, files={"large.json": b" " * 300_000})
    for block in blocks(SECTIONS[code]):
        shell.run(block)
    answer = shell.answers[-1]
    assert (answer.json()["code"], answer.status) == (code, PROBLEMS[code][0])
    assert answer.media == "application/problem+json"
