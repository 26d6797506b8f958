"""Home: the set-up list until it is done, then today."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts import addresses, services
from admitone.accounts.models import Account
from admitone.accounts.setup import ensure_setup_token, setup_is_open
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.home import demo
from admitone.manage.home.checklist import checklist
from admitone.manage.home.summary import summary


@require_safe
@in_account()
def home(request: AccountRequest, account: Account) -> HttpResponse:
    now = timezone.now()
    context = {
        "now": now,
        "summary": summary(account, request.user, request.role, now),
        "checklist": checklist(account) if request.role != "member" else None,
        "base_url": addresses.absolute("/"),
        "new_link_url": f"/app/{account.slug}/links/new/",
    }
    return render(request, "manage/home/home.html", context)


@require_POST
@in_account("admin")
def tick(request: AccountRequest, account: Account, step: str) -> HttpResponse:
    """Settle a step of the set-up list, or hide the list with "dismissed"."""
    services.tick_setup(account=account, actor=request.actor, step=step, now=timezone.now())
    return redirect("manage:home", account.slug)


@require_POST
@in_account("owner")
def remove_demo(request: AccountRequest, account: Account) -> HttpResponse:
    demo.remove_demo(agency=account.agency)
    if setup_is_open():
        logout(request)
        ensure_setup_token()
        return redirect("manage:setup")
    messages.success(request, _("The demo data is gone."))
    return redirect("manage:entry")
