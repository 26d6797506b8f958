"""Appointments of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from admitone.booking.holds import WAITING
from admitone.booking.models import Booking
from admitone.booking.services.changing import ACTIVE, cancel
from admitone.booking.services.waiting import leave
from admitone.contacts.models import Contact
from admitone.contacts.personal import PersonalData, personal_data
from admitone.events import SYSTEM, Actor
from admitone.logic.clock import to_min_floor
from admitone.messaging.models import Message
from admitone.messaging.personal import blank

EMPTY: dict[str, Any] = dict.fromkeys(("name", "email", "phone", "note", "cancel_reason"), "")
EMPTY |= {"metadata": {}, "utm": {}, "answers": {}, "guests": []}


@personal_data("booking.Booking", "contact")
class Bookings(PersonalData):
    noun = "appointments"
    words = ngettext_lazy("%(n)d appointment", "%(n)d appointments", "n")
    shown = (
        *("id", "calendar__name", "host__name", "status", "start_min", "end_min", "name", "email", "phone", "note"),
        *("consent_text", "consent_at", "location", "guest_timezone", "source", "metadata", "utm", "cancel_reason"),
        *("answers", "guests", "created_at"),
    )

    @classmethod
    def under_way(cls, contact: Contact, now: datetime) -> int:
        return ahead(contact, now).count()

    @classmethod
    def release(cls, contact: Contact, actor: Actor, now: datetime) -> None:
        for key in list(ahead(contact, now).values_list("id", flat=True)):
            cancel(account_id=contact.account_id, booking_id=key, actor=actor, now=now, by="host")

    @classmethod
    def erase(cls, contact: Contact, now: datetime) -> None:
        cls.rows(contact.id).update(**EMPTY)
        blank(Message.objects.filter(booking_id__in=cls.rows(contact.id).values("id")))


def ahead(contact: Contact, now: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(contact=contact, status__in=ACTIVE, end_min__gt=to_min_floor(now))


@personal_data("booking.WaitlistEntry", "contact")
class Waiting(PersonalData):
    noun = "waiting_lists"
    words = ngettext_lazy("%(n)d place in a waiting list", "%(n)d places in waiting lists", "n")
    shown = ("id", "calendar__name", "start_min", "seats", "status", "guest_timezone", "created_at")

    @classmethod
    def merge(cls, keep: Contact, drop: Contact, now: datetime) -> None:
        """One place a time and person: the second of two is given up."""
        for entry in cls.rows(drop.id).filter(status__in=WAITING):
            same = cls.rows(keep.id).filter(calendar=entry.calendar_id, start_min=entry.start_min, status__in=WAITING)
            if same.exists():
                leave(account_id=keep.account_id, entry_id=entry.id, actor=SYSTEM, now=now)
        super().merge(keep, drop, now)

    @classmethod
    def release(cls, contact: Contact, actor: Actor, now: datetime) -> None:
        for key in list(cls.rows(contact.id).filter(status__in=WAITING).values_list("id", flat=True)):
            leave(account_id=contact.account_id, entry_id=key, actor=actor, now=now)
