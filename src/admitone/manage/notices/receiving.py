"""This guest will receive: what the calendar's own notices and the workflows send about one appointment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.logic.clock import from_min
from admitone.logic.kinds import SEATED
from admitone.logic.notices import ASKED, PARTY, Notice
from admitone.manage.notices import wording
from admitone.notifications import queries
from admitone.notifications.appointments import Appointment
from admitone.notifications.tasks import due_of
from admitone.notifications.telling import why_not
from admitone.workflows import appointments as workflows
from admitone.workflows.appointments import Sending

#: Two reminders by the same way within so many minutes are the same one twice.
NEAR = 12 * 60
#: What a guest of an appointment that takes place gets, in this order.
COURSE = ("booked", "pending", "confirmed", "reminder", "follow_up")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One message. `at` is known for an appointment that is booked; `doubles` names the notice that says the same."""

    when: str
    what: str
    who: str
    channel: str
    url: str
    order: int
    at: datetime | None = None
    workflow: str = ""
    why_not: str = ""
    doubles: str = ""


def of_calendar(account: Account, calendar: Calendar, one: Appointment) -> list[Receipt]:
    """In the course of an appointment like `one`; what is only sent when it is moved or cancelled is left out."""
    notices = [notice for notice in queries.table(calendar) if notice.is_on]
    usual = [notice for notice in notices if fits(calendar, notice)]
    found = [of_notice(account, calendar, one, notice) for notice in usual]
    sent = workflows.sendings(calendar)
    found += [of_workflow(account, sending, notices) for sending in sent if sending.occasion in COURSE]
    return sorted(found, key=lambda receipt: receipt.order)


def of_booking(account: Account, calendar: Calendar, one: Appointment, now: datetime) -> list[Receipt]:
    """What is still to come of an appointment that is booked, by time."""
    booking = one.booking
    found = []
    for notice in queries.timed(calendar):
        due = due_of(one, notice)
        wanted = ("confirmed", "pending") if notice.occasion == "reminder" else ("confirmed", "pending", "completed")
        if due > now and booking.status in wanted:
            found.append(replace(of_notice(account, calendar, one, notice), at=due))
    at_work = workflows.running(calendar, booking.id)
    notices = [notice for notice in queries.table(calendar) if notice.is_on]
    for sending in workflows.sendings(calendar):
        due_at = from_min(one.start_min) + timedelta(minutes=sending.minutes or 0)
        if sending.workflow_id in at_work and sending.wait and (sending.minutes is None or due_at > now):
            at = due_at if sending.minutes is not None else None
            found.append(replace(of_workflow(account, sending, notices), at=at))
    last = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(found, key=lambda receipt: receipt.at or last)


def doubles(account: Account, calendar: Calendar) -> list[Receipt]:
    """Everything that a workflow says a second time, on whatever occasion."""
    notices = [notice for notice in queries.table(calendar) if notice.is_on]
    found = [of_workflow(account, sending, notices) for sending in workflows.sendings(calendar)]
    return [receipt for receipt in found if receipt.doubles]


def fits(calendar: Calendar, notice: Notice) -> bool:
    """Where appointments need an approval, being asked and approved stand for being booked."""
    if notice.occasion not in COURSE or (notice.audience == PARTY and calendar.kind not in SEATED):
        return False
    return notice.occasion not in (("booked", "declined") if calendar.approval else ASKED)


def of_notice(account: Account, calendar: Calendar, one: Appointment, notice: Notice) -> Receipt:
    who: Any = wording.AUDIENCES[notice.audience]
    if notice.audience == "extra":
        who = ", ".join(notice.addresses)
    return Receipt(
        when=wording.when(notice),
        what=str(wording.OCCASIONS[notice.occasion]),
        who=str(who),
        channel=notice.channel,
        url=reverse("manage:calendar_notice", args=[account.slug, calendar.id, notice.key]),
        order=order_of(notice.occasion, notice.offset),
        why_not=str(wording.WHY_NOT.get(why_not(one, notice), "")),
    )


def of_workflow(account: Account, sending: Sending, notices: list[Notice]) -> Receipt:
    twice = next((notice for notice in notices if says_the_same(sending, notice)), None)
    when = f"{sending.trigger}: {sending.wait or _('at once')}"
    return Receipt(
        when=_("%(when)s, in some cases") % {"when": when} if sending.sometimes else when,
        what=sending.label,
        who=str(wording.AUDIENCES["guest"]),
        channel=sending.channel,
        url=reverse("manage:workflow", args=[account.slug, sending.workflow_id]),
        order=order_of("reminder" if sending.minutes is not None else sending.occasion, -(sending.minutes or 0)),
        workflow=sending.workflow,
        doubles=wording.name(twice) if twice else "",
    )


def says_the_same(sending: Sending, notice: Notice) -> bool:
    """Both go to the guest by the same way at about the same time."""
    if notice.audience != "guest" or notice.channel != sending.channel:
        return False
    if sending.minutes is not None and sending.minutes < 0:
        return notice.occasion == "reminder" and abs(-sending.minutes - (notice.offset or 0)) <= NEAR
    if sending.occasion == "follow_up":
        return notice.occasion == "follow_up"
    return not sending.wait and notice.occasion == sending.occasion


def order_of(occasion: str, offset: int | None) -> int:
    """The course of an appointment: what is said at once, then reminders from the earliest on, then what follows."""
    place = COURSE.index(occasion) if occasion in COURSE else 0
    return place * 10**6 + (-(offset or 0) if occasion == "reminder" else offset or 0)
