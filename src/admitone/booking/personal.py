"""Appointments of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from admitone.booking.models import Booking
from admitone.booking.services.changing import ACTIVE, cancel
from admitone.contacts.models import Contact
from admitone.contacts.personal import PersonalData, personal_data
from admitone.events import Actor
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
