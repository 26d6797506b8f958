"""Messages > Templates: words to start from, shown as one real contact would read them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.limits import hit
from admitone.accounts.models import Account
from admitone.contacts import queries as contacts
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem
from admitone.manage.message_templates.forms import NewTemplateForm, TemplateForm
from admitone.manage.messages.views import PREVIEW_CSP
from admitone.messaging import queries
from admitone.messaging.models import MessageTemplate
from admitone.messaging.services import send_test
from admitone.workflows import previewing
from admitone.workflows.services import message_templates as services

TESTS_AN_HOUR = 30
RECENT = 20


def may_edit(request: AccountRequest) -> bool:
    return permissions.allows(request.role, "manage_workflows")


def who(request: AccountRequest) -> dict[str, Any]:
    permissions.require(request.role, "manage_workflows")
    return {"account": request.account, "actor": request.actor, "now": timezone.now()}


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account) -> HttpResponse:
    context = {
        "templates": queries.templates(account),
        "deleted": queries.deleted_templates(account, timezone.now() - services.UNDO) if may_edit(request) else [],
        "may_edit": may_edit(request),
        "zone": request.user.timezone or account.timezone,
    }
    return render(request, "manage/message_templates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new(request: AccountRequest, account: Account) -> HttpResponse:
    permissions.require(request.role, "manage_workflows")
    form = NewTemplateForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_template(**who(request), **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("manage:message_template", account.slug, made.pk)
    return render(request, "manage/message_templates/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def edit(request: AccountRequest, account: Account, template_id: UUID) -> HttpResponse:
    """`do`: save (default), test (saves, then mails it to whoever asked)."""
    template = queries.template(account, template_id)
    if request.method == "POST":
        permissions.require(request.role, "manage_workflows")
    form = TemplateForm(posted(request), template=template)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_template(**who(request), template_id=template_id, **form.words())
        except Problem as problem:
            show_problem(form, problem)
        else:
            return saved(request, account, template)
    context = {
        "template": template,
        "form": form,
        "may_edit": may_edit(request),
        "reader": reader_of(request, account),
        "recent": contacts.listing(account).exclude(email="")[:RECENT],
        "values": previewing.choices(account),
        "shown_for": reader_text(request),
    }
    return render(request, "manage/message_templates/edit.html", context, status=422 if form.errors else 200)


def saved(request: AccountRequest, account: Account, template: MessageTemplate) -> HttpResponse:
    if request.POST.get("do") == "test" and template.channel == "email":
        mail_to_me(request, account, queries.template(account, template.pk))
    else:
        toasts.success(request, _("Saved."))
    response = redirect("manage:message_template", account.slug, template.pk)
    if text := reader_text(request):
        response["Location"] += f"?{urlencode({'for': text})}"
    return response


def mail_to_me(request: AccountRequest, account: Account, template: MessageTemplate) -> None:
    """As the contact would read it; what came out empty would hold it back, so the test is, too."""
    now = timezone.now()
    hit(name="template_test", subject=str(account.pk), limit=TESTS_AN_HOUR, window_seconds=3600, now=now)
    shown = previewing.preview(account, reader_of(request, account), "email", template.subject, template.body, now)
    if shown.empty or not shown.subject or not template.body:
        toasts.error(request, _("Not sent: %(what)s is empty.") % {"what": ", ".join(shown.empty) or _("the text")})
        return
    result = send_test(
        account=account,
        to=request.user.email,
        subject=shown.subject,
        text=shown.text,
        html=shown.html,
        actor=request.actor,
        now=now,
    )
    if result.ok:
        toasts.success(request, _("Sent to %(to)s.") % {"to": request.user.email})
    else:
        toasts.error(request, _("Not sent: %(words)s") % {"words": result.answer})


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def preview(request: AccountRequest, account: Account, template_id: UUID) -> HttpResponse:
    """A page of its own, shut in by its own policy. POST shows words that are not saved, and saves nothing."""
    template = queries.template(account, template_id)
    words = request.POST if request.method == "POST" else {"subject": template.subject, "body": template.body}
    contact = reader_of(request, account)
    subject, body = str(words.get("subject", "")), str(words.get("body", "")).replace("\r\n", "\n")
    shown = previewing.preview(account, contact, template.channel, subject, body, timezone.now())
    context = {"shown": shown, "contact": contact, "channel": template.channel, "asked": reader_text(request)}
    response = render(request, "manage/message_templates/preview.html", context)
    response["Content-Security-Policy"] = PREVIEW_CSP
    return response


def reader_text(request: AccountRequest) -> str:
    """What was typed to choose a contact: part of a name or address."""
    raw = request.POST.get("for") or request.GET.get("for") or ""
    return raw.replace("\0", "").strip()[:200]


def reader_of(request: AccountRequest, account: Account) -> Contact | None:
    """The contact typed, else the latest one."""
    text = reader_text(request)
    return contacts.listing(account, search=text).first() if text else contacts.listing(account).first()


@require_POST
@in_account()
def duplicate(request: AccountRequest, account: Account, template_id: UUID) -> HttpResponse:
    made = services.duplicate_template(**who(request), template_id=template_id)
    return redirect("manage:message_template", account.slug, made.pk)


@require_POST
@in_account()
def delete(request: AccountRequest, account: Account, template_id: UUID) -> HttpResponse:
    services.delete_template(**who(request), template_id=template_id)
    toasts.success(request, _("Deleted. It can be restored for 30 days."))
    return redirect("manage:message_templates", account.slug)


@require_POST
@in_account()
def restore(request: AccountRequest, account: Account, template_id: UUID) -> HttpResponse:
    services.restore_template(**who(request), template_id=template_id)
    toasts.success(request, _("Restored."))
    return redirect("manage:message_template", account.slug, template_id)
