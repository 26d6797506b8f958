"""What is written down about a contact and done about them: notes, tasks, owner."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.contacts import queries, services
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date
from admitone.manage.bookings.reading import zone_of
from admitone.manage.contacts import detail, reading
from admitone.manage.context import AccountRequest, in_account


@require_POST
@in_account()
def add_note(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    """Everybody who sees the contact may write something down."""
    found = reading.one(request, contact_id)
    try:
        services.add_note(contact_id=found.id, text=request.POST.get("text", ""), **who(request))
    except Problem as problem:
        return detail.page(request, found, note=request.POST.get("text", ""), errors=problem.fields, status=422)
    messages.success(request, _("The note is saved."))
    return back(account, found, "timeline")


@require_POST
@in_account()
def add_task(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    found = reading.one(request, contact_id)
    data = request.POST
    try:
        due = due_at(data.get("due", ""), zone_of(request))
        services.add_task(
            contact_id=found.id, title=data.get("title", ""), due_at=due, owner_id=data.get("owner") or None,
            **who(request),
        )  # fmt: skip
    except Problem as problem:
        return detail.page(request, found, task=data, errors=problem.fields, status=422)
    return back(account, found, "tasks")


def due_at(text: str, zone: str) -> datetime | None:
    """The end of that day there."""
    if not text:
        return None
    try:
        day = clean_date(text)
    except ValueError as error:
        raise Problem("invalid", fields={"due": str(error)}) from error
    return datetime.combine(day, time(23, 59), ZoneInfo(zone)).astimezone(UTC)


@require_POST
@in_account()
def finish_task(request: AccountRequest, account: Account, contact_id: str, task_id: str) -> HttpResponse:
    found = reading.one(request, contact_id)
    task = queries.task_of(account, found.id, task_id)
    services.finish_task(task_id=task.id, **who(request))
    return back(account, found, "tasks")


@require_POST
@in_account()
def assign(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    found = reading.one(request, contact_id)
    permissions.require(request.role, "manage_contacts")
    try:
        services.assign_owner(contact_id=found.id, user_id=request.POST.get("owner") or None, **who(request))
    except Problem as problem:
        messages.error(request, next(iter(problem.fields.values()), problem.detail))
    return back(account, found)


def who(request: AccountRequest) -> dict[str, Any]:
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}


def back(account: Account, found: Any, place: str = "") -> HttpResponse:
    url = reverse("manage:contact", args=[account.slug, found.id])
    return redirect(f"{url}#{place}" if place else url)
