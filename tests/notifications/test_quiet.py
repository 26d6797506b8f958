"""A host who moves or cancels without a word: the guest gets no mail, the host does."""

from __future__ import annotations

from typing import Any

from tests import factories
from tests.notifications.conftest import mails
from tests.notifications.test_booked import FRIDAY, book
from tests.smtp import SmtpServer

from admitone.booking.services import cancel, reschedule
from admitone.calendars.models import Calendar
from admitone.events.actor import SYSTEM
from admitone.events.models import Event
from admitone.logic.clock import to_min_floor
from admitone.messaging.models import Message

NOW = factories.NOW
HOST: dict[str, Any] = {"actor": SYSTEM, "now": NOW, "by": "host"}


def told(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind__startswith=kind).values_list("kind", flat=True))


def test_quiet_move_and_cancellation_tell_the_host_alone(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    ids: dict[str, Any] = {"account_id": booking.account_id, "booking_id": booking.id}
    reschedule(**ids, **HOST, start=to_min_floor(FRIDAY) + 60, quiet=True)
    cancel(**ids, **HOST, quiet=True)
    mails(mailing)
    assert told("booking.rescheduled") == ["booking.rescheduled.host"]
    assert told("booking.cancelled") == ["booking.cancelled.host"]
    kinds = Event.objects.filter(subject_id=booking.id, facts__quiet=True).values_list("kind", flat=True)
    assert sorted(kinds) == ["booking.cancelled", "booking.rescheduled"]


def test_quiet_cancellation_mails_no_new_link(mailing: SmtpServer, calendar: Calendar) -> None:
    calendar.reissue_on_cancel = True
    calendar.save()
    link = factories.link(calendar)
    booking = book(calendar)
    type(booking).objects.filter(id=booking.id).update(one_time_link_id=link.id)
    cancel(account_id=booking.account_id, booking_id=booking.id, quiet=True, **HOST)
    mails(mailing)
    assert told("link.reissued") == []
