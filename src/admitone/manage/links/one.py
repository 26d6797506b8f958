"""The page of one link: everything about it, and everything that can be done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts.models import Account
from admitone.links import services
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.logic.clock import from_min
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.links import wording
from admitone.manage.links.forms import EditForm, local_text
from admitone.manage.links.reach import Reach
from admitone.manage.links.reading import Row, bookings_of, history, row_of
from admitone.manage.links.sending import send_context


@require_safe
@in_account()
def link(request: AccountRequest, account: Account, link_id: UUID) -> HttpResponse:
    reach = Reach(request)
    return shown(request, account, reach, reach.link(link_id))


def shown(
    request: AccountRequest, account: Account, reach: Reach, link: OneTimeLink, *, status: int = 200, **more: Any
) -> HttpResponse:
    now = timezone.now()
    row = row_of(link, reach, now, bookings_of([link.id]).get(link.id, []))
    context = {
        "row": row,
        "link": link,
        "calendar": link.calendar,
        "why": wording.why(account, link, now),
        "offered": [(from_min(start), from_min(end)) for start, end in link.offered or []],
        "appointments": [(booking, from_min(booking.start_min)) for booking in row.bookings],
        "history": history(link),
        "asked": list(LinkRequest.objects.filter(account=account, link=link).order_by("-id")[:20]),
        "replaced": replaced(account, link),
        "host_left": host_left(link),
        "private_base": wording.private_base(),
        "made": "made" in request.GET,
        **(send_context(request, link) if row.can_send else {}),
        **more,
    }
    return render(request, "manage/links/link.html", context, status=status)


def host_left(link: OneTimeLink) -> bool:
    """Does the host that the link agrees on take no appointments of its calendar any more?"""
    hosts = link.calendar.compiled.hosts if link.calendar else ()
    return link.host_id is not None and str(link.host_id) not in {host.id for host in hosts}


def replaced(account: Account, link: OneTimeLink) -> dict[str, OneTimeLink | None]:
    """The link that this one replaced and the first that replaced it."""
    rows = OneTimeLink.objects.filter(account=account)
    old = rows.filter(id=link.replaces_id).first() if link.replaces_id else None
    return {"old": old, "new": rows.filter(replaces_id=link.id).order_by("created_at").first()}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def edit(request: AccountRequest, account: Account, link_id: UUID) -> HttpResponse:
    """Label, note and, unless it is used or deleted, its terms."""
    reach = Reach(request)
    link = reach.link(link_id, "manage")
    row = row_of(link, reach, timezone.now(), [])
    form = edit_form(request, account, row)
    if request.method == "POST" and form.is_valid():
        try:
            services.update(
                account=account, link_id=link.id, actor=request.actor, now=timezone.now(), **form.cleaned_data
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:link", account.slug, link.id)
    context = {"form": form, "link": link, "row": row, "calendar": link.calendar}
    return render(request, "manage/links/edit.html", context, status=422 if form.errors else 200)


def edit_form(request: AccountRequest, account: Account, row: Row) -> EditForm:
    link = row.link
    initial = {
        "label": link.label,
        "note": link.note,
        "expires_at": local_text(link.expires_at, account.timezone),
        "not_before": local_text(link.not_before, account.timezone),
        "max_uses": link.max_uses,
    }
    terms = row.status not in ("used", "deleted")
    return EditForm(posted(request), initial=initial, zone=account.timezone, terms=terms)
