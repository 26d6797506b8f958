"""What a form asked when: its versions with what changed, and the proof of what people agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from admitone.accounts.models import Account
from admitone.forms import queries
from admitone.forms.models import FormVersion
from admitone.logic.form_rules import changes
from admitone.manage import spreadsheet
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.form_builder.page import show

PAGE = 50
COLUMNS = ("id", "contact", "name", "email", "phone", "at", "version", "text")


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    found = queries.get(account, form_id)
    rows = queries.versions(found)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    before = {row.version + 1: row for row in [*shown, *rows.filter(version=shown[-1].version - 1)]} if shown else {}
    for row in shown:
        row.said = words(before.get(row.version), row)  # type: ignore[attr-defined]
    return show(request, found, "form_versions", "versions", page=page, rows=shown)


def words(before: FormVersion | None, row: FormVersion) -> list[str]:
    """What changed, a sentence each."""
    if before is None:
        return [_("The first version.")]
    sentences = {
        "added": _("Added: %(labels)s"),
        "removed": _("Removed: %(labels)s"),
        "changed": _("Changed: %(labels)s"),
        "moved": _("New order: %(labels)s"),
        "rules": _("Other rules."),
        "consent": _("Another consent text."),
    }
    found = changes(document(before), document(row))
    return [sentences[name] % {"labels": ", ".join(labels)} for name, labels in found.items()]


def document(row: FormVersion) -> dict[str, Any]:
    return {"fields": row.fields, "rules": row.rules, "consent_text": row.consent_text}


@require_safe
@in_account()
def consents(request: AccountRequest, account: Account, form_id: UUID) -> StreamingHttpResponse:
    """Who agreed to which text, when: CSV."""
    found = queries.get(account, form_id)
    name = f"{slugify(found.name) or 'form'}-consents-{timezone.now():%Y-%m-%d}"
    return spreadsheet.download(name, list(COLUMNS), cells(queries.consent_of(row) for row in queries.consents(found)))


def cells(rows: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [row[name] for name in COLUMNS]
