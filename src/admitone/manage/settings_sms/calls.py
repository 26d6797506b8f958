"""Settings > SMS and calls > Missed calls: the log."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calls import queries
from admitone.logic.identity import storable
from admitone.manage.context import AccountRequest, in_account

PAGE = 50
OUTCOMES = {
    "no-answer": _("Nobody answered"),
    "busy": _("Busy"),
    "failed": _("Could not be put through"),
    "canceled": _("Caller hung up"),
}
NOTES = {
    "withheld": _("Nothing followed: the number is withheld."),
    "short": _("Nothing followed: this number cannot receive SMS."),
    "unreadable": _("Nothing followed: this is no phone number."),
    "own": _("Nothing followed: this is your own phone."),
    "late": _("Nothing followed: it was reported more than a day later."),
    "repeated": _("Nothing followed: this caller had called shortly before."),
}


@require_safe
@in_account("admin")
def calls(request: AccountRequest, account: Account) -> HttpResponse:
    """Filters in the URL: q, number."""
    search = storable(request.GET.get("q", "")).strip()[:100]
    number = as_uuid(request.GET.get("number", ""))
    page = Paginator(queries.missed(account, search=search, number_id=number), PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.outcome_name = OUTCOMES.get(row.outcome, row.outcome)  # type: ignore[attr-defined]
        row.note_text = NOTES.get(row.note, row.note)  # type: ignore[attr-defined]
    context = {
        "page": page,
        "search": search,
        "number": number,
        "numbers": queries.numbers(account),
        "filtered": bool(search or number),
    }
    return render(request, "manage/settings_sms/calls.html", context)
