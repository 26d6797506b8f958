"""Mails about links and busy times: who gets them, and what they can do with them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from tests import factories
from tests.notifications.conftest import mails
from tests.notifications.test_booked import FRIDAY
from tests.smtp import SmtpServer

from admitone.accounts.addresses import manage_url, one_time_url
from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account, Membership
from admitone.booking.services import cancel, cancel_following
from admitone.calendars.models import BusySource, Calendar
from admitone.events.actor import SYSTEM
from admitone.events.recording import record
from admitone.jobs import run_pending
from admitone.links import services as links
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.logic.errors import Problem
from admitone.logic.series import Repeat
from admitone.logic.tokens import ONE_TIME
from admitone.messaging.models import Message

NOW = factories.NOW


def token(link: OneTimeLink) -> str:
    return keyring().sign(ONE_TIME, link.id)


def ask(link: OneTimeLink, **fields: str) -> LinkRequest:
    values = {"kind": "new_link", "name": "Ben Ode", "email": "ben@example.com", "note": "Lost it, sorry", **fields}
    return links.request_new(token=token(link), now=NOW, **values)


def recipients(server: SmtpServer) -> list[str]:
    return sorted(mails(server))


def test_request_for_a_link_goes_to_its_maker_who_can_answer(
    mailing: SmtpServer, account: Account, calendar: Calendar
) -> None:
    maker = factories.member(account, email="maker@example.com")
    ask(factories.link(calendar, created_by=maker, label="VIP"))
    mail = mails(mailing)["maker@example.com"]
    assert mail.message["Subject"] == "Ben Ode asks for a new link"
    assert mail.message["Reply-To"] == "ben@example.com"
    for told in ("Email: ben@example.com", "Calendar: Consultation", "Link: VIP", "> Lost it, sorry"):
        assert told in mail.text()
    assert "http://testserver/app/praxis-klein/requests/" in mail.text()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("maker", "maker@example.com"), ("host", "klein@example.com"), ("custom", "desk@example.com")],
)
def test_who_is_asked_follows_the_calendar(
    mailing: SmtpServer, account: Account, calendar: Calendar, policy: str, expected: str
) -> None:
    Calendar.objects.filter(pk=calendar.pk).update(contact_policy=policy, contact_email="desk@example.com")
    ask(factories.link(calendar, created_by=factories.member(account, email="maker@example.com")))
    assert recipients(mailing) == [expected]


def test_maker_who_left_is_not_asked(mailing: SmtpServer, account: Account, calendar: Calendar) -> None:
    maker = factories.member(account, email="maker@example.com")
    link = factories.link(calendar, created_by=maker)
    Membership.objects.filter(user=maker).delete()
    ask(link)
    assert recipients(mailing) == ["klein@example.com"]


def test_host_without_address_is_stood_in_for_by_the_owner(mailing: SmtpServer, account: Account) -> None:
    factories.owner(account, email="owner@example.com")
    calendar = factories.calendar(account, host=factories.host(account, email=""))
    ask(factories.link(calendar))
    assert recipients(mailing) == ["owner@example.com"]


def test_wish_for_another_time_says_so(mailing: SmtpServer, calendar: Calendar) -> None:
    ask(factories.link(calendar), kind="ask_time")
    assert mails(mailing)["klein@example.com"].message["Subject"] == "Ben Ode asks for a time"


def test_answer_mails_the_new_link_to_whoever_asked(mailing: SmtpServer, account: Account, calendar: Calendar) -> None:
    request = ask(factories.link(calendar))
    mails(mailing)
    link = links.answer_request(account=account, request_id=request.id, actor=SYSTEM, now=NOW)
    mail = mails(mailing)["ben@example.com"]
    assert one_time_url(link.id) in mail.text()
    assert one_time_url(link.id) in mail.html()
    assert mail.message["Reply-To"] == "klein@example.com"
    assert Message.objects.get(kind="link.reissued").link_id == link.id


def test_owner_is_told_once_that_the_offered_times_are_gone(mailing: SmtpServer, calendar: Calendar) -> None:
    start = int(FRIDAY.timestamp()) // 60
    link = factories.link(calendar, offered=[[start, start + 30]])
    links.tell_offered_gone(token=token(link), now=NOW)
    links.tell_offered_gone(token=token(link), now=NOW)
    run_pending(now=NOW)
    assert [mail.recipients[0] for mail in mailing.messages] == ["klein@example.com"]
    assert f"/app/praxis-klein/links/{link.id}/" in mailing.messages[0].text()


def test_code_goes_to_the_bound_address_and_opens_the_link(
    mailing: SmtpServer, account: Account, calendar: Calendar
) -> None:
    contact = factories.contact(account, email="vip@example.com", locale="de")
    link = factories.link(calendar, contact=contact, contact_policy="verify")
    links.ask_for_code(token=token(link), now=NOW)
    mail = mails(mailing)["vip@example.com"]
    code = re.search(r"^ {4}(\d{6})\r?$", mail.text(), re.MULTILINE)
    assert code is not None
    links.check_code(link.id, code[1], NOW)


def test_my_booking_mails_the_manage_link_to_the_guest(mailing: SmtpServer, calendar: Calendar) -> None:
    link = factories.link(calendar)
    guest = {"name": "Ana", "email": "ana@example.com", "timezone": "Europe/Berlin"}
    made = links.redeem(token=token(link), start=int(FRIDAY.timestamp()) // 60, guest=guest, now=NOW)
    mails(mailing)
    links.ask_for_booking(token=token(link), email="stranger@example.com", now=NOW)
    assert mails(mailing) == {}
    links.ask_for_booking(token=token(link), email="ANA@example.com", now=NOW)
    mail = mails(mailing)["ana@example.com"]
    assert f"Consultation: Fri, 6 Nov 2026, 14:00:\r\n{manage_url(made.id)}" in mail.text()


def test_busy_source_that_fails_alarms_the_host_and_the_admins(mailing: SmtpServer, account: Account) -> None:
    factories.owner(account, email="owner@example.com")
    factories.member(account, "admin", email="admin@example.com")
    factories.member(account, "member", email="member@example.com")
    host = factories.host(account, name="Dr. Klein", email="klein@example.com")
    source = BusySource.objects.create(
        account=account, host=host, kind="ics", name="Private", config_sealed="x", error="404 Not Found", created_at=NOW
    )
    for kind, subject in (
        ("busy_source.failed", "Busy times of Dr. Klein cannot be read"),
        ("busy_source.recovered", "Busy times of Dr. Klein can be read again"),
    ):
        subject_ids: dict[str, Any] = {"subject_kind": "busy_source", "subject_id": source.id}
        record(account_id=account.id, actor=SYSTEM, now=NOW, kind=kind, **subject_ids)
        seen = mails(mailing)
        assert sorted(seen) == ["admin@example.com", "klein@example.com", "owner@example.com"]
        assert {mail.message["Subject"] for mail in seen.values()} == {subject}


def test_link_sent_by_hand_keeps_the_words_and_the_link(
    mailing: SmtpServer, account: Account, calendar: Calendar
) -> None:
    link = factories.link(calendar)
    url = one_time_url(link.id)
    body = f"Dear Ana,\n\nplease choose: {url}\n\nYours, Klein"
    values = {"account": account, "link_id": link.id, "actor": SYSTEM, "now": NOW, "to": "ana@example.com"}
    links.send_link(subject="Your appointment", body=body, **values)
    mail = mails(mailing)["ana@example.com"]
    assert mail.text().replace("\r\n", "\n") == body + "\n"
    assert f'href="{url}"' in mail.html()
    for wrong in ({"body": "Dear Ana"}, {"body": body, "to": "nobody"}, {"body": body, "subject": " "}):
        with pytest.raises(Problem, match="invalid"):
            links.send_link(**{"subject": "x", **values, **wrong})
    with pytest.raises(Problem, match="not_found"):
        links.send_link(subject="x", body=body, **{**values, "account": factories.account()})


def test_expired_link_mail_names_the_new_expiry(mailing: SmtpServer, account: Account, calendar: Calendar) -> None:
    old = factories.link(calendar, created_at=NOW - timedelta(days=7), expires_at=NOW - timedelta(days=4))
    links.answer_request(account=account, request_id=ask(old).id, actor=SYSTEM, now=NOW)
    assert "Valid until: Thu, 5 Nov 2026, 10:00" in mails(mailing)["ben@example.com"].text()


@pytest.mark.parametrize("wanted", [True, False])
def test_cancellation_mails_a_new_link_where_the_owner_wants_it(
    mailing: SmtpServer, account: Account, wanted: bool
) -> None:
    calendar = factories.calendar(account, reissue_on_cancel=wanted)
    old = factories.link(calendar)
    guest = {"name": "Ana", "email": "ana@example.com", "timezone": "Europe/Berlin"}
    made = links.redeem(token=token(old), start=int(FRIDAY.timestamp()) // 60, guest=guest, now=NOW)
    cancel(account_id=account.id, booking_id=made.id, actor=SYSTEM, now=NOW, by="host")
    run_pending(now=NOW)
    new = OneTimeLink.objects.exclude(pk=old.pk).first()
    told = [mail for mail in mailing.messages if mail.message["Subject"].startswith("Your new link")]
    assert [mail.recipients for mail in told] == ([("ana@example.com",)] if wanted else [])
    assert (new is not None and one_time_url(new.id) in told[0].text()) is wanted
    old.refresh_from_db()
    assert old.uses == 1


@pytest.mark.parametrize(("act", "most"), [(cancel, 1), (cancel_following, 3)])
def test_new_link_after_a_series_is_for_as_many_as_were_cancelled(
    mailing: SmtpServer, account: Account, act: Any, most: int
) -> None:
    old = factories.link(factories.calendar(account, reissue_on_cancel=True), series=3)
    guest = {"name": "Ana", "email": "ana@example.com", "timezone": "Europe/Berlin"}
    start, repeat = int(FRIDAY.timestamp()) // 60, Repeat("week", 3)
    made = links.redeem(token=token(old), start=start, guest=guest, now=NOW, repeat=repeat)
    act(account_id=account.id, booking_id=made.id, actor=SYSTEM, now=NOW, by="guest")
    run_pending(now=NOW)
    assert OneTimeLink.objects.exclude(pk=old.pk).get().series == most
