"""The outbox: list, filters, detail, shut-in preview, calendar file, sending again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from tests import factories
from tests.messaging.conftest import use_server
from tests.smtp import SmtpServer

from admitone.accounts.models import Account
from admitone.calendars.models import CalendarAccess
from admitone.jobs import run_pending
from admitone.messaging.models import Message

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/messages/"
NOW = factories.NOW


@pytest.fixture
def account(client: Client) -> Account:
    account = factories.account(slug="north-clinic")
    client.force_login(factories.member(account, "admin"))
    return account


def message(account: Account, **fields: Any) -> Message:
    values = {
        "kind": "booking.created.guest",
        "key": str(uuid4()),
        "to": "ana@example.com",
        "subject": "Appointment with Dr. Klein",
        "text": "See you there.",
        "html": "<p>See you <b>there</b>.</p>",
        "status": "sent",
        "created_at": NOW,
        **fields,
    }
    return Message.objects.create(account=account, **values)


def listed(client: Client, query: str = "") -> list[UUID]:
    response = client.get(PATH + query)
    assert response.status_code == 200
    return [row.id for row in response.context["page"]]


def test_list_without_messages_says_what_will_be_here(client: Client, account: Account) -> None:
    assert "No messages yet" in client.get(PATH).content.decode()
    assert "Nothing matches" in client.get(f"{PATH}?status=failed").content.decode()


def test_list_is_newest_first_and_filters_by_status_kind_and_search(client: Client, account: Account) -> None:
    first = message(account, to="bob@example.com", kind="reminder", status="failed", error="550 no")
    second = message(account, subject="New link", kind="link.sent", status="sending")
    message(factories.account())
    assert listed(client) == [second.id, first.id]
    assert listed(client, "?status=failed") == [first.id]
    assert listed(client, "?status=queued") == [second.id]
    assert listed(client, "?kind=reminder") == [first.id]
    assert listed(client, "?q=BOB%40") == [first.id]
    assert listed(client, "?q=new+link") == [second.id]
    assert listed(client, "?status=x&kind=y&page=z&q=%00") == [second.id, first.id]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_statements_for_any_number_of_rows(
    client: Client, account: Account, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        message(account)
    with django_assert_num_queries(9):
        client.get(PATH)


def test_detail_shows_text_and_the_servers_words(client: Client, account: Account) -> None:
    one = message(account, status="failed", error="550 5.1.1 No such mailbox", text="<b>See</b> you")
    page = client.get(f"{PATH}{one.id}/").content.decode()
    assert "550 5.1.1 No such mailbox" in page
    assert "&lt;b&gt;See&lt;/b&gt; you" in page
    assert f'src="{PATH}{one.id}/preview/"' in page


def test_preview_is_the_html_under_its_own_policy(client: Client, account: Account) -> None:
    one = message(account, html="<p>Hi<script>alert(1)</script></p>")
    response = client.get(f"{PATH}{one.id}/preview/")
    assert response.content.decode() == one.html
    assert response["Content-Security-Policy"].startswith(
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: https:"
    )
    assert "script-src" not in response["Content-Security-Policy"]


def test_calendar_file_is_downloaded_as_it_was_sent(client: Client, account: Account) -> None:
    one = message(account, ics="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", ics_method="CANCEL")
    response = client.get(f"{PATH}{one.id}/invite.ics")
    assert response.content.decode() == one.ics
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=CANCEL"
    assert client.get(f"{PATH}{message(account).id}/invite.ics").status_code == 404


def test_send_now_delivers_an_outbox_message_once_there_is_a_server(
    client: Client, account: Account, smtp_server: SmtpServer
) -> None:
    one = message(account, status="outbox")
    url = f"{PATH}{one.id}/"
    assert "Send now" not in client.get(url).content.decode()
    client.post(f"{url}sending/")
    assert Message.objects.get().status == "outbox"
    use_server(account, smtp_server)
    assert "Send now" in client.get(url).content.decode()
    assert client.post(f"{url}sending/").url == url
    client.post(f"{url}sending/")
    run_pending(now=NOW.replace(year=2100))
    assert len(smtp_server.messages) == 1
    assert Message.objects.get().status == "sent"


def test_failed_message_can_be_tried_again(client: Client, account: Account, smtp_server: SmtpServer) -> None:
    use_server(account, smtp_server)
    one = message(account, status="failed", error="550 no", attempts=1)
    client.post(f"{PATH}{one.id}/sending/")
    run_pending(now=NOW.replace(year=2100))
    assert (Message.objects.get().status, Message.objects.get().error) == ("sent", "")


def test_member_reads_only_what_belongs_to_granted_calendars_and_cannot_send(client: Client, account: Account) -> None:
    member = factories.member(account)
    mine, other = factories.calendar(account), factories.calendar(account)
    CalendarAccess.objects.create(calendar=mine, user=member, level="book")
    visible = message(account, booking_id=factories.booking(mine).id, status="failed")
    linked = message(account, link_id=factories.link(mine).id)
    hidden = [
        message(account, booking_id=factories.booking(other).id),
        message(account, link_id=factories.link(mine).id, kind="link.code"),
        message(account, kind="busy_source.failed"),
    ]
    client.force_login(member)
    assert listed(client) == [linked.id, visible.id]
    for one in hidden:
        for part in ("", "preview/", "invite.ics"):
            assert client.get(f"{PATH}{one.id}/{part}").status_code == 404
    assert client.get(f"{PATH}{visible.id}/").status_code == 200
    assert client.post(f"{PATH}{visible.id}/sending/").status_code == 403


@pytest.mark.parametrize("part", ["", "preview/", "invite.ics"])
def test_messages_of_another_account_are_not_found(client: Client, account: Account, part: str) -> None:
    theirs = message(factories.account(), ics="BEGIN:VCALENDAR")
    for key in (theirs.id, "not-an-id", uuid4()):
        assert client.get(f"{PATH}{key}/{part}").status_code == 404
    assert client.post(f"{PATH}{theirs.id}/sending/").status_code == 404


def test_member_who_may_only_look_sees_the_list_but_no_mail_with_its_links(client: Client, account: Account) -> None:
    member, calendar = factories.member(account), factories.calendar(account)
    CalendarAccess.objects.create(calendar=calendar, user=member, level="view")
    sent = message(account, booking_id=factories.booking(calendar).id, text="Manage it: /b/secret")
    client.force_login(member)
    assert listed(client) == [sent.id]
    for part in ("", "preview/", "invite.ics"):
        assert client.get(f"{PATH}{sent.id}/{part}").status_code == 403
