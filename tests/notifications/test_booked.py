"""Mails about an appointment: both sides, every change, the reader's language and zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar as Ical
from tests import factories
from tests.notifications.conftest import mails
from tests.smtp import Received, SmtpServer

from admitone.accounts.addresses import manage_url
from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.services import cancel, reschedule
from admitone.calendars.models import Calendar
from admitone.events.actor import GUEST, SYSTEM
from admitone.jobs import run_pending
from admitone.messaging.models import Message

NOW = factories.NOW
FRIDAY = datetime(2026, 11, 6, 13, tzinfo=UTC)  # 14:00 in Berlin


def book(calendar: Calendar, start: datetime = FRIDAY, **guest: Any) -> Booking:
    values = {
        "name": "Ana Lima",
        "email": "ana@example.com",
        "timezone": "Europe/Berlin",
        "note": "First visit",
        **guest,
    }
    return factories.booking(calendar, start, **values)


def move(booking: Booking, start: datetime, by: str = "guest", now: datetime = NOW) -> None:
    at = int(start.timestamp()) // 60
    reschedule(account_id=booking.account_id, booking_id=booking.id, start=at, actor=GUEST, now=now, by=by)


def invitation(mail: Received) -> tuple[str, Any]:
    """METHOD and the event of the calendar part, which equals the attachment."""
    parts = list(mail.message.walk())
    inline = next(part for part in parts if part.get_content_type() == "text/calendar")
    attached = next(part for part in parts if part.get_filename() == "invite.ics")
    body = inline.get_payload(decode=True)
    assert attached.get_payload(decode=True) == body
    file = Ical.from_ical(body)
    assert file["METHOD"] == inline.get_param("method")
    return str(file["METHOD"]), file.walk("VEVENT")[0]


def test_booking_tells_the_guest_what_when_where_who_and_how_to_change(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    guest = mails(mailing)["ana@example.com"]
    assert guest.message["Subject"] == "Appointment with Dr. Klein: Fri, 6 Nov 2026, 14:00"
    assert guest.message["From"] == "Praxis Klein <praxis@klein.example>"
    assert guest.message["Reply-To"] == "klein@example.com"
    expected = f"""Your appointment is booked

Hello Ana Lima,

What: Consultation (30 minutes)
When: Fri, 6 Nov 2026, 14:00 – 14:30 (Berlin time)
Where: Hauptstraße 1, Köln
With: Dr. Klein, Praxis Klein

Reschedule or cancel:
{manage_url(booking.id)}

The attached invitation puts it into your calendar.

