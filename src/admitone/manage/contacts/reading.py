"""Which contacts somebody may see, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from admitone.accounts import permissions
from admitone.accounts.addresses import one_time_url
from admitone.booking.models import Booking
from admitone.calendars.models import CalendarAccess
from admitone.contacts import queries
from admitone.contacts.filters import Filters
from admitone.contacts.models import Contact, ContactTag, Task
from admitone.links.models import OneTimeLink
from admitone.links.queries import facts
from admitone.logic.clock import from_min
from admitone.logic.errors import Problem
from admitone.logic.links import listed_status
from admitone.manage.bookings import reading as bookings
from admitone.manage.context import AccountRequest
from admitone.manage.links.reach import Reach
from admitone.messaging.queries import opted_out
from admitone.pipelines.models import Opportunity

RECENT = 20
TAGS = Prefetch("contact_tags", ContactTag.objects.select_related("tag").order_by("tag__name_key"))


def may_edit(request: AccountRequest) -> bool:
    return permissions.allows(request.role, "manage_contacts")


def visible(request: AccountRequest, filters: Filters | None = None, *, sort: str = "") -> QuerySet[Contact]:
    """All for owners and admins; a member sees whom they meet: contacts of bookings and links in their calendars."""
    rows = (filters or Filters()).rows(request.account, sort=sort)
    if request.role in ("owner", "admin"):
        return rows
    met = Booking.objects.filter(account=request.account, calendar__in=_calendars(request)).values("contact_id")
    return rows.filter(Q(id__in=met) | Q(id__in=links_of(request).exclude(contact=None).values("contact_id")))


def _calendars(request: AccountRequest) -> QuerySet[CalendarAccess, Any]:
    return CalendarAccess.objects.filter(user=request.user).values("calendar_id")


def links_of(request: AccountRequest) -> QuerySet[OneTimeLink]:
    """The one-time links that the person may see."""
    rows = OneTimeLink.objects.filter(account=request.account)
    return rows.filter(Reach(request).scope())


def one(request: AccountRequest, contact_id: Any) -> Contact:
    """Problem("not_found") for what the person may not see, too."""
    contact = queries.get(request.account, contact_id, "owner")
    if not visible(request).filter(id=contact.id).exists():
        raise Problem("not_found")
    return contact


def with_appointments(request: AccountRequest, contacts: Iterable[Contact]) -> None:
    """Give each contact `appointments` (how many that took place or will) and `latest` (the last start); one statement."""
    found = list(contacts)
    rows = bookings.visible(request.account, request.user, request.role).exclude(status__in=("cancelled", "declined"))
    rows = rows.filter(contact__in=[one.id for one in found])
    counted: dict[UUID, tuple[int, int]] = {
        key: (count, last)
        for key, count, last in rows.order_by().values_list("contact_id").annotate(Count("id"), Max("start_min"))
    }
    for contact in found:
        count, last = counted.get(contact.id, (0, None))
        contact.appointments, contact.latest = count, from_min(last) if last is not None else None  # type: ignore[attr-defined]


def their_bookings(request: AccountRequest, contact: Contact, now: datetime) -> list[Booking]:
    """The latest ones that the person may see."""
    rows = bookings.visible(request.account, request.user, request.role).filter(contact=contact)
    found = rows.select_related("calendar", "host").order_by("-start_min", "-id")[:RECENT]
    return [bookings.shown(row, now) for row in found]


def their_links(request: AccountRequest, contact: Contact, now: datetime) -> list[OneTimeLink]:
    """Links made for them, and links that they booked with."""
    used = bookings.visible(request.account, request.user, request.role).filter(contact=contact)
    rows = links_of(request).filter(Q(contact=contact) | Q(id__in=used.values("one_time_link_id")))
    found = list(rows.select_related("calendar").order_by("-created_at", "id")[:RECENT])
    for row in found:
        row.shown_status, row.tail = listed_status(facts(row), now), one_time_url(row.id)[-6:]  # type: ignore[attr-defined]
    return found


def their_opportunities(request: AccountRequest, contact: Contact) -> list[Opportunity]:
    """The latest ones, for who sees all contacts."""
    if request.role not in ("owner", "admin"):
        return []
    rows = Opportunity.objects.filter(contact=contact, pipeline__deleted_at=None).select_related("stage", "pipeline")
    return list(rows.order_by("-id")[:RECENT])


def their_tasks(contact: Contact) -> list[Task]:
    """What is to be done, by day; then what was done last."""
    rows = Task.objects.filter(contact=contact).select_related("owner")
    order = (F("done_at").desc(nulls_first=True), F("due_at").asc(nulls_last=True), "-id")
    return list(rows.order_by(*order)[:RECENT])


def opt_outs(contact: Contact) -> list[str]:
    """Channels by which workflows do not write to them."""
    asked = (("email", contact.email), ("sms", contact.phone))
    return [channel for channel, address in asked if address and opted_out(contact.account_id, channel, address)]
