"""What the answers of a booking form do besides standing in the booking."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.contacts.custom import fill_custom
from admitone.events import Actor, Draft, record_many
from admitone.logic.bookings import GuestRequest
from admitone.logic.forms import custom_of
from admitone.logic.plan import CalendarPlan


def keep_custom(
    plan: CalendarPlan, guest: GuestRequest, contact_id: UUID, made: Draft | None, actor: Actor, now: datetime
) -> Draft | None:
    """Write the contact's custom fields, in the caller's transaction; a contact `made` just now is told of first.

    Returns what is left to tell.
    """
    custom = custom_of(plan.form.fields, guest.answers) if plan.form and guest.answers else {}
    if not custom:
        return made
    record_many([made] if made else [])
    fill_custom(account_id=UUID(plan.account_id), contact_id=contact_id, values=custom, actor=actor, now=now)
    return None
