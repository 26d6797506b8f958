"""Reads of forms and submissions."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, QuerySet

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.forms.models import Form, FormVersion, Submission
from admitone.logic.errors import Problem
from admitone.logic.forms import Field


def get(account: Account, form_id: Any, *, deleted: bool = False) -> Form:
    """The account's form (with `deleted`: also a deleted one). Raises Problem("not_found")."""
    key = as_uuid(form_id)
    rows = Form.objects.filter(account=account) if deleted else listing(account)
    found = rows.filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def listing(account: Account) -> QuerySet[Form]:
    """The account's forms, deleted ones left out."""
    return Form.objects.filter(account=account, deleted_at=None)


def counted(account: Account) -> QuerySet[Form]:
    """The same by name, each with `submitted` (how many) and `latest` (the last one's instant or None)."""
    rows = listing(account).annotate(submitted=Count("submissions"), latest=Max("submissions__created_at"))
    return rows.order_by("name", "id")


def deleted(account: Account) -> QuerySet[Form]:
    return Form.objects.filter(account=account).exclude(deleted_at=None).order_by("-deleted_at", "id")


def public_form(form_id: Any) -> Form:
    """The form behind a public address, its account joined; it may be paused. Problem("not_found"). One statement."""
    key = as_uuid(form_id)
    found = Form.objects.select_related("account").filter(id=key, deleted_at=None).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def submissions(form: Form) -> QuerySet[Submission]:
    """The newest first, with the contact."""
    return Submission.objects.filter(form=form).select_related("contact").order_by("-id")


def versions(form: Form) -> QuerySet[FormVersion]:
    """The newest first."""
    return FormVersion.objects.filter(form=form).order_by("-id")


def version(form_id: Any, number: int) -> FormVersion | None:
    """What a form asked in one version."""
    return FormVersion.objects.filter(form=form_id, version=number).first()


def asked_by_calendars(account: Account) -> list[Field]:
    """The questions of every form that is a calendar's, each key once."""
    rows = listing(account).filter(calendars__deleted_at=None, calendars__isnull=False).distinct().order_by("id")
    found: dict[str, Field] = {}
    for form in rows:
        for one in form.questions:
            found.setdefault(one.key, one)
    return list(found.values())


def consents(form: Form) -> QuerySet[Submission]:
    """Submissions that agreed to the form's text, the newest first."""
    return submissions(form).filter(meta__has_key="consent")


def consent_of(row: Submission) -> dict[str, Any]:
    """Who agreed to what, when: the text as it was then. An erased contact leaves no consent."""
    said, who = row.meta["consent"], row.contact
    return {
        "id": str(row.id),
        "contact": str(who.id),
        "name": who.name,
        "email": who.email,
        "phone": who.phone,
        "at": said["at"],
        "version": said["version"],
        "text": said["text"],
    }


def submission(form: Form, submission_id: Any) -> Submission:
    key = as_uuid(submission_id)
    found = submissions(form).filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found
