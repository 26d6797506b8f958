"""What a host's calendar shows of one appointment; of a class or an event one entry for all who come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admitone.booking.models import Booking
from admitone.integrations.remote import Entry
from admitone.logic.kinds import SEATED
from admitone.notifications.appointments import host_invite, load

STANDING = ("pending", "confirmed", "completed", "no_show")
#: Names in the entry of a class or an event.
SHOWN = 100


def entry_of(booking_id: UUID) -> Entry | None:
    """In the host's language, as it is now; without anybody's address as a participant, so that nobody is invited."""
    one = load(booking_id)
    if one is None:
        return None
    with translation.override(one.host.locale):
        facts = host_invite(one, ("", ""))
        entry = Entry(
            booking_id=one.booking.id,
            sequence=one.sequence,
            start_min=one.start_min,
            end_min=one.end_min,
            summary=facts.summary,
            changed_at=one.booking.updated_at,
            description=facts.description,
            location=facts.location,
            url=facts.url,
            tentative=one.booking.status == "pending",
        )
        together = list(meeting(one.booking)) if is_seated(one.booking) else []
        return of_all(entry, together) if len(together) > 1 else entry


def of_all(entry: Entry, bookings: list[Booking]) -> Entry:
    """The entry of the first booking, as that of everybody in the room."""
    seats = sum(one.seats for one in bookings)
    guests = ngettext("%(n)d guest", "%(n)d guests", seats) % {"n": seats}
    lines = [", ".join(part for part in (one.name, one.email, one.phone) if part) for one in bookings[:SHOWN]]
    if more := len(bookings) - SHOWN:
        lines += [_("and %(n)d more") % {"n": more}] if more > 0 else []
    return replace(
        entry,
        summary=f"{bookings[0].calendar.name}: {guests}",
        description="\n".join([*lines, entry.url]),
        changed_at=max(one.updated_at for one in bookings),
        tentative=all(one.status == "pending" for one in bookings),
    )


def is_seated(booking: Booking) -> bool:
    return booking.calendar.kind in SEATED


def meeting(booking: Booking) -> QuerySet[Booking]:
    """The bookings that stand at the time of this one of a class or an event; the first of them carries the entry."""
    rows = Booking.objects.filter(calendar_id=booking.calendar_id, start_min=booking.start_min, end_min=booking.end_min)
    return rows.filter(status__in=STANDING).select_related("calendar").order_by("id")


def carries(booking: Booking) -> bool:
    """Whether the booking has an entry of its own."""
    if booking.status not in STANDING:
        return False
    first = meeting(booking).values_list("id", flat=True).first() if is_seated(booking) else booking.id
    return first == booking.id


def touched(bookings: Iterable[Booking], old_start: int | None = None) -> Q:
    """The bookings whose entries a change of these may change: of a class those of the old time and the new."""
    found = Q(pk__in=[])
    for one in bookings:
        found |= Q(id=one.id)
        if is_seated(one):
            starts = [one.start_min, *([old_start] if old_start is not None else [])]
            found |= Q(calendar_id=one.calendar_id, start_min__in=starts)
    return found
