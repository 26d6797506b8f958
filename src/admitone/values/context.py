"""Whose values: ids and what earlier steps left, read from the database when a text asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from admitone.accounts.models import Account, User
from admitone.accounts.queries import as_uuid
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.links.models import OneTimeLink
from admitone.statements import Prepared
from admitone.values.times import Reader

CONTACT = Prepared(
    lambda account, key: Contact.objects.filter(pk=key, account_id=account, erased_at=None), account=UUID, key=UUID
)


def nothing(noun: str) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Context:
    """`steps` maps a step's name to its outputs; `given` tells what a run was started with, by noun.

    Rows of other accounts are never read, whatever the ids say.
    """

    account: Account
    now: datetime
    contact_id: UUID | str | None = None
    booking_id: UUID | str | None = None
    link_id: UUID | str | None = None
    calendar_id: UUID | str | None = None
    user_id: UUID | str | None = None
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    given: Callable[[str], Mapping[str, Any]] = nothing

    @cached_property
    def contact(self) -> Contact | None:
        key = as_uuid(self.contact_id)
        return CONTACT.first(account=self.account.pk, key=key) if key else None

    @cached_property
    def booking(self) -> Booking | None:
        return self._row(Booking.objects.select_related("calendar__schedule", "host__user"), self.booking_id)

    @cached_property
    def link(self) -> OneTimeLink | None:
        return self._row(OneTimeLink.objects.select_related("calendar", "group"), self.link_id)

    @cached_property
    def calendar(self) -> Calendar | None:
        """The calendar itself, else that of the appointment or the link."""
        if self.calendar_id:
            return self._row(Calendar.objects.select_related("schedule"), self.calendar_id)
        if self.booking:
            return self.booking.calendar
        return self.link.calendar if self.link else None

    @cached_property
    def user(self) -> User | None:
        """The user named, else the host of the appointment."""
        if self.user_id:
            return User.objects.filter(pk=self.user_id, memberships__account=self.account).first()
        return self.booking.host.user if self.booking else None

    @cached_property
    def reader(self) -> Reader:
        """In whose language and zone times are written: the contact's, else the account's."""
        contact, booking = self.contact, self.booking
        locale = (booking and booking.guest_locale) or (contact and contact.locale) or self.account.locale
        zone = (booking and booking.guest_timezone) or (contact and contact.timezone) or self.account.timezone
        return Reader(locale, zone)

    def _row(self, rows: Any, row_id: UUID | str | None) -> Any:
        return rows.filter(pk=row_id, account=self.account).first() if row_id else None
