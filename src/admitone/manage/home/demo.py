"""Removing demo data: every row of a demo agency, of every app, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from admitone.accounts.models import Account, Agency, Blob, IdempotencyKey, User
from admitone.booking.models import Booking, Occupancy, Seat, Session
from admitone.calendars.models import Calendar, CalendarGroup, Host, Schedule
from admitone.contacts.models import Contact
from admitone.events.models import Event
from admitone.links.models import LinkUse, OneTimeLink
from admitone.logic.errors import Problem
from admitone.messaging.models import EmailSettings, Message


def remove_demo(*, agency: Agency) -> None:
    """Delete the agency and the people who belong to it alone. Problem("forbidden") unless it is demo data.

    No event is written: there is nothing left that it could belong to.
    """
    if not agency.is_demo:
        raise Problem("forbidden")
    with transaction.atomic():
        accounts = list(Account.objects.filter(agency=agency).values_list("id", flat=True))
        for rows in tables(agency, accounts):
            rows.delete()
        agency.delete()
        User.objects.filter(is_demo=True, memberships=None, agencies=None).delete()


def tables(agency: Agency, accounts: list[UUID]) -> Iterator[QuerySet]:
    """Whatever refers to a row comes before it; the rest goes with its account."""
    links = OneTimeLink.objects.filter(account__in=accounts)
    scopes = [str(key) for key in (*accounts, *links.values_list("id", flat=True))]
    yield IdempotencyKey.objects.filter(scope__in=scopes)
    yield LinkUse.objects.filter(link__account__in=accounts)
    yield Message.objects.filter(account__in=accounts)
    yield links
    yield Seat.objects.filter(session__account_id__in=accounts)
    yield Occupancy.objects.filter(session__account_id__in=accounts)
    yield Booking.objects.filter(account__in=accounts)
    yield Session.objects.filter(account_id__in=accounts)
    yield Calendar.objects.filter(account__in=accounts)
    yield CalendarGroup.objects.filter(account__in=accounts)
    yield Schedule.objects.filter(account__in=accounts)
    yield Host.objects.filter(agency=agency)
    yield Contact.objects.filter(account__in=accounts)
    yield EmailSettings.objects.filter(account__in=accounts)
    yield Blob.objects.filter(account_id__in=accounts)
    yield Event.objects.filter(account_id__in=accounts)
