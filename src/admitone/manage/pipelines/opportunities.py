"""One opportunity: made, moved, won or lost, changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.accounts.queries import members
from admitone.contacts.queries import get as get_contact
from admitone.contacts.services import ensure_contact
from admitone.logic import money
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.pipelines.views import frame, value_of
from admitone.pipelines import queries, services
from admitone.pipelines.models import Opportunity, Pipeline


class DealForm(forms.Form):
    """Name, worth and owner; `person_*` only for a new one without a contact."""

    name = forms.CharField(required=False, label=gettext_lazy("Name"), help_text=gettext_lazy("What it is about."))
    value = forms.CharField(required=False, label=gettext_lazy("Value"))
    owner = forms.ChoiceField(required=False, label=gettext_lazy("Owner"))

    def offer(self, account: Account) -> None:
        team = [(str(one.user_id), one.user.get_full_name()) for one in members(account)]
        self.fields["owner"].choices = [("", _("Nobody")), *team]  # type: ignore[attr-defined]

    def changes(self, currency: str) -> dict[str, Any]:
        """Raises Problem("invalid") for a wrong amount."""
        try:
            minor = money.to_minor(self.cleaned_data["value"], currency)
        except ValueError as error:
            raise Problem("invalid", fields={"value": str(error)}) from error
        return {"name": self.cleaned_data["name"], "value_minor": minor, "owner": self.cleaned_data["owner"] or None}


class NewDealForm(DealForm):
    person_name = forms.CharField(required=False, label=gettext_lazy("Contact's name"))
    person_email = forms.CharField(required=False, label=gettext_lazy("Contact's email"))
    person_phone = forms.CharField(required=False, label=gettext_lazy("Contact's phone"))
    stage = forms.ChoiceField(label=gettext_lazy("Stage"))

    def person(self) -> dict[str, str]:
        return {part: self.cleaned_data[f"person_{part}"] for part in ("name", "email", "phone")}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account, pipeline_id: UUID) -> HttpResponse:
    """?contact= and ?stage= choose; without a contact it is found or made by what is typed."""
    found = queries.pipeline(account, pipeline_id)
    permissions.require(request.role, "manage_pipelines")
    contact = get_contact(account, request.GET["contact"]) if request.GET.get("contact") else None
    form = NewDealForm(posted(request), initial={"stage": request.GET.get("stage", "")})
    form.offer(account)
    form.fields["stage"].choices = [(str(one.id), one.name) for one in found.stages.all()]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            _make(request, found, contact, form)
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:pipeline", account.slug, found.id)
    context = {**frame(request, found, "board"), "form": form, "contact": contact}
    return render(request, "manage/pipelines/new_deal.html", context, status=422 if form.errors else 200)


def _make(request: AccountRequest, of: Pipeline, contact: Any, form: NewDealForm) -> Opportunity:
    who: dict[str, Any] = {"account": request.account, "actor": request.actor, "now": timezone.now()}
    changes = form.changes(of.currency)
    with transaction.atomic():
        contact = contact or ensure_contact(**who, person=form.person(), source="by_hand", prefix="person_")
        return services.create_opportunity(**who, stage_id=form.cleaned_data["stage"], contact=contact, **changes)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def one(request: AccountRequest, account: Account, opportunity_id: UUID) -> HttpResponse:
    """GET shows, POST changes name, value and owner."""
    found = queries.opportunity(account, opportunity_id)
    initial = {
        "name": found.name,
        "value": money.as_typed(found.value_minor, found.currency) if found.value_minor else "",
        "owner": str(found.owner_id or ""),
    }
    form = DealForm(posted(request), initial=initial)
    form.offer(account)
    if request.method == "POST":
        permissions.require(request.role, "manage_pipelines")
        if form.is_valid() and _change(request, found, form):
            return redirect(request.path)
    found.value = value_of(found)  # type: ignore[attr-defined]
    context = {**frame(request, found.pipeline, ""), "form": form, "deal": found, "stages": found.pipeline.stages.all()}
    return render(request, "manage/pipelines/deal.html", context, status=422 if form.errors else 200)


def _change(request: AccountRequest, found: Opportunity, form: DealForm) -> bool:
    who: dict[str, Any] = {"account": request.account, "actor": request.actor, "now": timezone.now()}
    try:
        services.update(**who, opportunity_id=found.id, **form.changes(found.currency))
    except Problem as problem:
        show_problem(form, problem)
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
@in_account()
def move(request: AccountRequest, account: Account, opportunity_id: UUID) -> HttpResponse:
    """`stage` is where to. Goes back to `next` (a path of ours), else to the board."""
    found = queries.opportunity(account, opportunity_id)
    permissions.require(request.role, "manage_pipelines")
    moved = services.move(
        account=account,
        opportunity_id=found.id,
        stage_id=request.POST.get("stage", ""),
        actor=request.actor,
        now=timezone.now(),
    )
    messages.success(request, _("%(name)s is in %(stage)s now.") % {"name": moved.name, "stage": moved.stage.name})
    return back(request, found.pipeline)


@require_POST
@in_account()
def status(request: AccountRequest, account: Account, opportunity_id: UUID) -> HttpResponse:
    found = queries.opportunity(account, opportunity_id)
    permissions.require(request.role, "manage_pipelines")
    services.set_status(
        account=account,
        opportunity_id=found.id,
        status=request.POST.get("status", ""),
        actor=request.actor,
        now=timezone.now(),
    )
    messages.success(request, _("Saved."))
    return redirect("manage:opportunity", account.slug, found.id)


def back(request: AccountRequest, of: Pipeline) -> HttpResponse:
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("manage:pipeline", request.account.slug, of.id)
