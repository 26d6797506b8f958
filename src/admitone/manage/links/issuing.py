"""Make a link from a form: the contact is found or made in the same transaction as the link."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.calendars.models import Calendar, CalendarGroup
from admitone.contacts.models import Contact
from admitone.contacts.services import find_or_create
from admitone.events import record_many
from admitone.links import services
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email, clean_name, clean_phone, region_of
from admitone.manage.context import AccountRequest
from admitone.manage.links.forms import TermsForm


@transaction.atomic
def issue_from(
    request: AccountRequest,
    target: Calendar | CalendarGroup,
    form: TermsForm,
    now: datetime,
    offered: list[tuple[int, int]] | None = None,
    replaces: UUID | None = None,
) -> OneTimeLink:
    """The link that a valid form asks for. Problem("invalid") names the fields of the form."""
    return services.issue(
        account=request.account,
        **opens(target),
        actor=request.actor,
        now=now,
        contact=contact_from(request, form, now),
        offered=offered or None,
        created_by=request.user,
        replaces=replaces,
        **form.terms(),
    )


def opens(target: Calendar | CalendarGroup) -> dict[str, Any]:
    """The keyword that says what links are to open."""
    return {"group" if isinstance(target, CalendarGroup) else "calendar": target}


def contact_from(request: AccountRequest, form: TermsForm, now: datetime) -> Contact | None:
    """The contact with this email (else this number); None if the form names nobody."""
    found = cleaned(form.cleaned_data, request.account.timezone)
    if not found["email"] and not found["phone"]:
        if found["name"]:
            raise Problem("invalid", fields={"email": "Enter an email address or a phone number for this person."})
        return None
    contact_id, made = find_or_create(
        account_id=request.account.id,
        **found,
        timezone="",
        locale="",
        source="one_time_link",
        actor=request.actor,
        now=now,
    )
    if made:
        record_many([made])
    return Contact.objects.get(id=contact_id)


def cleaned(data: dict[str, Any], timezone: str) -> dict[str, str]:
    reads = {
        "name": lambda: clean_name(data["name"]),
        "email": lambda: clean_email(data["email"]) if data["email"] else "",
        "phone": lambda: clean_phone(data["phone"], region_of(timezone)) if data["phone"] else "",
    }
    found, errors = {}, {}
    for field, read in reads.items():
        try:
            found[field] = read()
        except ValueError as error:
            errors[field] = str(error)
    if errors:
        raise Problem("invalid", fields=errors)
    return found
