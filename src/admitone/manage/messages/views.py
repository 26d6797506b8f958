"""Messages: what was sent, to whom, and what the server said; what waits here can be sent."""

from __future__ import annotations

from django.contrib import messages as toasts
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.logic.sms import size
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.messages import reading
from admitone.messaging import queries, services
from admitone.messaging.esps import label_of

PAGE = 50
STATUSES = {
    "sent": gettext_lazy("Sent"),
    "delivered": gettext_lazy("Delivered"),
    "queued": gettext_lazy("Queued"),
    "outbox": gettext_lazy("Not delivered"),
    "failed": gettext_lazy("Failed"),
    "bounced": gettext_lazy("Bounced"),
    "complained": gettext_lazy("Called spam"),
    "received": gettext_lazy("Received"),
}
CHANNELS = {"email": gettext_lazy("Email"), "sms": gettext_lazy("SMS")}
#: The page of a stored mail runs nothing and loads nothing but pictures.
PREVIEW_CSP = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'self'"


@require_safe
@in_account()
def messages(request: AccountRequest, account: Account) -> HttpResponse:
    """Filters in the URL: status, kind, channel, q."""
    status, kind, channel = (request.GET.get(name, "") for name in ("status", "kind", "channel"))
    filters = {
        "channel": channel if channel in CHANNELS else "",
        "status": status if status in STATUSES else "",
        "kind": kind if kind in reading.KINDS else "",
        "search": request.GET.get("q", "").replace("\0", "").strip()[:200],
    }
    rows = reading.listing(account, request.user, request.role, **filters)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.kind_name = reading.kind_name(row.kind)  # type: ignore[attr-defined]
    context = {
        "page": page,
        "filters": filters,
        "filtered": any(filters.values()),
        "statuses": statuses(account, request.role),
        "channels": CHANNELS.items(),
        "kinds": reading.KINDS.items(),
    }
    return render(request, "manage/messages/messages.html", context)


def statuses(account: Account, role: str) -> list[tuple[str, str, int | None]]:
    """(status, name, how many); members do not read every message, so they see no numbers."""
    counts = queries.counts(account) if permissions.at_least(role, "admin") else {}
    return [(key, str(name), counts.get(key)) for key, name in STATUSES.items()]


@require_safe
@in_account()
def message(request: AccountRequest, account: Account, message_id: str) -> HttpResponse:
    found = reading.one(account, request.user, request.role, message_id)
    may_send = permissions.at_least(request.role, "admin") and found.status in services.RESENDABLE
    context = {
        "message": found,
        "kind_name": reading.kind_name(found.kind),
        "sms": size(found.text) if found.channel == "sms" else None,
        "carrier": label_of(found.provider),
        "opted_out": found.direction == "out" and queries.opted_out(account, found.channel, found.to),
        "may_send": may_send and queries.delivering(account, found.channel),
    }
    return render(request, "manage/messages/message.html", context)


@require_safe
@in_account()
def preview(request: AccountRequest, account: Account, message_id: str) -> HttpResponse:
    """The HTML as it was sent, on a page of its own that is shut in by its own policy."""
    found = reading.one(account, request.user, request.role, message_id)
    response = HttpResponse(found.html or _("This message has no HTML part."))
    response["Content-Security-Policy"] = PREVIEW_CSP
    return response


@require_safe
@in_account()
def calendar_file(request: AccountRequest, account: Account, message_id: str) -> HttpResponse:
    found = reading.one(account, request.user, request.role, message_id)
    if not found.ics:
        raise Problem("not_found")
    kind = f"text/calendar; charset=utf-8; method={found.ics_method or 'PUBLISH'}"
    return HttpResponse(found.ics, kind, headers={"Content-Disposition": 'attachment; filename="invite.ics"'})


@require_POST
@in_account("admin")
def resend(request: AccountRequest, account: Account, message_id: str) -> HttpResponse:
    """Send a failed or waiting message now."""
    try:
        sent = services.resend(account=account, message_id=message_id, actor=request.actor, now=timezone.now())
    except Problem as problem:
        if problem.code == "not_found":
            raise
        toasts.error(request, problem.detail)
        return redirect("manage:message", account.slug, message_id)
    toasts.success(request, _("It is on its way to %(to)s.") % {"to": sent.to})
    return redirect("manage:message", account.slug, message_id)
