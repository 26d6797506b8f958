"""Contacts: the list and its CSV, a new one, one with its appointments, links and messages, its details."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.contacts import services
from admitone.logic.errors import Problem
from admitone.manage.bookings.reading import typed, zone_of
from admitone.manage.contacts import detail, exporting, filtering, reading, words
from admitone.manage.contacts.forms import ContactForm, initial
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted

PAGE = 50


@require_safe
@in_account()
def contacts(request: AccountRequest, account: Account) -> HttpResponse:
    """In the URL: q, tag, owner, from, to, upcoming, missing, field, value; sort (name, -name, created, -created)."""
    asked = filtering.asked(request)
    rows = asked.rows(request).select_related("owner").prefetch_related(reading.TAGS)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    reading.with_appointments(request, page)
    context = {
        "page": page,
        "asked": asked,
        "search": asked.filters.search,
        "sort": asked.sort,
        "zone": zone_of(request),
        "may_edit": reading.may_edit(request),
        "query": asked.query,
        "add_url": words.address("add_to_workflow", account.slug),
        **filtering.choices(request),
    }
    return render(request, "manage/contacts/list.html", context)


@require_safe
@in_account()
def export(request: AccountRequest, account: Account) -> StreamingHttpResponse:
    """What the list shows, all pages of it."""
    return exporting.response(account, filtering.asked(request).rows(request))


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
    """In the URL: kind and page of the timeline. One that was merged leads to the one that was kept."""
    try:
        found = reading.one(request, contact_id)
    except Problem as problem:
        if problem.code != "contact_merged":
            raise
        messages.info(request, _("That contact was merged into this one."))
        return redirect("manage:contact", account.slug, problem.extra["contact"])
    return detail.page(request, found)


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
