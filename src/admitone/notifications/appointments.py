"""What mails about an appointment need to know, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from admitone.accounts.addresses import absolute, manage_url
from admitone.booking.answers import answers_of
from admitone.booking.models import Booking
from admitone.booking.places import place_for_guest
from admitone.booking.queries import hosts_of
from admitone.calendars.models import Calendar
from admitone.logic import ics
from admitone.logic.party import written
from admitone.messaging.letters import Brand
from admitone.values.times import Reader


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booking as it was when its event happened: `start_min`, `end_min`, `sequence`, `status` are the event's, not the row's."""

    booking: Booking
    start_min: int
    end_min: int
    sequence: int
    before_min: int | None = None
    status: str = "confirmed"
    others: tuple[Appointment, ...] = ()  # of a series: those that the same letter tells of
    language: str = ""  # of a preview, instead of its reader's own

    @property
    def calendar(self) -> Calendar:
        return self.booking.calendar

    @property
    def of_series(self) -> int | None:
        """How many of a series this letter tells of; None of an appointment that stands alone."""
        return 1 + len(self.others) if self.booking.series_id else None

    @property
    def host_zone(self) -> str:
        """The zone the calendar's hours are written in."""
        return self.calendar.schedule.timezone

    @property
    def met(self) -> str:
        """The names of those the guest meets."""
        return ", ".join(host.name for host in hosts_of(self.booking))

    @property
    def guest(self) -> Reader:
        return Reader(self.language or self.booking.guest_locale, self.booking.guest_timezone)

    @property
    def host(self) -> Reader:
        """The host's own language, in the zone the calendar is kept in."""
        user, account = self.booking.host.user, self.booking.account
        return Reader(self.language or (user.locale if user else "") or account.locale, self.host_zone)

    @property
    def brand(self) -> Brand:
        return Brand(self.booking.account.name, self.calendar.brand_color)

    @property
    def manage_url(self) -> str:
        """For the guest alone: whoever has it may reschedule and cancel."""
        return manage_url(self.booking.id)

    @property
    def app_url(self) -> str:
        return absolute(f"/app/{self.booking.account.slug}/bookings/{self.booking.id}/")

    @property
    def minutes(self) -> int:
        return self.end_min - self.start_min


def load(booking_id: str | UUID, facts: dict[str, Any] | None = None) -> Appointment | None:
    """The appointment, at the times in an event's `facts` or else as it is now."""
    related = ("account", "calendar__schedule", "host__user", "contact")
    booking = Booking.objects.select_related(*related).filter(pk=booking_id).first()
    if booking is None:
        return None
    seen = facts or {}
    return Appointment(
        booking,
        seen.get("start_min", booking.start_min),
        seen.get("end_min", booking.end_min),
        seen.get("sequence", booking.sequence),
        seen.get("old_start_min"),
        seen.get("status", booking.status),
        _together(booking, seen),
    )


def _together(booking: Booking, facts: dict[str, Any]) -> tuple[Appointment, ...]:
    if not facts.get("together"):
        return ()
    rows = Booking.objects.select_related("account", "calendar__schedule", "host__user", "contact")
    found = rows.filter(id__in=facts["together"]).exclude(id=booking.id).order_by("start_min")
    return tuple(Appointment(one, one.start_min, one.end_min, one.sequence) for one in found)


def where(booking: Booking) -> str:
    """The place in the active language, "" if there is none."""
    if booking.location_kind == "phone":
        number = booking.location or booking.phone
        return _("By phone: %(number)s") % {"number": number} if number else _("By phone")
    return booking.location


def place_of_guest(one: Appointment) -> str:
    """The place as the guest may know it by now, in the active language."""
    hidden = one.calendar.location_hidden and not place_for_guest(one.booking, hidden=True)
    return "" if hidden else where(one.booking)


def guest_invite(one: Appointment, sender: tuple[str, str]) -> ics.Invite:
    """The guest's entry: the host invites. With the manage link, which only the guest may have."""
    booking, host = one.booking, one.booking.host
    organizer = ics.Person(host.name, host.email or sender[1])
    return ics.Invite(
        booking_id=booking.id,
        sequence=one.sequence,
        start_min=one.start_min,
        end_min=one.end_min,
        summary=f"{one.calendar.name}: {one.met}",
        organizer=organizer,
        attendees=[ics.Person(booking.name, booking.email)],
        description=f"{_('Reschedule or cancel')}: {one.manage_url}",
        location=place_of_guest(one),
        url=one.manage_url,
        tentative=one.status == "pending",
    )


def told(booking: Booking) -> list[str]:
    """Each answer to the calendar's form in a line."""
    return [f"{label}: {text}" for label, text in answers_of(booking)]


def host_invite(one: Appointment, sender: tuple[str, str]) -> ics.Invite:
    """The host's entry. The sending address organises it: calendars ignore invitations by oneself to oneself."""
    booking, host = one.booking, one.booking.host
    details = [
        booking.name,
        booking.email,
        booking.phone,
        written(booking.guests),
        *told(booking),
        booking.note,
        one.app_url,
    ]
    coming = [ics.Person(one["name"], one["email"], rsvp=False) for one in booking.guests if one["email"]]
    return ics.Invite(
        booking_id=booking.id,
        sequence=one.sequence,
        start_min=one.start_min,
        end_min=one.end_min,
        summary=f"{booking.name}: {one.calendar.name}",
        organizer=ics.Person(*sender),
        attendees=[
            ics.Person(host.name, host.email, rsvp=False),
            ics.Person(booking.name, booking.email, rsvp=False),
            *coming,
        ],
        description="\n".join(part for part in details if part),
        location=where(booking),
        url=one.app_url,
        tentative=one.status == "pending",
    )
