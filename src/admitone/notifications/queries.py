"""Reads of a calendar's table of notices: what is standard, and what its owner wrote."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from admitone.calendars.models import Calendar
from admitone.logic import notices
from admitone.logic.errors import Problem
from admitone.logic.notices import Notice, Occasion
from admitone.notifications.models import CalendarNotice

UNDO = timedelta(days=30)


def table(calendar: Calendar) -> list[Notice]:
    """Every notice of the calendar, by occasion, those that are off too."""
    rows = CalendarNotice.objects.filter(calendar=calendar, deleted_at=None).order_by("id")
    return notices.merged((as_notice(row) for row in rows), calendar.reminder_hours)


def of_occasion(calendar: Calendar, occasion: Occasion) -> list[Notice]:
    """The notices that are sent on this occasion."""
    return [one for one in table(calendar) if one.occasion == occasion and one.is_on]


def timed(calendar: Calendar, occasion: Occasion | None = None) -> list[Notice]:
    """Reminders and follow-ups that are sent."""
    return [one for one in table(calendar) if one.is_timed and one.is_on and occasion in (None, one.occasion)]


def notice(calendar: Calendar, key: str) -> Notice:
    """The notice of this key. Raises Problem("not_found")."""
    found = next((one for one in table(calendar) if one.key == key), None)
    if found is None:
        raise Problem("not_found")
    return found


def deleted(calendar: Calendar, now: datetime) -> list[Notice]:
    """Notices that can be brought back, the latest first."""
    rows = CalendarNotice.objects.filter(calendar=calendar, deleted_at__gte=now - UNDO).order_by("-deleted_at")
    return [as_notice(row) for row in rows]


def as_notice(row: CalendarNotice) -> Notice:
    return Notice(
        key=row.standard or str(row.id),
        occasion=cast("notices.Occasion", row.occasion),
        audience=cast("notices.Audience", row.audience),
        channel=cast("notices.Channel", row.channel),
        offset=row.offset_minutes,
        subject=row.subject,
        body=row.body,
        addresses=tuple(row.addresses),
        enabled=row.enabled,
        standard=bool(row.standard),
        position=row.position,
    )


def has_follow_ups(calendar_id: str) -> bool:
    rows = CalendarNotice.objects.filter(calendar_id=calendar_id, occasion="follow_up", deleted_at=None, enabled=True)
    return rows.exists()
