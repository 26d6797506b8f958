"""Forget a contact, or give out all that is kept about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.contacts import personal, services
from admitone.logic.errors import Problem
from admitone.manage.contacts import reading
from admitone.manage.context import AccountRequest, in_account


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def erase(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    """Names what goes and what stays; there is no way back."""
    found, now = reading.one(request, contact_id), timezone.now()
    permissions.require(request.role, "manage_contacts")
    error = ""
    if request.method == "POST":
        cancel = request.POST.get("cancel_appointments") == "on"
        who: dict[str, Any] = {"account": account, "actor": request.actor, "now": now}
        try:
            services.erase(contact_id=found.id, cancel_appointments=cancel, **who)
        except Problem as problem:
            error = problem.detail
        else:
            messages.success(request, _("The contact is erased."))
            return redirect("manage:contacts", account.slug)
    ahead = personal.under_way(found, now)
    context = {"contact": found, "counts": personal.counts(found), "ahead": ahead, "error": error}
    return render(request, "manage/contacts/erase.html", context, status=409 if error else 200)


@require_safe
@in_account()
def data(request: AccountRequest, account: Account, contact_id: str) -> HttpResponse:
    """All that is kept about the person, as a JSON file."""
    found = reading.one(request, contact_id)
    permissions.require(request.role, "manage_contacts")
    response = JsonResponse(personal.export(found), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="contact-{found.id}.json"'
    return response
