"""Which calendar a signed-in page is about, and whether this person may do that with it."""

from __future__ import annotations

from typing import Any

from admitone.accounts import permissions
from admitone.calendars import access, queries
from admitone.calendars.models import Calendar
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest


def opened(request: AccountRequest, calendar_id: Any, level: access.Level = "manage") -> Calendar:
    """The calendar, if the person's level reaches `level`; Problem("not_found") without any, ("forbidden") below it."""
    calendar = queries.get(request.account, calendar_id)
    have = access.level(request.user, request.account, request.role, calendar)
    if have is None:
        raise Problem("not_found")
    if not access.reaches(have, level):
        raise Problem("forbidden")
    return calendar


def may_create(request: AccountRequest) -> bool:
    return permissions.allows(request.role, "manage_calendars")
