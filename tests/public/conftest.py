"""A practice in Berlin with one calendar: Monday to Friday, 9 to 17, half an hour each. `now` is Monday, 2 November 2026."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from admitone.accounts.addresses import manage_url, one_time_url
from admitone.accounts.models import Account
from admitone.accounts.services import create_agency_and_owner
from admitone.booking.models import Booking
from admitone.booking.services import book
from admitone.calendars.models import Calendar
from admitone.calendars.services import create_calendar, update_calendar
from admitone.contacts.models import Contact
from admitone.contacts.services import find_or_create
from admitone.events import GUEST, SYSTEM, Actor
from admitone.links.models import OneTimeLink
from admitone.links.services import issue
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor

DETAILS = {"name": "Anna Example", "email": "anna@example.com"}
LOCAL = {"HTTP_ORIGIN": "http://testserver"}


def minute(text: str) -> int:
    """`2026-11-03 09:00` in Berlin's winter time as an epoch minute."""
    return to_min_floor(datetime.fromisoformat(f"{text}+01:00").astimezone(UTC))


@dataclass
class Practice:
    account: Account
    owner: Any
    calendar: Calendar
    now: datetime

    @property
    def actor(self) -> Actor:
        return Actor.user(self.owner.pk)

    def change(self, **fields: Any) -> None:
        update_calendar(account=self.account, calendar_id=self.calendar.id, actor=self.actor, now=self.now, **fields)
        self.calendar.refresh_from_db()

    def contact(self, name: str = "Bea Bound", email: str = "bea@example.com", phone: str = "") -> Contact:
        found = find_or_create(
            account_id=self.account.id,
            name=name,
            email=email,
            phone=phone,
            timezone="Europe/Berlin",
            locale="en",
            source="test",
            actor=SYSTEM,
            now=self.now,
        )
        return Contact.objects.get(id=found[0])

    def link(self, **terms: Any) -> OneTimeLink:
        return issue(
            account=self.account,
            calendar=self.calendar,
            actor=self.actor,
            now=terms.pop("at", self.now),
            created_by=self.owner,
            **terms,
        )

    def path(self, **terms: Any) -> str:
        return urlsplit(one_time_url(self.link(**terms).id)).path

    def booking(self, at: str = "2026-11-03 09:00", **guest: str) -> Booking:
        plan = self.calendar.compiled
        raw = {**DETAILS, "timezone": "Europe/Berlin", "consent": "on", **guest}
        made = book(plan=plan, start=minute(at), guest=clean_guest(plan, raw), source="api", actor=GUEST, now=self.now)
        return Booking.objects.get(id=made.id)

    @property
    def scheduling(self) -> str:
        return f"/{self.account.slug}/{self.calendar.slug}"


def manage_path(booking: Booking) -> str:
    return urlsplit(manage_url(booking.id)).path


@pytest.fixture
def practice(db: None, now: datetime, freeze: Any) -> Practice:
    made = create_agency_and_owner(
        business="Lime Practice",
        name="Dr Lime",
        email="lime@example.com",
        password="correct horse battery",
        timezone="Europe/Berlin",
        now=now,
    )
    calendar = create_calendar(
        account=made.account,
        actor=Actor.user(made.user.pk),
        now=now,
        name="First visit",
        duration=30,
        notice=0,
        hours={day: [(540, 1020)] for day in range(5)},
    )
    return Practice(made.account, made.user, Calendar.objects.get(id=calendar.id), now)


Submit = Callable[..., HttpResponse]


def form_of(html: str) -> dict[str, str]:
    """The hidden fields of the booking form."""
    form = html[html.index('id="book"') :] if 'id="book"' in html else html[html.index('method="post"') :]
    form = form[: form.index("</form>")]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return dict(found)


@pytest.fixture
def submit(client: Client) -> Submit:
    """GET the page, then POST its form: `submit(path, start=minute, name=...)`; `seal=` replaces the signed value."""

    def send(path: str, *, seal: str | None = None, page: str = "", **values: Any) -> HttpResponse:
        fields = form_of(client.get(page or path).content.decode())
        if seal is not None:
            fields["form"] = seal
        return client.post(path, {**fields, **values}, **LOCAL)

    return send


def text_of(response: HttpResponse) -> str:
    """What a reader sees: the page without tags, in one line."""
    html = re.sub(r"<(style|script)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    plain = re.sub(r"<[^>]+>", " ", html[html.index("<main") :])
    return " ".join(plain.replace("&#x27;", "'").replace("&amp;", "&").split())
