"""Contacts: the list and its CSV, a new one, one with its appointments, links and messages, its details."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.contacts import queries, services
from admitone.contacts.models import Contact
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.manage import spreadsheet
from admitone.manage.bookings.reading import typed, zone_of
from admitone.manage.contacts import reading
from admitone.manage.contacts.forms import ContactForm, initial
from admitone.manage.contacts.marking import marks
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import languages, posted

PAGE = 50
BATCH = 500
HEAD = ("id", "name", "email", "phone", "time_zone", "language", "source", "created_at", "updated_at")


@require_safe
@in_account()
def contacts(request: AccountRequest, account: Account) -> HttpResponse:
    """In the URL: q, sort (name, -name, created, -created)."""
    search = typed(request.GET.get("q", ""))
    page = Paginator(_asked(request), PAGE).get_page(request.GET.get("page"))
    reading.with_appointments(request, page)
    context = {
        "page": page,
        "search": search,
        "sort": _sort(request),
        "zone": zone_of(request),
        "may_edit": reading.may_edit(request),
        "query": request.GET.urlencode(),
    }
    return render(request, "manage/contacts/list.html", context)


def _sort(request: AccountRequest) -> str:
    asked = request.GET.get("sort", "")
    return asked if asked in queries.SORTS else "-created"


def _asked(request: AccountRequest) -> QuerySet[Contact]:
    return reading.visible(request, search=typed(request.GET.get("q", "")), sort=_sort(request))


@require_safe
@in_account()
def export(request: AccountRequest, account: Account) -> StreamingHttpResponse:
    """What the list shows, all pages of it."""
    rows = _asked(request).iterator(chunk_size=BATCH)
    return spreadsheet.download(f"contacts-{timezone.now():%Y-%m-%d}", HEAD, _cells(rows))


def _cells(rows: Iterator[Contact]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.id, row.name, row.email, row.phone, row.timezone, row.locale, row.source, iso(row.created_at),
            iso(row.updated_at),
        ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new_contact(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_contacts")
    form = ContactForm(posted(request), initial={"name": typed(request.GET.get("name", ""))})
    other = ""
    if request.method == "POST":
        try:
            made = services.create_contact(account=account, actor=request.actor, now=timezone.now(), raw=form.raw())
        except Problem as problem:
            form.refuse(problem)
            other = problem.extra.get("contact", "")
        else:
            messages.success(request, _("The contact is saved."))
            return redirect("manage:contact", account.slug, made.id)
    context = {"form": form, "other": other}
    return render(request, "manage/contacts/edit.html", context, status=422 if form.errors else 200)


@require_safe
@in_account()
def contact(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    found, now = reading.one(request, contact_id), timezone.now()
    context = {
        "contact": found,
        "zone": zone_of(request),
        "bookings": reading.their_bookings(request, found, now),
        "links": reading.their_links(request, found, now),
        "messages_sent": reading.their_messages(request, found),
        "recent": reading.RECENT,
        "language": dict(languages()).get(found.locale, found.locale),
        "may_edit": reading.may_edit(request),
        **marks(request, found),
    }
    return render(request, "manage/contacts/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def edit_contact(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    found = reading.one(request, contact_id)
    permissions.require(request.role, "manage_contacts")
    form = ContactForm(posted(request), initial=initial(found))
    other = ""
    if request.method == "POST":
        who: dict[str, Any] = {"account": account, "actor": request.actor, "now": timezone.now()}
        try:
            services.update_contact(contact_id=found.id, raw=form.raw(), **who)
        except Problem as problem:
            form.refuse(problem)
            other = problem.extra.get("contact", "")
        else:
            messages.success(request, _("The contact is saved."))
            return redirect("manage:contact", account.slug, found.id)
    context = {"contact": found, "form": form, "other": other}
    return render(request, "manage/contacts/edit.html", context, status=422 if form.errors else 200)
