"""Whom the booking form of a calendar rules out leaves a submission, as on the form's own page: nothing was booked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from admitone.contacts.services import fill_custom, find_or_create
from admitone.events import Actor, Draft, record_many
from admitone.forms.models import Form, Submission
from admitone.logic.bookings import Disqualified
from admitone.logic.forms import custom_of
from admitone.logic.ids import uuid7
from admitone.logic.plan import CalendarPlan

#: Going back and sending the same answers again tells nothing new.
AGAIN = timedelta(days=1)


@transaction.atomic
def keep_ruled_out(
    *, plan: CalendarPlan, problem: Disqualified, source: str, actor: Actor, now: datetime
) -> Submission | None:
    """The submission, with the rule and the calendar; None for one that is known, or of a form that is gone."""
    if plan.form is None or not Form.objects.filter(id=UUID(plan.form_id), deleted_at=None).exists():
        return None
    account_id, guest = UUID(plan.account_id), problem.guest
    contact_id, made = find_or_create(
        account_id=account_id,
        name=guest.name,
        email=guest.email,
        phone=guest.phone,
        timezone=guest.timezone,
        locale=guest.locale,
        source="form",
        actor=actor,
        now=now,
    )
    rows = Submission.objects.filter(form=UUID(plan.form_id), contact=contact_id, created_at__gte=now - AGAIN)
    before = rows.order_by("-id").first()
    if before and before.answers == guest.answers and before.meta.get("calendar") == plan.calendar_id:
        return None
    record_many([made] if made else [])
    if custom := custom_of(plan.form.fields, guest.answers):
        fill_custom(account_id=account_id, contact_id=contact_id, values=custom, actor=actor, now=now)
    row = stored(plan, problem, contact_id, source, now)
    facts = {"form": plan.form_id, "submission": str(row.id), "contact": str(contact_id), "calendar": plan.calendar_id}
    record_many([Draft(account_id, actor, now, "form.disqualified", "submission", row.id, facts)])
    return row


def stored(plan: CalendarPlan, problem: Disqualified, contact_id: UUID, source: str, now: datetime) -> Submission:
    guest = problem.guest
    meta = {"source": source, "timezone": guest.timezone, "locale": guest.locale, "calendar": plan.calendar_id}
    return Submission.objects.create(
        id=uuid7(),
        account_id=UUID(plan.account_id),
        form_id=UUID(plan.form_id),
        contact_id=contact_id,
        form_version=guest.form_version,
        answers=dict(guest.answers),
        meta={**meta, "disqualified": asdict(problem.rule)},
        created_at=now,
    )
