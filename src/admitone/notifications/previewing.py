"""What a notice would send: about a real appointment, or about one that is made up and never stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from admitone.booking.models import Booking
from admitone.calendars.models import Calendar, Host
from admitone.calendars.places import place_of
from admitone.contacts.models import Contact
from admitone.logic.clock import to_min_ceil
from admitone.logic.ids import uuid7
from admitone.logic.notices import PARTY, Notice, Occasion
from admitone.notifications import booked, requests
from admitone.notifications.appointments import Appointment, load
from admitone.notifications.companions import letter_to
from admitone.notifications.posting import Write, finished
from admitone.notifications.short import short
from admitone.notifications.words import fill, letter, reader_of, word_faults

#: The standard letters by occasion: to the guest, to everybody else.
LETTERS: dict[Occasion, tuple[Write, Write]] = {
    "booked": (booked.guest_booked, booked.host_booked),
    "pending": (requests.guest_asked, requests.host_asked),
    "confirmed": (requests.guest_approved, requests.host_approved),
    "declined": (requests.guest_declined, requests.host_declined),
    "rescheduled": (booked.guest_rescheduled, booked.host_rescheduled),
    "cancelled": (booked.guest_cancelled, booked.host_cancelled),
    "reminder": (booked.guest_reminder, booked.host_reminder),
    "follow_up": (booked.guest_follow_up, booked.host_follow_up),
}
STATUS: dict[Occasion, str] = {
    "pending": "pending",
    "declined": "declined",
    "cancelled": "cancelled",
    "follow_up": "completed",
}
NAME, EMAIL, PHONE = "Ada Lovelace", "ada@example.com", "+493012345678"
COMPANION = {"name": "Charles Babbage", "email": "charles@example.com"}
DAY = 1440


@dataclass(frozen=True, slots=True)
class Shown:
    """`faults` by field; with any of them there is no text. `empty` names values for want of which the standard words
    would be sent."""

    subject: str = ""
    text: str = ""
    html: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    empty: tuple[str, ...] = ()


def preview(one: Appointment, notice: Notice, now: datetime, language: str = "") -> Shown:
    """In this language, else in that of whoever it is for; words with a gap are shown with it."""
    one = replace(one, language=language)
    if faults := word_faults(one.booking.account, notice.subject, notice.body):
        return Shown(faults=tuple(faults.items()))
    with reader_of(one, notice).speaking():
        empty = fill(one, notice, now).empty if notice.has_words else ()
        if notice.channel == "sms":
            whole = notice.body and not empty
            return Shown(text=fill(one, notice, now).body if whole else short(one, notice), empty=empty)
        if notice.audience == PARTY:
            mail = finished(one, lambda each: letter_to(each, COMPANION, notice.occasion, ""))
            return Shown(mail.subject, mail.text, mail.html)
        standard = LETTERS[notice.occasion][0 if notice.audience == "guest" else 1]
        mail = finished(one, partial(letter, notice=notice, standard=standard, now=now))
    return Shown(mail.subject, mail.text, mail.html, empty=empty)


def appointment_of(calendar: Calendar, contact: Contact | None, occasion: Occasion, now: datetime) -> Appointment:
    """The contact's latest appointment in this calendar, else a made up one with them, or with nobody at all."""
    mine = Booking.objects.filter(calendar=calendar, contact=contact).order_by("-start_min") if contact else None
    latest = mine.values_list("id", flat=True).first() if mine is not None else None
    found = load(latest) if latest else None
    return found or made_up(calendar, contact, occasion, now)


def made_up(calendar: Calendar, contact: Contact | None, occasion: Occasion, now: datetime) -> Appointment:
    """An appointment in a week that is in no table."""
    account, plan = calendar.account, calendar.compiled
    who = contact or Contact(account=account, name=NAME, email=EMAIL, phone=PHONE)
    host = Host.objects.filter(calendar_hosts__calendar=calendar).select_related("user").order_by("id").first()
    host = host or Host(agency_id=account.agency_id, name=account.name)
    start = to_min_ceil(now) // 60 * 60 + 7 * DAY
    booking = Booking(
        id=uuid7(),
        account=account,
        calendar=calendar,
        contact=who,
        host=host,
        status=STATUS.get(occasion, "confirmed"),
        start_min=start,
        end_min=start + calendar.duration,
        name=who.name or NAME,
        email=who.email,
        phone=who.phone,
        guest_timezone=who.timezone or calendar.schedule.timezone,
        guest_locale=who.locale or account.locale,
        location_kind=calendar.location_kind,
        cancelled_by="host",
        answer_by=now + timedelta(hours=calendar.approval_hours),
        created_at=now,
        updated_at=now,
    )
    booking.location = place_of(plan, host.id, booking.id)
    before = start - DAY if occasion == "rescheduled" else None
    return Appointment(booking, start, booking.end_min, 0, before)
