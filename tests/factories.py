"""Rows for tests, with sensible defaults; keyword arguments override any field. Instants default to NOW."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from admitone.accounts.models import Account, Agency, ApiKey, Membership, User
from admitone.booking.models import Booking, Occupancy, Seat, Session
from admitone.calendars.models import Calendar, CalendarHost, CalendarSlug, Host, Hours, Schedule
from admitone.contacts.models import Contact
from admitone.links.models import OneTimeLink

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)  # a Monday
PASSWORD = "correct horse battery"
WEEKDAYS = range(5)
NINE_TO_FIVE = ((9 * 60, 17 * 60),)

_numbers = count(1)


def agency(**fields: Any) -> Agency:
    return Agency.objects.create(**{"name": "Agency", "created_at": NOW, **fields})


def account(**fields: Any) -> Account:
    """A sub-account, in an agency of its own unless given one."""
    n = next(_numbers)
    fields.setdefault("agency", fields.get("agency") or agency(name=f"Agency {n}"))
    return Account.objects.create(
        **{"name": f"Clinic {n}", "slug": f"clinic-{n}", "timezone": "Europe/Berlin", "created_at": NOW, **fields}
    )


def user(**fields: Any) -> User:
    """Somebody who signs in with PASSWORD."""
    n = next(_numbers)
    values = {"email": f"user-{n}@example.com", "password": PASSWORD, "name": f"User {n}", **fields}
    return User.objects.create_user(**values)


def member(of: Account, role: str = "member", **fields: Any) -> User:
    who = user(**fields)
    Membership.objects.create(account=of, user=who, role=role, created_at=NOW)
    return who


def owner(of: Account, **fields: Any) -> User:
    return member(of, "owner", **fields)


def api_key(of: Account, scopes: Sequence[str] = ("read", "write"), **fields: Any) -> tuple[ApiKey, str]:
    """The row and the secret that a program sends."""
    secret = f"ao_{next(_numbers):043d}"
    values = {
        "name": "Test key",
        "prefix": secret[:10],
        "key_hash": hashlib.sha256(secret.encode()).hexdigest(),
        "scopes": list(scopes),
        "created_at": NOW,
        **fields,
    }
    return ApiKey.objects.create(account=of, **values), secret


def host(of: Account, **fields: Any) -> Host:
    n = next(_numbers)
    values = {"name": f"Dr Host {n}", "email": f"host-{n}@example.com", "created_at": NOW, **fields}
    return Host.objects.create(agency=of.agency, **values)


def schedule(
    of: Account, windows: Sequence[tuple[int, int]] = NINE_TO_FIVE, weekdays: Sequence[int] = WEEKDAYS, **fields: Any
) -> Schedule:
    """Weekly hours: the same `windows` (minutes of the local day) on each of `weekdays`."""
    row = Schedule.objects.create(account=of, **{"name": "Hours", "timezone": of.timezone, "created_at": NOW, **fields})
    Hours.objects.bulk_create(
        Hours(schedule=row, weekday=day, start=start, end=end) for day in weekdays for start, end in windows
    )
    return row


def calendar(of: Account, *, hosts: Sequence[Host] = (), **fields: Any) -> Calendar:
    """A personal calendar, open Monday to Friday 09:00-17:00 local, 30 minutes, no notice, no buffers."""
    n = next(_numbers)
    fields.setdefault("schedule", fields.get("schedule") or schedule(of))
    values = {
        "name": f"Consultation {n}",
        "slug": f"consultation-{n}",
        "notice": 0,
        "created_at": NOW,
        "updated_at": NOW,
        **fields,
    }
    row = Calendar.objects.create(account=of, **values)
    CalendarSlug.objects.create(account=of, slug=row.slug, calendar=row)
    for who in hosts or [host(of)]:
        CalendarHost.objects.create(calendar=row, host=who)
    return row


def contact(of: Account, **fields: Any) -> Contact:
    n = next(_numbers)
    values = {"name": f"Guest {n}", "email": f"guest-{n}@example.com", "created_at": NOW, "updated_at": NOW, **fields}
    values.setdefault("email_key", values["email"].lower() or None)
    return Contact.objects.create(account=of, **values)


def link(of: Calendar, **fields: Any) -> OneTimeLink:
    """An active one-time link of a calendar."""
    return OneTimeLink.objects.create(account=of.account, calendar=of, **{"created_at": NOW, **fields})


def booking(of: Calendar, start: datetime = NOW + timedelta(days=1), **fields: Any) -> Booking:
    """A confirmed booking with its session, occupancy and seat; `start` is an instant on the minute."""
    who = fields.pop("contact", None) or contact(of.account)
    by = fields.pop("host", None) or of.calendar_hosts.order_by("id").first().host
    begin = int(start.timestamp()) // 60
    end = begin + of.duration
    meeting = Session.objects.create(account_id=of.account_id, calendar=of, start_min=begin, end_min=end)
    Occupancy.objects.create(session=meeting, host=by, start_min=begin, end_min=end)
    values = {
        "local_date": start.date(),
        "name": who.name,
        "email": who.email,
        "guest_timezone": "Europe/Berlin",
        "source": "by_hand",
        "created_at": NOW,
        "updated_at": NOW,
        **fields,
    }
    row = Booking.objects.create(
        account=of.account, calendar=of, contact=who, host=by, start_min=begin, end_min=end, **values
    )
    Seat.objects.create(session=meeting, n=0, booking=row)
    return row
