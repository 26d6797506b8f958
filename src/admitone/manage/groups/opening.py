"""Which group a signed-in page is about, and the frame around it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from admitone.accounts import addresses
from admitone.accounts.queries import get
from admitone.calendars import access
from admitone.calendars.models import CalendarGroup
from admitone.logic.errors import Problem
from admitone.manage.calendars.opening import may_create
from admitone.manage.context import AccountRequest
from admitone.manage.links.reach import Reach


def opened(request: AccountRequest, group_id: UUID, level: access.Level = "view") -> CalendarGroup:
    """The group, if the person's level on all its calendars reaches `level`; Problem("not_found" | "forbidden")."""
    group = get(request.account, CalendarGroup, group_id)
    have = Reach(request).at_group(group.id)
    if group.deleted_at is not None or have is None:
        raise Problem("not_found")
    if not access.reaches(have, level):
        raise Problem("forbidden")
    return group


def edited(request: AccountRequest, group_id: UUID) -> CalendarGroup:
    """The same for those who look after the account's calendars: a member who manages single ones may not."""
    group = opened(request, group_id)
    if not may_create(request):
        raise Problem("forbidden")
    return group


def show(
    request: AccountRequest, group: CalendarGroup, current: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render manage/groups/<current>.html inside the group's frame."""
    frame = {"group": group, "may_edit": may_create(request), "tabs": tabs(request, group, current)}
    frame["public_url"] = addresses.group_url(request.account.slug, group.slug)
    return render(request, f"manage/groups/{current}.html", {**frame, **context}, status=status)


def tabs(request: AccountRequest, group: CalendarGroup, current: str) -> list[dict[str, Any]]:
    named = [("group", _("Calendars")), ("group_details", _("Details")), ("group_danger", _("Pause or delete"))]
    return [
        {"label": label, "current": name.endswith(current), "url": reverse(f"manage:{name}", args=args)}
        for args in [[request.account.slug, group.id]]
        for name, label in (named if may_create(request) else named[:1])
    ]
