"""Mails about requests: asked, approved, declined with a new link, withdrawn; nobody is told twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests import factories
from tests.notifications.conftest import mails
from tests.notifications.test_booked import invitation
from tests.smtp import Received, SmtpServer

from admitone.accounts.addresses import answer_url, manage_url, one_time_url
from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.services import book, cancel, confirm, decline, decline_unanswered, reschedule
from admitone.calendars.models import Calendar
from admitone.calendars.queries import plan_by_id
from admitone.calendars.services import update_calendar
from admitone.events.actor import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import issue, redeem
from admitone.logic.bookings import clean_guest
from admitone.logic.series import Repeat
from admitone.messaging.models import Message

NOW = factories.NOW
FRIDAY = datetime(2026, 11, 6, 13, tzinfo=UTC)  # 14:00 in Berlin
AT = int(FRIDAY.timestamp()) // 60
GUEST_AT, HOST_AT = "ana@example.com", "klein@example.com"
ANA = {"name": "Ana Lima", "email": GUEST_AT, "timezone": "Europe/Berlin"}


@pytest.fixture
def asking(account: Account, calendar: Calendar) -> Calendar:
    set_calendar(calendar, approval=True, approval_hours=24)
    return calendar


def set_calendar(calendar: Calendar, **fields: Any) -> None:
    update_calendar(account=calendar.account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, **fields)
    calendar.refresh_from_db()


def request(calendar: Calendar, **guest: Any) -> Booking:
    plan = plan_by_id(calendar.id)
    assert plan
    who = clean_guest(plan, {**ANA, **guest})
    made = book(plan=plan, start=AT, guest=who, source="scheduling_link", actor=GUEST, now=NOW)
    return Booking.objects.get(id=made.id)


def by_link(calendar: Calendar, **terms: Any) -> tuple[OneTimeLink, Booking]:
    link = factories.link(calendar, **terms)
    made = redeem(token=keyring().sign("o1", link.id), start=AT, guest=ANA, now=NOW)
    return link, Booking.objects.get(id=made.id)


def ids(booking: Booking, now: datetime = NOW) -> dict[str, Any]:
    return {"account_id": booking.account_id, "booking_id": booking.id, "now": now}


def subjects(found: dict[str, Received]) -> dict[str, str]:
    return {to: str(mail.message["Subject"]) for to, mail in found.items()}


def states(found: dict[str, Received]) -> list[tuple[str, str, int]]:
    """METHOD, STATUS, SEQUENCE of guest's and host's files."""
    seen = [invitation(found[to]) for to in (GUEST_AT, HOST_AT)]
    return [(method, str(event["STATUS"]), int(event["SEQUENCE"])) for method, event in seen]


def test_request_is_not_called_booked_and_its_host_is_asked(mailing: SmtpServer, asking: Calendar) -> None:
    booking = request(asking)
    found = mails(mailing)
    assert subjects(found) == {
        GUEST_AT: "Your request: appointment with Dr. Klein, Fri, 6 Nov 2026, 14:00",
        HOST_AT: "Approve or decline: Ana Lima, Fri, 6 Nov 2026, 14:00",
    }
    assert "Answer by: Tue, 3 Nov 2026, 10:00" in found[GUEST_AT].text()
    assert manage_url(booking.id) in found[GUEST_AT].text()
    assert f'href="{answer_url(booking.id)}"' in found[HOST_AT].html()
    assert answer_url(booking.id) not in found[GUEST_AT].text() + found[GUEST_AT].html()
    assert manage_url(booking.id) not in found[HOST_AT].text() + found[HOST_AT].html()
    assert states(found) == [("REQUEST", "TENTATIVE", 0)] * 2


def test_approved_request_is_confirmed_to_both_with_a_newer_file(mailing: SmtpServer, asking: Calendar) -> None:
    booking = request(asking)
    mails(mailing)
    confirm(**ids(booking), actor=SYSTEM)
    found = mails(mailing)
    assert subjects(found) == {
        GUEST_AT: "Confirmed: appointment with Dr. Klein, Fri, 6 Nov 2026, 14:00",
        HOST_AT: "Approved: Ana Lima, Fri, 6 Nov 2026, 14:00",
    }
    assert states(found) == [("REQUEST", "CONFIRMED", 1)] * 2


def test_declined_link_request_brings_a_new_link_that_works_and_keeps_its_length(
    mailing: SmtpServer, asking: Calendar
) -> None:
    link, booking = by_link(asking, expires_at=NOW + timedelta(days=3))
    mails(mailing)
    later = NOW + timedelta(hours=2)
    decline(**ids(booking, later), actor=SYSTEM, reason="I am away that day.")
    found = mails(mailing, later)
    new = OneTimeLink.objects.get(replaces_id=link.id)
    assert (new.source_kind, new.expires_at, new.uses) == ("reissue", later + timedelta(days=3), 0)
    text = found[GUEST_AT].text()
    assert found[GUEST_AT].message["Subject"] == "Not confirmed: appointment with Dr. Klein, Fri, 6 Nov 2026, 14:00"
    assert one_time_url(new.id) in text
    assert "> I am away that day." in text
    assert "Valid until: Thu, 5 Nov 2026, 12:00" in text
    assert states(found) == [("CANCEL", "CANCELLED", 1)] * 2
    link.refresh_from_db()
    assert link.uses == 1
    redeem(token=keyring().sign("o1", new.id), start=AT, guest=ANA, now=later)
    assert Booking.objects.filter(status="pending").count() == 1


def test_link_request_without_an_answer_brings_a_new_link_too(mailing: SmtpServer, asking: Calendar) -> None:
    link, _ = by_link(asking)
    mails(mailing)
    due = NOW + timedelta(hours=24)
    decline_unanswered(now=due)
    found = mails(mailing, due)
    new = OneTimeLink.objects.get(replaces_id=link.id)
    assert "Nobody confirmed your request in time." in found[GUEST_AT].text()
    assert one_time_url(new.id) in found[GUEST_AT].text()
    assert "Nobody answered in time" in found[HOST_AT].text()


def test_declined_link_whose_offered_times_are_over_says_whom_to_ask(mailing: SmtpServer, asking: Calendar) -> None:
    link, booking = by_link(asking, offered=[[AT, AT + 30]])
    mails(mailing)
    over = FRIDAY + timedelta(minutes=1)
    decline_unanswered(now=over)
    found = mails(mailing, over)
    assert OneTimeLink.objects.exclude(id=link.id).count() == 0
    assert "Please contact Praxis Klein to find another time." in found[GUEST_AT].text()
    booking.refresh_from_db()
    assert booking.status == "declined"


def test_no_new_link_where_the_owner_wants_none(mailing: SmtpServer, asking: Calendar) -> None:
    set_calendar(asking, reissue_on_decline=False)
    link, booking = by_link(asking)
    decline(**ids(booking), actor=SYSTEM)
    mails(mailing)
    assert OneTimeLink.objects.exclude(id=link.id).count() == 0


def test_declined_request_without_a_link_leads_back_to_the_public_calendar(
    mailing: SmtpServer, asking: Calendar
) -> None:
    set_calendar(asking, access="public")
    booking = request(asking)
    mails(mailing)
    decline(**ids(booking), actor=SYSTEM)
    text = mails(mailing)[GUEST_AT].text()
    assert f"/praxis-klein/{asking.slug}" in text
    assert "/o/" not in text


def test_withdrawn_request_is_told_as_one_and_brings_the_calendar_file_that_removes_it(
    mailing: SmtpServer, asking: Calendar
) -> None:
    booking = request(asking)
    mails(mailing)
    cancel(**ids(booking), actor=GUEST, by="guest", reason="Better already")
    found = mails(mailing)
    assert subjects(found) == {
        GUEST_AT: "Withdrawn: request for an appointment with Dr. Klein, Fri, 6 Nov 2026, 14:00",
        HOST_AT: "Withdrawn: Ana Lima, Fri, 6 Nov 2026, 14:00",
    }
    assert states(found) == [("CANCEL", "CANCELLED", 1)] * 2
    assert "Better already" in found[HOST_AT].text()


def test_guest_who_moves_a_request_is_answered_anew(mailing: SmtpServer, asking: Calendar) -> None:
    booking = request(asking)
    mails(mailing)
    reschedule(**ids(booking), start=AT + 60, actor=GUEST, by="guest")
    found = mails(mailing)
    assert subjects(found) == {
        GUEST_AT: "Your request for a new time: appointment with Dr. Klein, Fri, 6 Nov 2026, 15:00",
        HOST_AT: "Approve or decline a new time: Ana Lima, Fri, 6 Nov 2026, 15:00",
    }
    assert answer_url(booking.id) in found[HOST_AT].text()
    assert states(found) == [("REQUEST", "TENTATIVE", 1)] * 2


def test_host_who_moves_a_request_confirms_it_with_one_mail_to_each(mailing: SmtpServer, asking: Calendar) -> None:
    booking = request(asking)
    mails(mailing)
    before = Message.objects.count()
    reschedule(**ids(booking), start=AT + 60, actor=SYSTEM, by="host")
    found = mails(mailing)
    assert subjects(found)[GUEST_AT] == "Confirmed: appointment with Dr. Klein, Fri, 6 Nov 2026, 15:00"
    assert "for another time than you asked for" in found[GUEST_AT].text()
    assert states(found) == [("REQUEST", "CONFIRMED", 1)] * 2
    assert Message.objects.count() == before + 2


def test_guest_without_an_address_gets_no_mail_and_no_link_is_made(mailing: SmtpServer, asking: Calendar) -> None:
    set_calendar(asking, phone="required", email_required=False)
    link = factories.link(asking)
    guest = {"name": "Ana", "phone": "+4915112345678", "timezone": "Europe/Berlin"}
    made = redeem(token=keyring().sign("o1", link.id), start=AT, guest=guest, now=NOW)
    decline(**ids(Booking.objects.get(id=made.id)), actor=SYSTEM)
    assert list(mails(mailing)) == [HOST_AT]
    assert OneTimeLink.objects.count() == 1


def test_mails_are_in_the_guests_and_the_hosts_language(mailing: SmtpServer, asking: Calendar) -> None:
    booking = request(asking, locale="de")
    found = mails(mailing)
    assert found[GUEST_AT].message["Subject"] == "Ihre Anfrage: Termin mit Dr. Klein, Fr., 6. Nov. 2026, 14:00"
    assert found[HOST_AT].message["Subject"] == "Approve or decline: Ana Lima, Fri, 6 Nov 2026, 14:00"
    decline(**ids(booking), actor=SYSTEM)
    assert "Nicht bestätigt" in str(mails(mailing)[GUEST_AT].message["Subject"])


def reminders(booking: Booking) -> int:
    return Message.objects.filter(booking_id=booking.id, kind="reminder").count()


def test_guest_is_reminded_of_what_was_approved_and_never_of_a_request(mailing: SmtpServer, asking: Calendar) -> None:
    set_calendar(asking, approval_hours=24 * 14, reminder_hours=24)
    waiting = request(asking)
    run_pending(now=NOW)
    run_pending(now=FRIDAY - timedelta(hours=24))
    assert reminders(waiting) == 0
    decline(**ids(waiting), actor=SYSTEM)
    approved = request(asking)
    confirm(**ids(approved), actor=SYSTEM)
    run_pending(now=NOW)
    run_pending(now=FRIDAY - timedelta(hours=24))
    assert (reminders(waiting), reminders(approved)) == (0, 1)


def test_hosts_question_is_not_answered_to_the_guest(mailing: SmtpServer, asking: Calendar) -> None:
    booking = request(asking)
    assert mails(mailing)[HOST_AT].message["Reply-To"] != GUEST_AT
    confirm(**ids(booking), actor=SYSTEM)
    assert mails(mailing)[HOST_AT].message["Reply-To"] == GUEST_AT


def test_series_declined_from_its_end_brings_one_new_link(mailing: SmtpServer, asking: Calendar) -> None:
    link, first = by_link(asking)
    plan = plan_by_id(asking.id)
    assert plan
    made = book(plan=plan, start=AT + 60, guest=clean_guest(plan, ANA), source="one_time_link", actor=GUEST, now=NOW)
    Booking.objects.update(series_id=first.id)
    mails(mailing)
    decline(**ids(Booking.objects.get(id=made.id)), actor=SYSTEM)
    text = mails(mailing)[GUEST_AT].text()
    new = OneTimeLink.objects.exclude(id=link.id).get()
    assert one_time_url(new.id) in text


def test_date_of_a_series_that_is_declined_alone_brings_a_link_for_one(mailing: SmtpServer, asking: Calendar) -> None:
    link = factories.link(asking, series=3)
    token = keyring().sign("o1", link.id)
    first = redeem(token=token, start=AT, guest=ANA, now=NOW, repeat=Repeat("week", 3))
    made = Booking.objects.get(id=first.id)
    confirm(**ids(made), actor=SYSTEM)
    reschedule(**ids(made), start=AT + 60, actor=GUEST, by="guest")
    mails(mailing)
    decline(**ids(made), actor=SYSTEM)
    mails(mailing)
    assert OneTimeLink.objects.get(replaces_id=link.id).series == 1


def test_declined_request_by_a_groups_link_brings_a_link_of_the_group(mailing: SmtpServer, asking: Calendar) -> None:
    group = factories.group(asking.account, asking)
    link = issue(account=asking.account, group=group, actor=SYSTEM, now=NOW)
    token = keyring().sign("o1", link.id)
    made = redeem(token=token, start=AT, guest=ANA, now=NOW, calendar=str(asking.id))
    mails(mailing)
    decline(**ids(Booking.objects.get(id=made.id)), actor=SYSTEM)
    text = mails(mailing)[GUEST_AT].text()
    new = OneTimeLink.objects.get(replaces_id=link.id)
    assert (new.group_id, new.calendar_id) == (group.id, None)
    assert one_time_url(new.id) in text
