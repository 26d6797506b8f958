"""What calendars do when something below them changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from admitone.accounts.models import Account, Invitation
from admitone.calendars import access
from admitone.calendars.models import Calendar, CalendarAccess
from admitone.calendars.plans import recompile, recompile_account
from admitone.events.handlers import on
from admitone.events.models import Event


@on("account.changed", consumer="calendars.plans")
def account_changed(event: Event, now: datetime) -> None:
    """Plans hold their account's name, slug and language."""
    recompile_account(event.account_id)


@on("form.changed", "form.deleted", "form.restored", consumer="calendars.forms")
def form_changed(event: Event, now: datetime) -> None:
    """Plans hold what their booking form asks; its other settings are no business of theirs."""
    if event.kind == "form.changed" and not {"fields", "rules", "consent_text"} & set(event.facts["fields"]):
        return
    recompile(Calendar.objects.filter(account=event.account_id, form=event.facts["form"]))


@on("member.joined", consumer="calendars.access")
def member_joined(event: Event, now: datetime) -> None:
    """The calendars named in the invitation are granted, as far as they still exist."""
    invitation = Invitation.objects.filter(id=event.facts.get("invitation")).first()
    if invitation is None or invitation.role != "member":
        return
    rows = Calendar.objects.filter(account=event.account_id, id__in=invitation.calendars, deleted_at=None)
    levels = {row.id: invitation.calendars[str(row.id)] for row in rows}
    access.replace(Account.objects.get(id=event.account_id), UUID(event.facts["user"]), levels)


@on("member.removed", consumer="calendars.access_gone")
def member_removed(event: Event, now: datetime) -> None:
    """Somebody who comes back starts without calendars."""
    CalendarAccess.objects.filter(calendar__account=event.account_id, user=event.facts["user"]).delete()
