"""Settings > SMS and calls > Opt-outs: who does not want to be written to, by SMS or email."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.logic.identity import storable
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.settings_sms.forms import OptOutForm
from admitone.messaging import opting, queries
from admitone.messaging.models import OptOut

PAGE = 50
SOURCES = {
    "unsubscribe_link": gettext_lazy("Link in an email"),
    "one_click": gettext_lazy("Unsubscribe button of the mail program"),
    "stop": gettext_lazy("Answered STOP"),
    "complaint": gettext_lazy("Reported as spam"),
    "bounce": gettext_lazy("The address does not exist"),
    "by_hand": gettext_lazy("By hand"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def opt_outs(request: AccountRequest, account: Account) -> HttpResponse:
    """The list, searched by q and channel in the URL; a POST adds one by hand."""
    form = OptOutForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            added = opting.opt_out(
                account=account, source="by_hand", actor=request.actor, now=timezone.now(), **form.cleaned_data
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Nobody writes to it any more.") if added else _("It is in the list already."))
            return redirect("manage:opt_outs", account.slug)
    return page(request, account, form)


def page(request: AccountRequest, account: Account, form: OptOutForm) -> HttpResponse:
    search = storable(request.GET.get("q", "")).strip()[:200]
    channel = request.GET.get("channel", "")
    filters = {"search": search, "channel": channel if channel in ("sms", "email") else ""}
    rows = Paginator(queries.opt_outs(account, **filters), PAGE).get_page(request.GET.get("page"))
    for row in rows:
        row.source_name = SOURCES.get(row.source, row.source)  # type: ignore[attr-defined]
    context = {"page": rows, "form": form, "filters": filters, "filtered": any(filters.values())}
    return render(request, "manage/settings_sms/opt_outs.html", context, status=422 if form.errors else 200)


@require_POST
@in_account("admin")
def remove(request: AccountRequest, account: Account, opt_out_id: str) -> HttpResponse:
    key = int(opt_out_id) if opt_out_id.isdecimal() and len(opt_out_id) < 18 else 0
    found = OptOut.objects.filter(account=account, pk=key).first()
    if found is None:
        raise Problem("not_found")
    opting.opt_in(
        account=account,
        channel=found.channel,
        address=found.address,
        source="by_hand",
        actor=request.actor,
        now=timezone.now(),
    )
    messages.success(request, _("Workflows may write to %(address)s again.") % {"address": found.address})
    return redirect("manage:opt_outs", account.slug)
