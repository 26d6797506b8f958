"""Settings > Webhooks: endpoints, their log, test messages, replays."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.webhooks import queries, services
from admitone.webhooks.kinds import KINDS, TEST
from admitone.webhooks.models import Delivery, Endpoint
from admitone.webhooks.signing import message_id, workflow_secret

PAGE = 50


class EndpointForm(forms.Form):
    url = forms.CharField(max_length=1000, label=gettext_lazy("Address"), help_text=gettext_lazy("It has to be https."))
    description = forms.CharField(required=False, max_length=120, label=gettext_lazy("Description"))
    kinds = forms.MultipleChoiceField(
        required=False,
        choices=[*KINDS.items()],
        label=gettext_lazy("Events"),
        help_text=gettext_lazy("Tick none to send all of them."),
        widget=forms.CheckboxSelectMultiple(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def endpoints(request: AccountRequest, account: Account) -> HttpResponse:
    """The list and a new one; the answer to a POST is the only page that shows its secret."""
    form, secret = EndpointForm(posted(request)), ""
    if request.method == "POST" and form.is_valid():
        try:
            _made, secret = services.create_endpoint(
                account=account, actor=request.actor, now=timezone.now(), **form.cleaned_data
            )
            form = EndpointForm()
        except Problem as problem:
            show_problem(form, problem)
    context = {
        "form": form,
        "secret": secret,
        "endpoints": queries.endpoints(account),
        "workflow_secret": workflow_secret(account),
    }
    status = 201 if secret else 422 if form.errors else 200
    return render(request, "manage/webhooks/list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def endpoint(request: AccountRequest, account: Account, endpoint_id: UUID) -> HttpResponse:
    """Its settings and its log; filters in the URL: status, kind."""
    found = get(account, Endpoint, endpoint_id)
    initial = {"url": found.url, "description": found.description, "kinds": found.kinds}
    form = EndpointForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changes = form.cleaned_data
            services.update_endpoint(
                account=account, endpoint_id=found.id, actor=request.actor, now=timezone.now(), **changes
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:webhook", account.slug, found.id)
    return shown(request, found, form)


def shown(request: AccountRequest, found: Endpoint, form: EndpointForm, secret: str = "") -> HttpResponse:
    status, kind = request.GET.get("status", ""), request.GET.get("kind", "")
    filters = {
        "status": status if status in queries.STATUSES else "",
        "kind": kind if kind in KINDS or kind == TEST else "",
    }
    context: dict[str, Any] = {
        "endpoint": found,
        "form": form,
        "secret": secret,
        "filters": filters,
        "filtered": any(filters.values()),
        "kinds": [*KINDS, TEST],
        "page": Paginator(queries.log(found, **filters), PAGE).get_page(request.GET.get("page")),
    }
    code = 201 if secret else 422 if form.errors else 200
    return render(request, "manage/webhooks/endpoint.html", context, status=code)


@require_POST
@in_account("admin")
def rotate(request: AccountRequest, account: Account, endpoint_id: UUID) -> HttpResponse:
    """The answer is the only page that shows the new secret."""
    found, secret = services.rotate_secret(
        account=account, endpoint_id=endpoint_id, actor=request.actor, now=timezone.now()
    )
    initial = {"url": found.url, "description": found.description, "kinds": found.kinds}
    return shown(request, found, EndpointForm(initial=initial), secret)


@require_POST
@in_account("admin")
def test(request: AccountRequest, account: Account, endpoint_id: UUID) -> HttpResponse:
    sent = services.send_test(account=account, endpoint_id=endpoint_id, now=timezone.now())
    messages.success(request, _("A test message is on its way."))
    return redirect("manage:webhook_delivery", account.slug, sent.id)


@require_POST
@in_account("admin")
def switch(request: AccountRequest, account: Account, endpoint_id: UUID) -> HttpResponse:
    active = request.POST.get("active") == "1"
    services.update_endpoint(
        account=account, endpoint_id=endpoint_id, actor=request.actor, now=timezone.now(), active=active
    )
    messages.success(request, _("The webhook is on.") if active else _("The webhook is paused."))
    return redirect("manage:webhook", account.slug, endpoint_id)


@require_POST
@in_account("admin")
def remove(request: AccountRequest, account: Account, endpoint_id: UUID) -> HttpResponse:
    services.delete_endpoint(account=account, endpoint_id=endpoint_id, actor=request.actor, now=timezone.now())
    messages.success(request, _("The webhook is deleted."))
    return redirect("manage:webhooks", account.slug)


@require_safe
@in_account("admin")
def delivery(request: AccountRequest, account: Account, delivery_id: UUID) -> HttpResponse:
    found = get(account, Delivery, delivery_id, "endpoint")
    context = {
        "delivery": found,
        "message_id": message_id(found.id),
        "body": json.dumps(json.loads(found.body), indent=2, ensure_ascii=False),
    }
    return render(request, "manage/webhooks/delivery.html", context)


@require_POST
@in_account("admin")
def replay(request: AccountRequest, account: Account, delivery_id: UUID) -> HttpResponse:
    again = services.replay(account=account, delivery_id=delivery_id, now=timezone.now())
    messages.success(request, _("The message is sent again."))
    return redirect("manage:webhook_delivery", account.slug, again.id)
