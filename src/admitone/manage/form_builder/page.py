"""The frame of a form's pages: which form, who may change it, its tabs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from admitone.accounts import permissions
from admitone.accounts.addresses import form_url
from admitone.forms.models import Form
from admitone.manage.context import AccountRequest


def may_edit(request: AccountRequest) -> bool:
    return permissions.allows(request.role, "manage_forms")


def who(request: AccountRequest, form: Form) -> dict[str, Any]:
    """What every service of a form takes."""
    return {"account": request.account, "form_id": form.id, "actor": request.actor, "now": timezone.now()}


def tabs(request: AccountRequest, form: Form, current: str) -> list[dict[str, Any]]:
    named = [
        ("form", _("Questions")),
        *([("form_rules", _("Rules"))] if may_edit(request) else []),
        ("form_submissions", _("Submissions")),
        ("form_versions", _("Versions")),
        ("form_share", _("Share")),
        *([("form_settings", _("Settings"))] if may_edit(request) else []),
    ]
    return [
        {
            "label": label,
            "current": name == current,
            "url": reverse(f"manage:{name}", args=[request.account.slug, form.id]),
        }
        for name, label in named
    ]


def show(request: AccountRequest, of: Form, current: str, template: str, **context: Any) -> HttpResponse:
    """Render manage/form_builder/<template>.html in the form's frame; `status` is the answer's."""
    status = context.pop("status", 200)
    frame = {
        "shown": of,
        "tabs": tabs(request, of, current),
        "url": form_url(of.id),
        "may_edit": may_edit(request),
        "zone": request.user.timezone or request.account.timezone,
    }
    return render(request, f"manage/form_builder/{template}.html", {**frame, **context}, status=status)
