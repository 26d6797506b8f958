"""People who stood before a dead or empty link and asked: answer with a new link, or dismiss."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.calendars import access
from admitone.links import queries, services
from admitone.links.models import LinkRequest
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.links import wording
from admitone.manage.links.reach import Reach
from admitone.messaging import queries as messaging

PAGE = 50
STATUSES = {
    "open": gettext_lazy("Open"),
    "answered": gettext_lazy("Answered"),
    "dismissed": gettext_lazy("Dismissed"),
}


@require_safe
@in_account()
def requests(request: AccountRequest, account: Account) -> HttpResponse:
    now, reach = timezone.now(), Reach(request)
    wanted = request.GET.get("status", "open")
    status = wanted if wanted in STATUSES else "open"
    rows = visible(account, reach)
    counts = rows.aggregate(**{name: Count("id", filter=Q(status=name)) for name in STATUSES})
    page = Paginator(listing(rows, status), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [row(asked, reach, account, now) for asked in page.object_list],
        "tabs": [
            {"status": name, "label": label, "count": counts[name], "current": name == status}
            for name, label in STATUSES.items()
        ],
        "status": status,
    }
    return render(request, "manage/requests/requests.html", context)


def visible(account: Account, reach: Reach) -> QuerySet[LinkRequest]:
    rows = LinkRequest.objects.filter(account=account)
    return rows.filter(reach.scope(prefix="link__"))


def listing(rows: QuerySet[LinkRequest], status: str) -> QuerySet[LinkRequest]:
    """Those who wait longest come first; of the others the newest."""
    related = rows.filter(status=status).select_related("link__calendar", "link__group", "link__contact", "new_link")
    return related.order_by("id" if status == "open" else "-id")


def row(asked: LinkRequest, reach: Reach, account: Account, now: datetime) -> dict[str, object]:
    link = asked.link
    target = queries.target_of(link)
    gone = target is None or target.deleted_at is not None
    return {
        "asked": asked,
        "link": link,
        "tail": queries.tail(link),
        "state": queries.state_of(link, now),
        "why": wording.why(account, link, now),
        "gone": gone,
        "can_answer": reach.may_target(link, "book"),
    }


@require_POST
@in_account()
def answer(request: AccountRequest, account: Account, request_id: UUID) -> HttpResponse:
    """Mail a new link on the old one's terms. Pressed twice, the same link."""
    asked = found(request, account, request_id)
    target = queries.target_of(asked.link)
    if target is None or target.deleted_at is not None:
        raise Problem("link_deleted", _("The calendar or group of this link has been deleted.")).conflict()
    services.answer_request(
        account=account, request_id=asked.id, actor=request.actor, now=timezone.now(), created_by=request.user
    )
    words = {"name": asked.name, "email": asked.email}
    if messaging.delivering(account):
        messages.success(request, _("A new link is on its way to %(name)s, %(email)s.") % words)
    else:
        text = _("A new link for %(name)s is made. Its email is kept in Messages: no mail server is set up.")
        messages.warning(request, text % words)
    return redirect("manage:requests", account.slug)


@require_POST
@in_account()
def dismiss(request: AccountRequest, account: Account, request_id: UUID) -> HttpResponse:
    asked = found(request, account, request_id)
    services.dismiss_request(account=account, request_id=asked.id, actor=request.actor, now=timezone.now())
    messages.success(request, _("Dismissed. Nothing was sent."))
    return redirect("manage:requests", account.slug)


def found(request: AccountRequest, account: Account, request_id: UUID, level: access.Level = "book") -> LinkRequest:
    asked = get(account, LinkRequest, request_id, "link__calendar", "link__group")
    Reach(request).require_target(asked.link, level)
    return asked