--
Praxis Klein
"""
    assert guest.text().replace("\r\n", "\n") == expected
    assert f'href="{manage_url(booking.id)}"' in guest.html()


def test_booking_tells_the_host_about_the_guest_without_the_manage_link(
    mailing: SmtpServer, calendar: Calendar
) -> None:
    booking = book(calendar)
    host = mails(mailing)["klein@example.com"]
    assert host.message["Subject"] == "New appointment: Ana Lima, Fri, 6 Nov 2026, 14:00"
    assert host.message["Reply-To"] == "ana@example.com"
    for told in (
        "Guest: Ana Lima",
        "Email: ana@example.com",
        "> First visit",
        f"/app/praxis-klein/bookings/{booking.id}/",
    ):
        assert told in host.text()
    assert "/b/" not in host.text() + host.html() + str(invitation(host)[1].to_ical())


def test_create_move_cancel_keep_the_uid_and_count_the_sequence(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    seen = [mails(mailing)]
    move(booking, FRIDAY + timedelta(hours=1))
    seen.append(mails(mailing))
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=GUEST, now=NOW, by="guest")
    seen.append(mails(mailing))
    for person in ("ana@example.com", "klein@example.com"):
        files = [invitation(one[person]) for one in seen]
        assert [method for method, _ in files] == ["REQUEST", "REQUEST", "CANCEL"]
        assert [event["UID"] for _, event in files] == [f"{booking.id}@admitone"] * 3
        assert [event["SEQUENCE"] for _, event in files] == [0, 1, 2]
        assert [event["DTSTART"].dt.hour for _, event in files] == [13, 14, 14]
        assert files[2][1]["STATUS"] == "CANCELLED"


def test_guests_file_is_from_the_host_and_hosts_file_from_the_sender(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar)
    seen = mails(mailing)
    assert invitation(seen["ana@example.com"])[1]["ORGANIZER"] == "mailto:klein@example.com"
    hosts = invitation(seen["klein@example.com"])[1]
    assert hosts["ORGANIZER"] == "mailto:praxis@klein.example"
    assert hosts["ATTENDEE"] == ["mailto:klein@example.com", "mailto:ana@example.com"]


def test_several_changes_before_the_worker_runs_each_send_their_own_file(
    mailing: SmtpServer, calendar: Calendar
) -> None:
    booking = book(calendar)
    move(booking, FRIDAY + timedelta(hours=1))
    run_pending(now=NOW)
    guests = [invitation(one)[1] for one in mailing.messages if one.recipients == ("ana@example.com",)]
    assert sorted((one["SEQUENCE"], one["DTSTART"].dt.hour) for one in guests) == [(0, 13), (1, 14)]


def test_move_names_the_old_time(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    mails(mailing)
    move(booking, FRIDAY + timedelta(hours=1))
    guest = mails(mailing)["ana@example.com"]
    assert guest.message["Subject"] == "New time for your appointment with Dr. Klein: Fri, 6 Nov 2026, 15:00"
    assert "15:00 – 15:30 (Berlin time) (before: Fri, 6 Nov 2026, 14:00)" in guest.text()


def test_cancellation_by_the_host_gives_the_reason_to_the_guest(mailing: SmtpServer, calendar: Calendar) -> None:
    booking = book(calendar)
    mails(mailing)
    cancel(
        account_id=booking.account_id, booking_id=booking.id, actor=SYSTEM, now=NOW, by="host", reason="I am ill\nSorry"
    )
    guest = mails(mailing)["ana@example.com"]
    assert guest.message["Subject"] == "Cancelled: appointment with Dr. Klein, Fri, 6 Nov 2026, 14:00"
    text = guest.text().replace("\r\n", "\n")
    assert "Dr. Klein has cancelled this appointment.\n" in text
    assert "> I am ill\n> Sorry\n" in text
    assert "Choose another time:\nhttp://testserver/praxis-klein/consultation" in text


def test_cancellation_in_a_calendar_for_one_time_links_shows_no_way_to_the_calendar(
    mailing: SmtpServer, account: Account
) -> None:
    booking = book(factories.calendar(account, name="Secret", access="one_time"))
    mails(mailing)
    cancel(account_id=booking.account_id, booking_id=booking.id, actor=GUEST, now=NOW, by="guest")
    assert "/secret" not in mails(mailing)["ana@example.com"].text()


def test_guest_in_another_zone_sees_both_times(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar, timezone="America/New_York")
    seen = mails(mailing)
    assert "When: Fri, Nov 6, 2026, 8:00 AM – 8:30 AM (New York time)" in seen["ana@example.com"].text()
    assert "Fri, Nov 6, 2026, 2:00 PM – 2:30 PM (Berlin time)" in seen["ana@example.com"].text()
    assert "14:00 – 14:30 (Berlin time)" in seen["klein@example.com"].text()
    assert "08:00 – 08:30 (New York time)" in seen["klein@example.com"].text()


@pytest.mark.parametrize(
    ("locale", "subject_date"),
    [
        ("de", "Fr., 6. Nov. 2026, 14:00"),
        ("pt-BR", "sex., 6 de nov. de 2026 14:00"),
        ("ja", "2026年11月6日(金) 14:00"),
        ("en-US", "Fri, Nov 6, 2026, 2:00 PM"),
        ("xx", "Fri, 6 Nov 2026, 14:00"),
    ],
)
def test_dates_follow_the_guests_locale(
    mailing: SmtpServer, calendar: Calendar, locale: str, subject_date: str
) -> None:
    book(calendar, locale=locale)
    assert subject_date in mails(mailing)["ana@example.com"].message["Subject"]


def test_arabic_mail_is_written_right_to_left(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar, locale="ar")
    assert 'lang="ar" dir="rtl"' in mails(mailing)["ana@example.com"].html()


def test_guest_with_only_a_phone_number_gets_no_mail(mailing: SmtpServer, account: Account) -> None:
    calendar = factories.calendar(account, phone="required", email_required=False)
    book(calendar, email="", phone="+493012345678")
    assert [message.kind for message in mails_kinds(mailing)] == ["booking.created.host"]


def mails_kinds(server: SmtpServer) -> list[Message]:
    run_pending(now=NOW)
    return list(Message.objects.order_by("id"))


def test_bookings_without_a_mail_server_wait_in_the_outbox(calendar: Calendar) -> None:
    booking = book(calendar)
    run_pending(now=NOW)
    kept = Message.objects.filter(booking_id=booking.id).order_by("kind")
    assert [(one.kind, one.status) for one in kept] == [
        ("booking.created.guest", "outbox"),
        ("booking.created.host", "outbox"),
    ]


def test_name_with_line_breaks_and_tags_stays_text(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar, name="Ana\r\nBcc: evil@example.com <script>alert(1)</script>")
    seen = mails(mailing)
    host = seen["klein@example.com"]
    assert host.message["Bcc"] is None
    assert "<script>" not in host.html()
    assert [mail.recipients for mail in mailing.messages].count(("evil@example.com",)) == 0
    assert invitation(host)[0] == "REQUEST"


def test_name_that_advertises_is_not_greeted(mailing: SmtpServer, calendar: Calendar) -> None:
    book(calendar, name="Cheap pills at https://evil.example/x")
    guest = mails(mailing)["ana@example.com"]
    assert "evil.example" not in guest.text() + guest.html() + str(guest.message["Subject"])


def test_mail_shows_the_brand_colour_where_it_can_be_read(mailing: SmtpServer, account: Account) -> None:
    book(factories.calendar(account, brand_color="#7a1f3d"))
    html = mails(mailing)["ana@example.com"].html()
    assert "background: #7a1f3d;color: #ffffff" in html


@pytest.mark.parametrize(
    "name",
    ["😀" * 200, "שלום עולם " * 20, "Ana\r\nBcc: eve@example.com", '"Ana" <eve@example.com>', "A" * 200, "日本 " * 60],
    ids=["emoji", "right to left", "header", "address", "long", "wide"],
)
def test_any_name_reaches_both_readers_and_begins_no_header(mailing: SmtpServer, calendar: Calendar, name: str) -> None:
    book(calendar, name=name)
    seen = mails(mailing)
    assert set(seen) == {"ana@example.com", "klein@example.com"}
    for mail in seen.values():
        assert mail.message["Bcc"] is None
        assert len(mail.message.get_all("To")) == len(mail.message.get_all("From")) == 1
        assert "\n" not in mail.message["Subject"]
        assert invitation(mail)[1]["SEQUENCE"] == 0
