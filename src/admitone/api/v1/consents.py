"""Who agreed to what, when, in the very words: proof per form and per calendar."""

from __future__ import annotations

from typing import Any

from ninja import Router
from pydantic import BaseModel, Field

from admitone.api import paging
from admitone.api.call import ApiRequest, account_of
from admitone.api.fields import At, Id, Limit, Out
from admitone.api.windows import WANTED
from admitone.booking.consents import consent_of
from admitone.booking.consents import consents as of_bookings
from admitone.calendars.queries import by_id_or_slug
from admitone.forms import queries as forms

of_form = Router(tags=["Forms"])
of_calendar = Router(tags=["Calendars"])


class ConsentOut(Out):
    """One person's consent. `id` is the submission or booking it came with, `version` counts the text's changes."""

    id: Id
    contact: Id
    name: str
    email: str
    phone: str
    at: At
    version: int
    text: str


class Consents(Out):
    """A page of consents, the newest first."""

    items: list[ConsentOut]
    next_cursor: str | None


class ConsentPage(BaseModel):
    """Which page."""

    cursor: str | None = Field(None, description="`next_cursor` of the page before.", max_length=100)
    limit: Limit = 50


@of_form.get("/{form_id}/consents", response=Consents, summary="List consents of a form")
def list_form_consents(request: ApiRequest, form_id: str, wanted: ConsentPage = WANTED) -> dict[str, Any]:
    """Of its submissions; bookings through the form are listed with their calendar."""
    rows, cursor = paging.by_id(forms.consents(forms.get(account_of(request), form_id)), wanted.cursor, wanted.limit)
    return {"items": [forms.consent_of(row) for row in rows], "next_cursor": cursor}


@of_calendar.get("/{calendar_id}/consents", response=Consents, summary="List consents of a calendar")
def list_calendar_consents(request: ApiRequest, calendar_id: str, wanted: ConsentPage = WANTED) -> dict[str, Any]:
    """Of its bookings."""
    account = account_of(request)
    rows = of_bookings(account, by_id_or_slug(account, calendar_id).id)
    page, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [consent_of(row) for row in page], "next_cursor": cursor}
