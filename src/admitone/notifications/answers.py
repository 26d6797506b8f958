"""Which event of a request makes which mail; those of appointments that stand are in handlers.py. Nobody is told twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from admitone.booking.requests import link_of
from admitone.events.actor import SYSTEM
from admitone.events.handlers import on
from admitone.events.models import Event
from admitone.links.models import OneTimeLink
from admitone.links.replacing import replacement
from admitone.links.services import reissue
from admitone.logic import ics
from admitone.logic.errors import Problem
from admitone.logic.notices import Occasion
from admitone.notifications import booked, requests
from admitone.notifications.appointments import Appointment, load
from admitone.notifications.posting import Write
from admitone.notifications.tasks import plan_reminders
from admitone.notifications.telling import News, mails_guest, tell
from admitone.notifications.together import told_elsewhere


@dataclass(frozen=True, slots=True)
class Letters:
    """What both sides are sent, and with which iCalendar method."""

    occasion: Occasion
    guest: Write
    host: Write
    method: ics.Method = "REQUEST"


ASKED = Letters("pending", requests.guest_asked, requests.host_asked)
ASKED_ANEW = Letters("pending", requests.guest_asked_anew, requests.host_asked_anew)
APPROVED = Letters("confirmed", requests.guest_approved, requests.host_approved)
APPROVED_MOVED = Letters("confirmed", requests.guest_approved, booked.host_rescheduled)
DECLINED = Letters("declined", requests.guest_declined, requests.host_declined, "CANCEL")
WITHDRAWN = Letters("cancelled", requests.guest_withdrawn, requests.host_withdrawn, "CANCEL")


def letters_of(event: Event) -> Letters | None:
    """The letters of what happened to a request; None for what is no matter of requests, or told by another event."""
    facts = event.facts
    is_pending, was_pending = facts.get("status") == "pending", facts.get("was") == "pending"
    if event.kind == "booking.created":
        return ASKED if is_pending else None
    if event.kind == "booking.rescheduled":
        return ASKED_ANEW if is_pending else APPROVED_MOVED if was_pending else None
    if event.kind == "booking.cancelled":
        return WITHDRAWN if was_pending and facts.get("by") == "guest" else None
    if event.kind == "booking.confirmed":
        return None if facts.get("moved") else APPROVED
    return DECLINED if event.kind == "booking.declined" else None


@on(
    "booking.created",
    "booking.rescheduled",
    "booking.cancelled",
    "booking.confirmed",
    "booking.declined",
    consumer="notifications.requests",
)
def tell_of_request(event: Event, now: datetime) -> None:
    """Both sides get a mail with the calendar file of exactly this change; a declined guest a new link with it."""
    letters = None if told_elsewhere(event) else letters_of(event)
    one = load(event.facts["booking"], event.facts) if letters else None
    if letters is None or one is None:
        return
    link = new_link(one, now) if letters is DECLINED else None
    write = partial(requests.guest_declined, link=link) if link else letters.guest
    told, link_id = None if event.facts.get("quiet") else write, link.id if link else None
    kind = "booking.requested" if letters.occasion == "pending" else event.kind
    tell(one, News(letters.occasion, told, letters.host, kind, str(event.id), letters.method, link_id), now)


@on("booking.confirmed", consumer="notifications.reminder_of_approved")
def remind_approved(event: Event, now: datetime) -> None:
    """A guest is reminded of what was approved; a request's own job stays silent."""
    one = load(event.facts["booking"], event.facts)
    if one is not None:
        plan_reminders(one, now)


def new_link(one: Appointment, now: datetime) -> OneTimeLink | None:
    """Where the owner wants it, and there is a mail to put it into; None if its terms leave nothing to choose from."""
    old = link_of(one.booking)
    if old is None or not mails_guest(one, "declined") or not one.calendar.reissue_on_decline:
        return None
    # A series is one use of a link: all its declined appointments together give one new link.
    if one.booking.series_id and (given := replacement(old)):
        return given
    try:
        return reissue(account=one.booking.account, link_id=old, actor=SYSTEM, now=now, series=one.of_series)
    except Problem:
        return None
