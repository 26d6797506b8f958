"""Which answers rule a visitor out, what they read then, and where they may go on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.calendars.queries import listing as calendars
from admitone.forms import queries, services
from admitone.forms.models import Form
from admitone.logic.errors import Problem
from admitone.logic.form_rules import Rule
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.form_builder.fields import typed
from admitone.manage.form_builder.page import show, who
from admitone.manage.forms import posted, show_problem


class RuleForm(forms.Form):
    """One rule as it is typed; logic/form_rules.py says what is wrong with it."""

    key = forms.ChoiceField(label=gettext_lazy("If"))
    equals = forms.CharField(
        label=gettext_lazy("is answered with"),
        error_messages={"required": gettext_lazy("Say which answer.")},
        help_text=gettext_lazy("For a choice: the option as it is written. For a tick box: yes or no."),
    )
    message = forms.CharField(
        label=gettext_lazy("they read"),
        error_messages={"required": gettext_lazy("Say what the guest is to read.")},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Nothing is booked, and a one-time link is not used."),
    )
    redirect_url = forms.CharField(
        required=False, label=gettext_lazy("and may go on to a page"), help_text=gettext_lazy("https:// only.")
    )
    calendar = forms.ChoiceField(
        required=False,
        label=gettext_lazy("or to another calendar"),
        help_text=gettext_lazy("As long as everybody may book it."),
    )

    def offer(self, account: Account, form: Form) -> None:
        """Fill the choices: the form's questions and the account's calendars."""
        questions = [(one.key, one.label) for one in form.questions]
        self.fields["key"].choices = questions  # type: ignore[attr-defined]
        known = [(str(one.id), one.name) for one in calendars(account).order_by("name", "id")]
        self.fields["calendar"].choices = [("", _("None")), *known]  # type: ignore[attr-defined]


def initial_of(rule: Rule) -> dict[str, Any]:
    return {
        **{name: getattr(rule, name) for name in ("key", "message", "redirect_url", "calendar")},
        "equals": typed(rule.equals),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def listing(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    """The rules in order, and a form for one more."""
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    return edited(request, found, None)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def edit(request: AccountRequest, account: Account, form_id: UUID, at: int) -> HttpResponse:
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    if at >= len(found.rules):
        raise Problem("not_found")
    return edited(request, found, at)


def edited(request: AccountRequest, found: Form, at: int | None) -> HttpResponse:
    rules = found.disqualifiers
    form = RuleForm(posted(request), initial=initial_of(rules[at]) if at is not None else {})
    form.offer(request.account, found)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_rule(**who(request, found), rule=form.cleaned_data, at=at)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:form_rules", request.account.slug, found.id)
    labels = {one.key: one.label for one in found.questions}
    names = dict(form.fields["calendar"].choices)  # type: ignore[attr-defined]
    rows = [
        {
            "rule": rule,
            "label": labels.get(rule.key, rule.key),
            "answer": typed(rule.equals),
            "leads": names.get(rule.calendar, "") if rule.calendar else rule.redirect_url,
        }
        for rule in rules
    ]
    status = 422 if form.errors else 200
    return show(request, found, "form_rules", "rules", form=form, rows=rows, at=at, status=status)


@require_POST
@in_account()
def remove(request: AccountRequest, account: Account, form_id: UUID, at: int) -> HttpResponse:
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    services.remove_rule(**who(request, found), at=at)
    messages.success(request, _("The rule is gone."))
    return redirect("manage:form_rules", account.slug, found.id)
