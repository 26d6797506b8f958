"""The story of one appointment from its events: who did what, when, and the times it had before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.accounts.models import ApiKey, User
from admitone.accounts.queries import as_uuid
from admitone.booking.models import Booking
from admitone.events.models import Event
from admitone.logic.clock import from_min

#: kind -> (icon, sentence)
KINDS: dict[str, tuple[str, Promise]] = {
    "booking.created": ("calendar-check", gettext_lazy("Booked")),
    "booking.rescheduled": ("calendar-clock", gettext_lazy("Moved to another time")),
    "booking.cancelled": ("calendar-x", gettext_lazy("Cancelled")),
    "booking.confirmed": ("circle-check", gettext_lazy("Approved")),
    "booking.declined": ("ban", gettext_lazy("Declined")),
    "booking.completed": ("circle-check", gettext_lazy("Completed")),
    "booking.no_show": ("user-x", gettext_lazy("Marked as a no-show")),
    "booking.no_show_undone": ("undo-2", gettext_lazy("No-show taken back")),
}


@dataclass(frozen=True, slots=True)
class Step:
    """`before` and `after` are the old and new start of a move; `note` is a reason that was given."""

    icon: str
    title: str
    who: str
    at: datetime
    before: datetime | None = None
    after: datetime | None = None
    note: str = ""


def story(booking: Booking) -> list[Step]:
    """Latest first; two statements, three if an API key took part."""
    rows = Event.objects.filter(account_id=booking.account_id, subject_kind="booking", subject_id=booking.id)
    events = list(rows.order_by("-subject_seq"))
    names = actor_names(events)
    return [_step(event, booking, names) for event in events]


def actor_names(events: Iterable[Event]) -> dict[str, str]:
    """Ids of the people and API keys among the actors -> what they are called."""
    found: dict[str, set[UUID]] = {"user": set(), "api_key": set()}
    for event in events:
        if (key := as_uuid(event.actor_id)) and event.actor_kind in found:
            found[event.actor_kind].add(key)
    names: dict[str, str] = {}
    if found["user"]:
        names |= {str(user.pk): user.get_full_name() for user in User.objects.filter(pk__in=found["user"])}
    if found["api_key"]:
        names |= {str(key.pk): _("API key %s") % key.name for key in ApiKey.objects.filter(pk__in=found["api_key"])}
    return names


def _step(event: Event, booking: Booking, names: dict[str, str]) -> Step:
    icon, title = KINDS.get(event.kind, ("circle-dot", event.kind))
    if event.kind == "booking.created" and event.facts.get("status") == "pending":
        icon, title = "hourglass", _("Asked for")
    moved = event.kind == "booking.rescheduled"
    before, after = event.facts.get("old_start_min"), event.facts.get("start_min")
    return Step(
        icon=icon,
        title=str(title),
        who=_who(event, booking, names),
        at=event.at,
        before=from_min(before) if moved and before is not None else None,
        after=from_min(after) if moved and after is not None else None,
        note=booking.cancel_reason if event.kind in ("booking.cancelled", "booking.declined") else "",
    )


def _who(event: Event, booking: Booking, names: dict[str, str]) -> str:
    if event.actor_kind == "guest":
        return _("%s (guest)") % booking.name
    if event.actor_kind == "host":
        return _("%s (from the mail)") % booking.host.name
    kinds = {"user": _("a former member"), "api_key": _("an API key"), "workflow": _("a workflow")}
    return names.get(event.actor_id) or kinds.get(event.actor_kind, _("the system"))
