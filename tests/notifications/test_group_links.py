"""Mails about the links of a group: they name the group and reach somebody though no calendar is chosen."""

from __future__ import annotations

import pytest
from tests import factories
from tests.notifications.conftest import NOW, mails
from tests.notifications.test_asked import ask, token
from tests.smtp import SmtpServer

from admitone.accounts.models import Account
from admitone.booking.services import cancel
from admitone.calendars.models import CalendarGroup
from admitone.calendars.services import update_calendar
from admitone.events import GUEST, SYSTEM
from admitone.links import services as links
from admitone.links.models import OneTimeLink
from admitone.logic.clock import to_min_floor

ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}


@pytest.fixture
def group(account: Account) -> CalendarGroup:
    return factories.group(account, name="Consultations")


@pytest.fixture
def link(account: Account, group: CalendarGroup) -> OneTimeLink:
    factories.owner(account, email="owner@example.com")
    return links.issue(account=account, group=group, actor=SYSTEM, now=NOW)


def test_request_reaches_the_owner_and_the_answer_whoever_asked(
    mailing: SmtpServer, account: Account, link: OneTimeLink
) -> None:
    asked = ask(link)
    assert "Group: Consultations" in mails(mailing)["owner@example.com"].text()
    links.answer_request(account=account, request_id=asked.id, actor=SYSTEM, now=NOW)
    assert mails(mailing)["ben@example.com"].message["Subject"] == "Your new link for Consultations"


def test_code_of_a_bound_link_names_the_group(mailing: SmtpServer, account: Account, group: CalendarGroup) -> None:
    bound = factories.contact(account, email="ada@example.com")
    link = links.issue(account=account, group=group, contact=bound, contact_policy="verify", actor=SYSTEM, now=NOW)
    links.ask_for_code(token=token(link), now=NOW)
    assert mails(mailing)["ada@example.com"].message["Subject"].endswith("is your code for Consultations")


def test_gone_times_and_a_sent_link_name_the_group(
    mailing: SmtpServer, account: Account, group: CalendarGroup, link: OneTimeLink
) -> None:
    start = to_min_floor(NOW) + 1440
    empty = links.issue(account=account, group=group, offered=[(start, start + 30)], actor=SYSTEM, now=NOW)
    links.tell_offered_gone(token=token(empty), now=NOW)
    assert "Group: Consultations" in mails(mailing)["owner@example.com"].text()


def test_guest_who_cancels_gets_a_link_to_the_group_again(
    mailing: SmtpServer, account: Account, group: CalendarGroup, link: OneTimeLink
) -> None:
    calendar = group.calendars.get(name="Check-up")
    update_calendar(account=account, calendar_id=calendar.id, actor=SYSTEM, now=NOW, reissue_on_cancel=True)
    start = to_min_floor(NOW) // 1440 * 1440 + 1440 + 9 * 60
    done = links.redeem(token=token(link), start=start, guest=ADA, now=NOW, calendar="check-up")
    mails(mailing)
    cancel(account_id=account.id, booking_id=done.id, actor=GUEST, now=NOW, by="guest")
    mails(mailing)
    new = OneTimeLink.objects.get(source_kind="reissue")
    assert (new.group_id, new.calendar_id) == (group.id, None)
