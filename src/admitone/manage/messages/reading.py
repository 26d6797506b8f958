"""Which messages somebody may read, and what each kind is called."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account, User
from admitone.accounts.queries import as_uuid
from admitone.booking.models import Booking
from admitone.calendars.access import visible_calendars
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.messaging import queries
from admitone.messaging.models import Message

#: The beginning of a kind -> its name; also the choices of the filter.
KINDS: dict[str, Promise | str] = {
    "booking.created": _("Booked"),
    "booking.rescheduled": _("Rescheduled"),
    "booking.cancelled": _("Cancelled"),
    "booking.requested": _("Request"),
    "booking.confirmed": _("Approved"),
    "booking.declined": _("Declined"),
    "reminder": _("Reminder"),
    "follow_up": _("Follow-up"),
    "booking.manage_link": _("Link to an appointment"),
    "link.sent": _("Link sent by hand"),
    "link.reissued": _("New link"),
    "link.requested": _("Link asked for"),
    "link.offered_gone": _("No times left"),
    "link.code": _("Code"),
    "busy_source": _("Busy times"),
    "webhook": _("Webhooks"),
    "sms.received": _("SMS received"),
    "sms.answer": _("Answer to STOP, START or HELP"),
    "workflow.test": _("Test of a workflow"),
    "workflow": _("Workflow"),
    "channel.failing": _("Sending fails"),
}


def kind_name(kind: str) -> Promise | str:
    return next((name for start, name in KINDS.items() if kind.startswith(start)), kind)


def readable(rows: QuerySet[Message], user: User, account: Account, role: str, *levels: str) -> QuerySet[Message]:
    """All for owners and admins; a member reads what belongs to their calendars, so no codes and no alerts.

    `levels` leaves out calendars on which the member has another one.
    """
    if role in ("owner", "admin"):
        return rows
    mine = visible_calendars(user, account, role).order_by().values("id")
    if levels:
        mine = mine.filter(access_rows__user=user, access_rows__level__in=levels)
    bookings = Booking.objects.filter(account=account, calendar__in=mine).values("id")
    links = OneTimeLink.objects.filter(account=account, calendar__in=mine).values("id")
    return rows.filter(Q(booking_id__in=bookings) | Q(link_id__in=links)).exclude(kind="link.code")


def one(account: Account, user: User, role: str, message_id: Any) -> Message:
    """Problem("not_found") for what the user may not read, too; "forbidden" for whoever may only look.

    What was sent holds the guest's own links: whoever opens one can book, move and cancel.
    """
    key = as_uuid(message_id)
    rows = readable(Message.objects.filter(account=account), user, account, role)
    found = rows.filter(pk=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    if not readable(rows.filter(pk=found.pk), user, account, role, "book", "manage").exists():
        raise Problem("forbidden")
    return found


def listing(account: Account, user: User, role: str, **filters: str) -> QuerySet[Message]:
    return readable(queries.listing(account, **filters), user, account, role)
