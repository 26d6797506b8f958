"""What a test run has instead of what is not there yet: a contact, an appointment, a link. Call it where it is rolled back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.services.reserving import PlanChanged, Wish, reserve
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.events import SYSTEM
from admitone.links.models import OneTimeLink
from admitone.links.services import issue
from admitone.logic.bookings import clean_caller
from admitone.logic.clock import to_min_ceil
from admitone.logic.errors import Problem
from admitone.logic.ids import uuid7
from admitone.workflows.models import Workflow
from admitone.workflows.registry import triggers

NAME, EMAIL, PHONE = "Ada Sample", "ada.sample@example.com", "+493012345678"
DAY = 24 * 60
TRIES = 5


def contact(account: Account, now: datetime) -> Contact:
    found = Contact.objects.filter(account=account, email_key=EMAIL).first()
    times = {"created_at": now, "updated_at": now}
    return found or Contact.objects.create(
        id=uuid7(), account=account, name=NAME, email=EMAIL, email_key=EMAIL, phone=PHONE, source="test", **times
    )


def context(workflow: Workflow, who: Contact, now: datetime) -> dict[str, str]:
    """Ids of what the draft's triggers bring: the contact's latest, else made up."""
    kinds = (triggers().get(row["type"]) for row in workflow.draft["triggers"])
    nouns = frozenset().union(*(kind.provides for kind in kinds if kind))
    found: dict[str, str] = {}
    if "appointment" in nouns:
        found |= booking(workflow, who, now)
    if "one_time_link" in nouns:
        found |= link(workflow, who, now)
    if "calendar" in nouns and not found and (calendar := first_calendar(workflow)):
        found["calendar"] = str(calendar.id)
    return found


def booking(workflow: Workflow, who: Contact | None, now: datetime) -> dict[str, str]:
    rows = Booking.objects.filter(account=workflow.account_id, contact=who).exclude(
        status__in=("cancelled", "declined")
    )
    one = rows.order_by("-start_min").first() if who else None
    one = one or made_up(workflow, who, now)
    return {"booking": str(one.id), "calendar": str(one.calendar_id)} if one else {}


def made_up(workflow: Workflow, who: Contact | None, now: datetime) -> Booking | None:
    """An appointment in about a week in the account's first calendar, at whatever full hour is free."""
    calendar = first_calendar(workflow)
    if calendar is None:
        return None
    plan = calendar.compiled
    hour = to_min_ceil(now) // 60 * 60 + 7 * DAY
    guest = clean_caller(
        plan, {"name": (who and who.name) or NAME, "email": (who and who.email) or EMAIL, "phone": PHONE}
    )
    for place in range(TRIES):
        wish = Wish(
            uuid7(), plan, hour + place * 60, guest, "by_hand", contact_id=who.id if who else None, by_hand=True
        )
        try:
            with transaction.atomic():
                return reserve(wish, actor=SYSTEM, now=now)[0]
        except (Problem, PlanChanged):
            continue
    return None


def link(workflow: Workflow, who: Contact, now: datetime) -> dict[str, str]:
    rows = OneTimeLink.objects.filter(account=workflow.account_id, contact=who, deleted_at=None)
    one, calendar = rows.order_by("-created_at").first(), first_calendar(workflow)
    if one is None and calendar is not None:
        try:
            one = issue(account=workflow.account, calendar=calendar, contact=who, actor=SYSTEM, now=now)
        except Problem:
            return {}
    return {"link": str(one.id), "calendar": str(one.calendar_id or "")} if one else {}


def first_calendar(workflow: Workflow) -> Calendar | None:
    rows = Calendar.objects.filter(account=workflow.account_id, deleted_at=None)
    return rows.order_by("id").first()
