"""Start from: the gallery of templates, and the choices that make a draft of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.contacts.queries import tags
from admitone.contacts.tagging import ensure_tag
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.workflow_templates.forms import StartForm
from admitone.workflows.models import Workflow
from admitone.workflows.services import create_workflow
from admitone.workflows.templates import CATEGORIES, template_called, templates


@require_safe
@in_account()
def gallery(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_workflows")
    found = templates()
    groups = [(label, [one for one in found if one.category == key]) for key, label in CATEGORIES.items()]
    return render(request, "manage/workflow_templates/gallery.html", {"groups": [row for row in groups if row[1]]})


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def start(request: AccountRequest, account: Account, template: str) -> HttpResponse:
    permissions.require(request.role, "manage_workflows")
    chosen = template_called(template)
    form = StartForm(posted(request), template=chosen, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            made = make(request, form)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("This is your draft. Look it over, then publish it."))
            return redirect("manage:workflow", account.slug, made.id)
    context = {"template": chosen, "form": form, "fields": [form[need.key] for need in chosen.needs], "tags": []}
    if any(need.kind == "tag" for need in chosen.needs):
        context["tags"] = list(tags(account)[:200])
    return render(request, "manage/workflow_templates/start.html", context, status=422 if form.errors else 200)


@transaction.atomic
def make(request: AccountRequest, form: StartForm) -> Workflow:
    """The draft; a tag that is named for the first time is made with it."""
    who: dict[str, Any] = {"account": request.account, "now": timezone.now()}
    choices = form.choices()
    if "tag" in choices:
        choices["tag"] = str(ensure_tag(name=choices["tag"], **who).id)
    document = {**form.template.document(choices), "name": form.cleaned_data["name"]}
    return create_workflow(document=document, actor=request.actor, **who)
