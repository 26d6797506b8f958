"""What came in through a form: the list, its CSV, one submission."""

from __future__ import annotations

import json
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
from admitone.forms.models import Form, Submission
from admitone.logic.forms import PERSON
from admitone.manage import spreadsheet
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.form_builder.page import show

PAGE, BATCH, COLUMNS = 50, 500, 3


@require_safe
@in_account()
def listing(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    """With the answers to the first questions that are not about who it is."""
    found = queries.get(account, form_id)
    page = Paginator(queries.submissions(found), PAGE).get_page(request.GET.get("page"))
    columns = [one for one in found.questions if one.maps_to not in PERSON][:COLUMNS]
    for row in page:
        row.cells = [(one.label, written(row.answers.get(one.key))) for one in columns]  # type: ignore[attr-defined]
    return show(request, found, "form_submissions", "submissions", page=page, columns=columns)


@require_safe
@in_account()
def one(request: AccountRequest, account: Account, form_id: UUID, submission_id: UUID) -> HttpResponse:
    """By the questions of the version that was answered."""
    found = queries.get(account, form_id)
    row = queries.submission(found, submission_id)
    asked = queries.version(found.id, row.form_version)
    labels = {each.key: each.label for each in (asked or found).questions}
    answers = [(label, written(row.answers.get(key))) for key, label in labels.items()]
    answers += [(key, written(value)) for key, value in row.answers.items() if key not in labels]
    return show(request, found, "form_submissions", "submission", row=row, answers=answers)


def written(value: Any) -> str:
    """An answer as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)


@require_safe
@in_account()
def export(request: AccountRequest, account: Account, form_id: UUID) -> StreamingHttpResponse:
    """A column for each question; answers to questions that are gone stand together in the last."""
    found = queries.get(account, form_id)
    keys = [entry["key"] for entry in found.fields]
    head = ["id", "created_at", "contact_id", "contact_name", "contact_email", "contact_phone", *keys, "other_answers"]
    name = f"{slugify(found.name) or 'form'}-{timezone.now():%Y-%m-%d}"
    return spreadsheet.download(name, head, cells(found, keys))


def cells(form: Form, keys: list[str]) -> Iterator[list[Any]]:
    rows: Iterator[Submission] = queries.submissions(form).iterator(chunk_size=BATCH)
    for row in rows:
        who = row.contact
        other = {key: value for key, value in row.answers.items() if key not in keys}
        yield [
            row.id,
            row.created_at,
            who.id,
            who.name,
            who.email,
            who.phone,
            *(row.answers.get(key) for key in keys),
            json.dumps(other, ensure_ascii=False) if other else "",
        ]
