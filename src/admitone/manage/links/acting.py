"""What can be done with one link by a single press: delete, undo, extend, replace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admitone.accounts.models import Account
from admitone.links import services
from admitone.links.models import OneTimeLink
from admitone.links.queries import facts, target_of
from admitone.logic.errors import Problem
from admitone.logic.links import status
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.links.reach import Reach

STICKY = "toast--stays"


@require_POST
@in_account()
def remove(request: AccountRequest, account: Account, link_id: UUID) -> HttpResponse:
    """Delete an unused link and offer to undo it."""
    link = Reach(request).link(link_id, "manage")
    services.revoke(**who(request), link_id=link.id)
    undo, words = reverse("manage:link_restoration", args=[account.slug, link.id]), _("The link is deleted.")
    if "HX-Request" in request.headers:
        return render(request, "manage/links/_notice.html", {"words": words, "undo": undo})
    offer_undo(request, words, undo)
    return back(request, reverse("manage:links", args=[account.slug]))


@require_POST
@in_account()
def restore(request: AccountRequest, account: Account, link_id: UUID) -> HttpResponse:
    link = Reach(request).link(link_id, "manage")
    link = services.restore(**who(request), link_id=link.id)
    words = _("The link works again.") if still_works(link) else _("The link is back.")
    if "HX-Request" in request.headers:
        return render(request, "manage/links/_notice.html", {"words": words})
    messages.success(request, words)
    return back(request, reverse("manage:link", args=[account.slug, link.id]))


def still_works(link: OneTimeLink) -> bool:
    return status(facts(link), timezone.now()) == "active"


@require_POST
@in_account()
def extend(request: AccountRequest, account: Account, link_id: UUID) -> HttpResponse:
    """Move the expiry some days on; an expired link works again."""
    link = Reach(request).link(link_id, "manage")
    refuse_unextendable(link)
    services.extend_many(**who(request), link_ids=[link.id], days=days_of(request))
    messages.success(request, _("The link expires later now."))
    return back(request, reverse("manage:link", args=[account.slug, link.id]))


def refuse_unextendable(link: OneTimeLink) -> None:
    if link.uses >= link.max_uses:
        raise Problem("link_used", _("A used link is final. Send a new one.")).conflict()
    if link.deleted_at is not None:
        raise Problem("link_deleted", _("Restore the link before you extend it.")).conflict()


@require_POST
@in_account()
def reissue(request: AccountRequest, account: Account, link_id: UUID) -> HttpResponse:
    """A new link on the terms of this one; next comes its page, where it can be sent."""
    link = Reach(request).link(link_id, "book")
    target = target_of(link)
    if target is None or target.deleted_at is not None:
        raise Problem("link_deleted", _("The calendar or group of this link has been deleted.")).conflict()
    made = services.reissue(**who(request), link_id=link.id, created_by=request.user)
    return redirect(reverse("manage:link", args=[account.slug, made.id]) + "?made=1")


def who(request: AccountRequest) -> dict[str, Any]:
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}


def days_of(request: HttpRequest) -> int:
    raw = request.POST.get("days", "7")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 5 else 0


def offer_undo(request: AccountRequest, words: str, url: str, **fields: str) -> None:
    """A message with an Undo button; it stays until it is dismissed."""
    undo = {"words": words, "url": url, "fields": fields, "next": after(request, "")}
    messages.success(request, render_to_string("manage/links/_undo.html", undo, request=request), extra_tags=STICKY)


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    return redirect(after(request, otherwise))


def after(request: HttpRequest, otherwise: str) -> str:
    """Where the form wants to go on, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise
