"""What the calendar pages show beyond the calendar itself: link counts, addresses, minutes of a wall clock."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.booking import queries as booking
from admitone.calendars.models import Calendar
from admitone.links.models import OneTimeLink
from admitone.links.queries import having_status
from admitone.logic.clock import from_min, to_min_floor


def link_counts(account: Account, now: datetime) -> dict[UUID, dict[str, Any]]:
    """Active and used one-time links by calendar; one statement."""
    rows = OneTimeLink.objects.filter(account=account, calendar__isnull=False).values("calendar_id")
    counted = rows.annotate(
        active=Count("id", filter=having_status("active", now)), used=Count("id", filter=having_status("used", now))
    )
    return {row["calendar_id"]: dict(row) for row in counted}


def public_url(account: Account, calendar: Calendar) -> str:
    """The scheduling link; "" for a calendar that only one-time links open."""
    return addresses.scheduling_url(account.slug, calendar.slug) if calendar.access == "public" else ""


def local_minute(zone: str, day: date, minute: int) -> int | None:
    """The epoch minute of a wall-clock time (the first of a repeated one); None if the clocks skip it."""
    at = datetime.combine(day, time(), booking.zone(zone)) + timedelta(minutes=minute)
    found = to_min_floor(at)
    return found if from_min(found).astimezone(at.tzinfo).replace(tzinfo=None) == at.replace(tzinfo=None) else None
