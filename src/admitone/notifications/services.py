"""Writes of a calendar's table of notices. What is planned already follows: the event plans it anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar
from admitone.calendars.services import update_calendar
from admitone.calendars.services.rows import for_update, tell
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.logic.notices import A_DAY, MAX_NOTICES, STANDARD, STANDARD_REMINDER, Notice, clean_notice, too_many
from admitone.notifications import queries
from admitone.notifications.models import CalendarNotice
from admitone.notifications.words import word_faults

#: What can be changed of a notice that exists; it keeps its occasion, audience and channel.
WHOLE_HOURS = 720


@transaction.atomic
def create_notice(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, **fields: Any) -> Notice:
    """A further notice: occasion, audience, channel, offset_minutes, subject, body, addresses, enabled, position.

    Problem("invalid", fields), Problem("not_found").
    """
    calendar = for_update(account, calendar_id)
    cleaned = clean_notice({"occasion": "", **fields} if "occasion" not in fields else fields)
    check_words(account, cleaned)
    rows = CalendarNotice.objects.filter(calendar=calendar, standard="", deleted_at=None)
    if rows.count() >= MAX_NOTICES:
        raise Problem("invalid", f"A calendar can have {MAX_NOTICES} notifications of its own.")
    values = {"audience": "guest", "channel": "email", **cleaned}
    row = CalendarNotice.objects.create(account=account, calendar=calendar, created_at=now, updated_at=now, **values)
    check_number(calendar, row)
    tell_changed(calendar, actor, now)
    return queries.as_notice(row)


@transaction.atomic
def update_notice(
    *, account: Account, calendar_id: UUID, key: str, actor: Actor, now: datetime, **changes: Any
) -> Notice:
    """Change words, time, addresses, order, or switch it on or off; a standard notice is written down by that.

    The standard reminder of whole hours keeps its time in the calendar's `reminder_hours`.
    """
    calendar = for_update(account, calendar_id)
    current = queries.notice(calendar, key)
    if key == STANDARD_REMINDER:
        current, changes = with_time(current, changes)
    cleaned = clean_notice(changes, current)
    check_words(account, cleaned)
    row = written(calendar, current, now)
    if key == STANDARD_REMINDER and "offset_minutes" in cleaned:
        cleaned["offset_minutes"] = keep_hours(calendar, cleaned["offset_minutes"], actor, now)
    changed = [name for name, value in cleaned.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, cleaned[name])
        row.updated_at = now
        row.save()
        if {"addresses", "enabled", "offset_minutes"} & set(changed):
            check_number(calendar, row)
        tell_changed(calendar, actor, now)
    calendar.refresh_from_db(fields=["reminder_hours"])
    return queries.notice(calendar, key)


@transaction.atomic
def delete_notice(*, account: Account, calendar_id: UUID, key: str, actor: Actor, now: datetime) -> None:
    """Take an own notice away; it can be brought back for 30 days. A standard one is switched off."""
    calendar = for_update(account, calendar_id)
    if key in STANDARD:
        update_notice(account=account, calendar_id=calendar_id, key=key, actor=actor, now=now, enabled=False)
        return
    row = one_row(calendar, key)
    if row.deleted_at is not None:
        raise Problem("not_found")
    row.deleted_at = row.updated_at = now
    row.save(update_fields=["deleted_at", "updated_at"])
    tell_changed(calendar, actor, now)


@transaction.atomic
def restore_notice(*, account: Account, calendar_id: UUID, key: str, actor: Actor, now: datetime) -> Notice:
    """Undo a deletion of the last 30 days; of one that is there, nothing."""
    calendar = for_update(account, calendar_id)
    row = one_row(calendar, key)
    if row.deleted_at is not None:
        if row.deleted_at < now - queries.UNDO:
            raise Problem("not_found")
        row.deleted_at, row.updated_at = None, now
        row.save(update_fields=["deleted_at", "updated_at"])
        check_number(calendar, row)
        tell_changed(calendar, actor, now)
    return queries.as_notice(row)


def check_number(calendar: Calendar, row: CalendarNotice) -> None:
    """Nobody's appointment mails a crowd: refused once written, so that it counts, and rolled back."""
    wrong = too_many(queries.table(calendar), row.occasion) if row.audience == "extra" else ""
    if wrong:
        raise Problem("invalid", wrong, fields={"addresses": wrong})


def check_words(account: Account, cleaned: Mapping[str, Any]) -> None:
    faults = word_faults(account, cleaned.get("subject", ""), cleaned.get("body", ""))
    if faults:
        raise Problem("invalid", fields=faults)


def with_time(current: Notice, changes: dict[str, Any]) -> tuple[Notice, dict[str, Any]]:
    """Without a time it is off; switched on, it gets one."""
    if current.offset is not None:
        return current, changes
    changes = {name: value for name, value in changes.items() if (name, value) != ("offset_minutes", None)}
    if changes.get("enabled") is True and "offset_minutes" not in changes:
        changes = {**changes, "offset_minutes": A_DAY}
    enabled = {} if "enabled" in changes or "offset_minutes" not in changes else {"enabled": True}
    return replace(current, enabled=False), {**changes, **enabled}


def keep_hours(calendar: Calendar, offset: int | None, actor: Actor, now: datetime) -> int | None:
    """Whole hours belong to the calendar; what is left for the notice's own row."""
    whole = offset is not None and offset % 60 == 0 and 0 < offset // 60 <= WHOLE_HOURS
    hours = offset // 60 if whole and offset else None
    who: dict[str, Any] = {"account": calendar.account, "calendar_id": calendar.id, "actor": actor, "now": now}
    update_calendar(**who, reminder_hours=hours)
    return None if whole else offset


def written(calendar: Calendar, one: Notice, now: datetime) -> CalendarNotice:
    """The notice's row, a new unsaved one for a standard notice that was never changed."""
    if not one.standard:
        return one_row(calendar, one.key)
    row = CalendarNotice.objects.filter(calendar=calendar, standard=one.key).first()
    return row or CalendarNotice(
        account_id=calendar.account_id,
        calendar=calendar,
        standard=one.key,
        occasion=one.occasion,
        audience=one.audience,
        channel=one.channel,
        created_at=now,
        updated_at=now,
    )


def one_row(calendar: Calendar, key: str) -> CalendarNotice:
    row_id = as_uuid(key)
    row = CalendarNotice.objects.filter(calendar=calendar, pk=row_id, standard="").first() if row_id else None
    if row is None:
        raise Problem("not_found")
    return row


def tell_changed(calendar: Calendar, actor: Actor, now: datetime) -> None:
    tell(calendar, actor, now, "calendar.changed", fields=["notices"])
