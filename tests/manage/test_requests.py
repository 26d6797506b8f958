"""Requests of people with dead links: listed, answered with one press, dismissed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.factories import NOW
from tests.manage.test_links import member, use

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import Account, User
from admitone.calendars.models import Calendar
from admitone.jobs import run_pending
from admitone.links.models import LinkRequest, OneTimeLink
from admitone.links.services import request_new
from admitone.messaging.models import Message

pytestmark = pytest.mark.django_db
PATH = "/app/clinic/requests/"


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic")


@pytest.fixture(autouse=True)
def owner(client: Client, account: Account, freeze: Any) -> User:
    user = factories.owner(account)
    client.force_login(user)
    return user


def asked(calendar: Calendar, name: str = "Noah", **fields: Any) -> LinkRequest:
    link = factories.link(calendar, **fields)
    token = one_time_url(link.id).rsplit("/", 1)[1]
    return request_new(
        token=token, kind="new_link", name=name, email=f"{name.lower()}@example.com", note="Please <b>!", now=NOW
    )


def test_open_requests_are_listed_with_why_the_link_does_not_work(client: Client, calendar: Calendar) -> None:
    row = asked(calendar)
    use(row.link)
    text = client.get(PATH).content.decode()
    assert "noah@example.com" in text
    assert "Please &lt;b&gt;!" in text
    assert "This link no longer works: it was used on" in text
    assert f'action="{PATH}{row.id}/answer/"' in text


def test_one_press_sends_a_new_link_and_a_second_press_the_same(client: Client, calendar: Calendar) -> None:
    row = asked(calendar, deleted_at=NOW)
    for _ in range(2):
        assert client.post(f"{PATH}{row.id}/answer/").status_code == 302
    run_pending(now=NOW)
    row.refresh_from_db()
    new = OneTimeLink.objects.exclude(id=row.link_id).get()
    assert (row.status, row.new_link_id, new.replaces_id) == ("answered", new.id, row.link_id)
    letter = Message.objects.get(to="noah@example.com")
    assert one_time_url(new.id) in letter.text
    assert "noah@example.com" in client.get(PATH, {"status": "answered"}).content.decode()


def test_a_dismissed_request_leaves_the_list_and_sends_nothing(client: Client, calendar: Calendar) -> None:
    row = asked(calendar)
    client.post(f"{PATH}{row.id}/dismissal/")
    row.refresh_from_db()
    assert (row.status, OneTimeLink.objects.count()) == ("dismissed", 1)
    assert "Nobody is waiting" in client.get(PATH).content.decode()


def test_a_request_for_a_deleted_calendar_cannot_be_answered(client: Client, calendar: Calendar) -> None:
    row = asked(calendar)
    Calendar.objects.filter(id=calendar.id).update(deleted_at=NOW)
    assert "Its calendar has been deleted" in client.get(PATH).content.decode()
    assert client.post(f"{PATH}{row.id}/answer/").status_code == 409


def test_requests_of_other_accounts_and_calendars_are_404(client: Client, account: Account, calendar: Calendar) -> None:
    foreign, other = asked(factories.calendar(factories.account())), asked(factories.calendar(account), "Olga")
    mine = asked(calendar)
    booker, viewer = member(account, calendar, "book"), member(account, calendar, "view")
    for action in ("answer/", "dismissal/"):
        assert client.post(f"{PATH}{foreign.id}/{action}").status_code == 404
        assert booker.post(f"{PATH}{other.id}/{action}").status_code == 404
        assert viewer.post(f"{PATH}{mine.id}/{action}").status_code == 403
    text = booker.get(PATH).content.decode()
    assert ("noah@example.com" in text, "olga@example.com" in text) == (True, False)
    assert set(LinkRequest.objects.values_list("status", flat=True)) == {"open"}


def test_requests_cost_the_same_statements_for_one_row_and_three(
    client: Client, calendar: Calendar, django_assert_num_queries: Any
) -> None:
    asked(calendar)
    client.get(PATH)
    with django_assert_num_queries(STATEMENTS):
        client.get(PATH)
    asked(calendar, "Mia")
    asked(calendar, "Lea")
    with django_assert_num_queries(STATEMENTS):
        client.get(PATH)


#: session, user, role, counts by status, count of the page, rows; of the shell: accounts, agency, mail settings
STATEMENTS = 9
