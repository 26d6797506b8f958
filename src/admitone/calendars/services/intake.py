"""Which form of the form builder is a calendar's booking form."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts.models import Account
from admitone.calendars import plans
from admitone.calendars.models import Calendar
from admitone.calendars.services.rows import for_update, tell
from admitone.events import Actor
from admitone.forms import queries as forms


@transaction.atomic
def choose_form(*, account: Account, calendar_id: UUID, form_id: Any, actor: Actor, now: datetime) -> Calendar:
    """A form of the account, or None for the calendar's own few fields. The same form again changes nothing.

    Problem("not_found") for an unknown calendar, and for a form of somebody else or a deleted one.
    """
    calendar = for_update(account, calendar_id)
    form = forms.get(account, form_id) if form_id else None
    if calendar.form_id != (form.id if form else None):
        calendar.form, calendar.updated_at = form, now
        plans.store(calendar, ["form", "updated_at"])
        tell(calendar, actor, now, "calendar.changed", fields=["form"])
    return calendar
