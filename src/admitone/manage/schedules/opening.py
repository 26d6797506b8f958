"""Which schedule a signed-in page is about, and whether this person may change it."""

from __future__ import annotations

from typing import Any

from admitone.calendars import access, queries
from admitone.calendars.models import Schedule
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import may_create
from admitone.manage.context import AccountRequest


def opened(request: AccountRequest, schedule_id: Any) -> Schedule:
    """Problem("not_found") for others' schedules, ("forbidden") for one that opens calendars out of this person's reach."""
    schedule = queries.schedule(request.account, schedule_id)
    if not may_edit(request, schedule):
        raise Problem("forbidden")
    return schedule


def may_edit(request: AccountRequest, schedule: Schedule) -> bool:
    """Admins may; others if they manage every calendar that opens by it."""
    if may_create(request):
        return True
    found = [one for one in queries.calendars_by(schedule) if one.deleted_at is None]
    levels = [access.level(request.user, request.account, request.role, one) for one in found]
    return bool(levels) and all(access.reaches(level, "manage") for level in levels)
