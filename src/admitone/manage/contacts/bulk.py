"""Tag, assign, enrol, export or erase the ticked contacts, or all that match the filters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts import bulk as service
from admitone.contacts import services
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.manage.contacts import exporting, filtering, reading
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.workflow_runs import adding

MOST_ERASED = 100
MOST_ENROLLED = 400  # the page carries them as fields of its form


@require_POST
@in_account()
def bulk(request: AccountRequest, account: Account) -> HttpResponseBase:
    """`do` says what; `ids` or `all_matching` with the address's filters say to whom."""
    what = request.POST.get("do", "")
    rows = chosen(request)
    if what == "csv":
        return exporting.response(account, rows)
    permissions.require(request.role, "manage_contacts")
    ids = list(rows.values_list("id", flat=True)[: service.MOST + 1])
    if not ids or what not in ACTIONS:
        messages.info(request, _("Nothing was selected."))
        return back(request)
    try:
        return ACTIONS[what](request, ids)
    except Problem as problem:
        messages.error(request, next(iter(problem.fields.values()), problem.detail))
        return back(request)


def chosen(request: AccountRequest) -> QuerySet[Contact]:
    if request.POST.get("all_matching"):
        return filtering.asked(request).rows(request)
    keys = [key for key in map(as_uuid, request.POST.getlist("ids")) if key]
    return reading.visible(request).filter(id__in=keys)


def tagged(request: AccountRequest, ids: list[UUID]) -> HttpResponse:
    n = service.tag_many(contact_ids=ids, tag=request.POST.get("tag", ""), **who(request))
    messages.success(
        request, ngettext("%(n)d contact has the tag now.", "%(n)d contacts have the tag now.", n) % {"n": n}
    )
    return back(request)


def untagged(request: AccountRequest, ids: list[UUID]) -> HttpResponse:
    n = service.untag_many(contact_ids=ids, tag=request.POST.get("tag", ""), **who(request))
    messages.success(request, ngettext("The tag is off %(n)d contact.", "The tag is off %(n)d contacts.", n) % {"n": n})
    return back(request)


def assigned(request: AccountRequest, ids: list[UUID]) -> HttpResponse:
    owner = request.POST.get("owner", "")
    n = service.assign_many(contact_ids=ids, user_id=None if owner == "nobody" else owner or "-", **who(request))
    messages.success(request, ngettext("%(n)d contact is reassigned.", "%(n)d contacts are reassigned.", n) % {"n": n})
    return back(request)


def enrolled(request: AccountRequest, ids: list[UUID]) -> HttpResponseBase:
    """The page that asks which workflow, about these."""
    if len(ids) > MOST_ENROLLED:
        text = _("At most %(most)d at once: tag them, then enroll the tag on the workflow's page.")
        raise Problem("invalid", text % {"most": MOST_ENROLLED})
    post = request.POST.copy()
    post.setlist("ids", [str(key) for key in ids])
    request.POST = post  # type: ignore[assignment]
    return adding.add(request, account_slug=request.account.slug)


def erased(request: AccountRequest, ids: list[UUID]) -> HttpResponse:
    """Asks first on a page of its own; there is no way back."""
    if len(ids) > MOST_ERASED:
        text = _("Narrow the list: at most %(most)d contacts can be erased at once.") % {"most": MOST_ERASED}
        raise Problem("invalid", text)
    if "confirmed" not in request.POST:
        context = {"contacts": Contact.objects.filter(id__in=ids).order_by("name", "id"), "number": len(ids)}
        return render(request, "manage/contacts/erase_many.html", context)
    cancel = request.POST.get("cancel_appointments") == "on"
    done, left = 0, 0
    for key in ids:
        try:
            services.erase(contact_id=key, cancel_appointments=cancel, **who(request))
            done += 1
        except Problem as problem:
            if problem.code != "appointments_ahead":
                raise
            left += 1
    messages.success(request, ngettext("%(n)d contact is erased.", "%(n)d contacts are erased.", done) % {"n": done})
    if left:
        words = ngettext("%(n)d has appointments ahead and stays.", "%(n)d have appointments ahead and stay.", left)
        messages.warning(request, words % {"n": left})
    return redirect("manage:contacts", request.account.slug)


ACTIONS = {"tag": tagged, "untag": untagged, "assign": assigned, "enroll": enrolled, "erase": erased}


def who(request: AccountRequest) -> dict[str, Any]:
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}


def back(request: AccountRequest) -> HttpResponse:
    query = filtering.asked(request).query
    return redirect(reverse("manage:contacts", args=[request.account.slug]) + (f"?{query}" if query else ""))
