"""A contact's page: details, what is to be done, and everything that happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from admitone.contacts.models import Contact
from admitone.manage.bookings.reading import zone_of
from admitone.manage.contacts import filtering, reading, words
from admitone.manage.contacts.marking import marks
from admitone.manage.contacts.timeline import timeline
from admitone.manage.context import AccountRequest
from admitone.manage.forms import languages


def page(
    request: AccountRequest,
    found: Contact,
    *,
    note: str = "",
    task: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`note`, `task` and `errors` are what was typed and refused."""
    now = timezone.now()
    context = {
        "contact": found,
        "zone": zone_of(request),
        "bookings": reading.their_bookings(request, found, now),
        "links": reading.their_links(request, found, now),
        "opportunities": reading.their_opportunities(request, found),
        "tasks": reading.their_tasks(found),
        "opt_outs": reading.opt_outs(found),
        "timeline": timeline(request, found),
        "recent": reading.RECENT,
        "language": dict(languages()).get(found.locale, found.locale),
        "may_edit": reading.may_edit(request),
        "colleagues": filtering.colleagues(request),
        "note": note,
        "task": task or {},
        "errors": errors or {},
        "now": now,
        "add_url": words.address("add_to_workflow", request.account.slug),
        **marks(request, found),
    }
    return render(request, "manage/contacts/detail.html", context, status=status)
