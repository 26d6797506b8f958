"""Settings > API keys: make one, see its secret once, revoke it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import addresses, queries, services
from admitone.accounts.models import Account
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

SCOPES = [
    ("read", gettext_lazy("Read: calendars, slots, links, appointments, contacts")),
    ("write", gettext_lazy("Write: make and change links, book, cancel, reschedule")),
    ("admin", gettext_lazy("Admin: change calendars and settings")),
]


class KeyForm(forms.Form):
    name = forms.CharField(max_length=80, label=gettext_lazy("Name"), help_text=gettext_lazy("What will use it."))
    scopes = forms.MultipleChoiceField(
        choices=SCOPES, label=gettext_lazy("It may"), widget=forms.CheckboxSelectMultiple(), initial=["read", "write"]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_account("admin")
def api_keys(request: AccountRequest, account: Account) -> HttpResponse:
    """The list; the answer to a POST is the only page that ever shows the secret."""
    form = KeyForm(posted(request))
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _key, secret = services.issue_api_key(
                account=account, actor=request.actor, created_by=request.user, now=timezone.now(), **form.cleaned_data
            )
            form = KeyForm()
        except Problem as problem:
            show_problem(form, problem)
    context = {"form": form, "keys": queries.api_keys(account)[:200], "secret": secret, "base": addresses.absolute("")}
    status = 201 if secret else 422 if form.errors else 200
    return render(request, "manage/api_keys/api_keys.html", context, status=status)


@require_POST
@in_account("admin")
def revoke(request: AccountRequest, account: Account, key_id: str) -> HttpResponse:
    key = services.revoke_api_key(account=account, actor=request.actor, key_id=key_id, now=timezone.now())
    messages.success(request, _("%(name)s no longer works.") % {"name": key.name})
    return redirect("manage:api_keys", account.slug)
