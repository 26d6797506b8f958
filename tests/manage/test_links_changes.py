"""Making, changing, deleting and sending one-time links through the pages, one by one and many at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from tests import factories
from tests.factories import NOW
from tests.manage.test_links import PATH, START, member, use

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import Account, User
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.events.models import Event
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.messaging.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return factories.account(slug="clinic", timezone="Europe/Berlin")


@pytest.fixture(autouse=True)
def owner(client: Client, account: Account, freeze: Any) -> User:
    user = factories.owner(account, name="Ada Lovelace", email="ada@clinic.example")
    client.force_login(user)
    return user


def fresh(link: OneTimeLink) -> OneTimeLink:
    return OneTimeLink.objects.get(id=link.id)


def kinds(link: OneTimeLink) -> list[str]:
    return list(Event.objects.filter(subject_id=link.id).order_by("subject_seq").values_list("kind", flat=True))


def create(client: Client, calendar: Calendar, **fields: Any) -> Any:
    return client.post(f"{PATH}new/", {"calendar": str(calendar.id), **fields})


def test_the_form_makes_a_link_with_everything(client: Client, calendar: Calendar, owner: User) -> None:
    response = create(
        client,
        calendar,
        name="Mia Winter",
        email="Mia@Example.com",
        contact_policy="refuse",
        expires_in="date",
        expires_at="2026-11-09T12:30",
        not_before="2026-11-03T08:00",
        max_uses="2",
        label="Second opinion",
        note="Bring the X-ray.",
        offered=[f"{START}-{START + 30}", f"{START + 60}-{START + 90}"],
    )
    link = OneTimeLink.objects.get()
    assert response.url == f"{PATH}{link.id}/?made=1"
    assert (link.calendar_id, link.created_by_id, link.contact.email, link.contact.name) == (
        calendar.id,
        owner.id,
        "Mia@example.com",
        "Mia Winter",
    )
    assert (link.contact_policy, link.max_uses, link.label, link.note) == (
        "refuse",
        2,
        "Second opinion",
        "Bring the X-ray.",
    )
    assert link.expires_at == datetime(2026, 11, 9, 11, 30, tzinfo=UTC)
    assert link.not_before == datetime(2026, 11, 3, 7, tzinfo=UTC)
    assert link.offered == [[START, START + 30], [START + 60, START + 90]]
    assert "The link is ready" in client.get(response.url).content.decode()


def test_an_empty_form_makes_a_plain_link(client: Client, calendar: Calendar) -> None:
    assert create(client, calendar).status_code == 302
    link = OneTimeLink.objects.get()
    assert (link.contact, link.expires_at, link.offered, link.max_uses, link.contact_policy) == (
        None,
        None,
        None,
        1,
        "prefill",
    )


def test_a_known_contact_is_used_again(client: Client, calendar: Calendar) -> None:
    known = factories.contact(calendar.account, email="mia@example.com", name="Mia")
    create(client, calendar, email="MIA@example.com", name="Somebody else", expires_in="7")
    link = OneTimeLink.objects.get()
    assert (link.contact_id, link.contact.name, link.expires_at) == (known.id, "Mia", NOW + timedelta(days=7))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "not an address"}, "Enter an email address like name@example.com."),
        ({"name": "Only a name"}, "Enter an email address or a phone number"),
        ({"phone": "abc"}, "Enter a phone number with its country code"),
        ({"expires_in": "date"}, "Choose the date and time."),
        ({"expires_in": "date", "expires_at": "2020-01-01T10:00"}, "Choose a time in the future."),
        ({"expires_in": "date", "expires_at": "9999-12-31T23:59"}, "Choose a date within reach."),
        ({"expires_in": "1", "not_before": "2026-12-24T10:00"}, "The link would expire before it opens."),
        ({"max_uses": "5000"}, "less than or equal to 1000"),
        ({"phone": "+493012345678", "contact_policy": "verify"}, "needs a contact with an email address"),
        ({"offered": "29000000-29000030"}, "All the offered times are over."),
        ({"offered": "drop table"}, "Choose from the times that are shown."),
        ({"label": "x" * 121}, "at most 120 characters"),
        ({"contact_policy": "none"}, "Select a valid choice"),
    ],
)
def test_what_could_never_work_is_refused_in_words(
    client: Client, calendar: Calendar, fields: dict[str, str], sentence: str
) -> None:
    response = create(client, calendar, **fields)
    assert response.status_code == 422
    assert sentence in response.content.decode().replace("&#x27;", "'")
    assert (OneTimeLink.objects.count(), Contact.objects.count()) == (0, 0)


def test_another_accounts_calendar_cannot_be_chosen(client: Client, calendar: Calendar) -> None:
    foreign = factories.calendar(factories.account())
    assert create(client, foreign).status_code == 422
    assert client.get(f"{PATH}times/", {"calendar": str(foreign.id)}).status_code == 404
    assert OneTimeLink.objects.count() == 0


def test_turning_the_page_of_times_keeps_what_was_typed_and_ticked(client: Client, calendar: Calendar) -> None:
    text = create(client, calendar, label="Kept", offered=f"{START}-{START + 30}", times_from="2026-11-16")
    page = text.content.decode()
    assert (text.status_code, OneTimeLink.objects.count()) == (200, 0)
    assert f'value="{START}-{START + 30}" checked' in page
    assert 'value="Kept"' in page
    assert "Mon, 16 Nov" in page and "Wed, 4 Nov" not in page


def test_times_are_the_calendars_open_slots_in_the_accounts_zone(client: Client, calendar: Calendar) -> None:
    factories.booking(calendar, NOW + timedelta(days=1))
    page = client.get(f"{PATH}times/", {"calendar": str(calendar.id)}).content.decode()
    assert f'value="{START + 30}-{START + 60}"' in page
    assert f'value="{START}-{START + 30}"' not in page
    assert ">10:30<" in page


def test_delete_offers_undo_and_undo_brings_the_link_back(client: Client, calendar: Calendar) -> None:
    link = factories.link(calendar)
    page = client.post(f"{PATH}{link.id}/removal/", {"next": PATH}, follow=True).content.decode()
    assert fresh(link).deleted_at == NOW
    assert f'action="{PATH}{link.id}/restoration/"' in page
    client.post(f"{PATH}{link.id}/restoration/")
    assert fresh(link).deleted_at is None
    assert kinds(link) == ["one_time_link.deleted", "one_time_link.restored"]


def test_a_used_link_can_neither_be_deleted_nor_restored_nor_extended(client: Client, calendar: Calendar) -> None:
    link = factories.link(calendar)
    use(link)
    for action in ("removal/", "restoration/", "extension/"):
        assert client.post(f"{PATH}{link.id}/{action}").status_code == 409
    used = fresh(link)
    assert (used.uses, used.deleted_at, used.expires_at) == (1, None, None)
    assert client.get(f"{PATH}{link.id}/send/").status_code == 409


def test_next_leads_nowhere_else(client: Client, calendar: Calendar) -> None:
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        response = client.post(f"{PATH}{factories.link(calendar).id}/removal/", {"next": wanted})
        assert response.url == PATH


def test_an_expired_link_is_extended_from_now(client: Client, calendar: Calendar) -> None:
    link = factories.link(calendar, expires_at=NOW - timedelta(days=3))
    client.post(f"{PATH}{link.id}/extension/", {"days": "7"})
    assert fresh(link).expires_at == NOW + timedelta(days=7)
    assert client.post(f"{PATH}{link.id}/extension/", {"days": "0"}).status_code == 422


def test_edit_changes_terms_of_an_unused_link_and_words_of_a_used_one(client: Client, calendar: Calendar) -> None:
    link, used = factories.link(calendar), factories.link(calendar)
    use(used)
    form = {"label": "New", "note": "Hi", "expires_at": "2026-11-05T10:00", "not_before": "", "max_uses": "3"}
    assert client.post(f"{PATH}{link.id}/edit/", form).status_code == 302
    changed = fresh(link)
    assert (changed.label, changed.expires_at, changed.max_uses) == ("New", datetime(2026, 11, 5, 9, tzinfo=UTC), 3)
    assert client.post(f"{PATH}{used.id}/edit/", form).status_code == 302
    assert (fresh(used).label, fresh(used).expires_at, fresh(used).max_uses) == ("New", None, 1)
    bad = client.post(f"{PATH}{link.id}/edit/", {**form, "expires_at": "2020-01-01T10:00"})
    assert (bad.status_code, "Choose a time in the future." in bad.content.decode()) == (422, True)


def test_send_mails_the_edited_words_and_shows_in_the_history(client: Client, calendar: Calendar) -> None:
    link = factories.link(calendar, contact=factories.contact(calendar.account, name="Mia", email="mia@example.com"))
    page = client.get(f"{PATH}{link.id}/send/").content.decode()
    assert 'value="mia@example.com"' in page
    assert "Hello Mia," in page and "sms:?&amp;body=Please%20choose" in page
    words = {"to": "mia@example.com", "subject": "Your time", "body": f"Here: {one_time_url(link.id)}"}
    response = client.post(f"{PATH}{link.id}/send/", words)
    assert response.url == f"{PATH}{link.id}/"
    sent = Message.objects.get()
    assert (sent.to, sent.subject, sent.reply_to, sent.link_id) == (
        "mia@example.com",
        "Your time",
        "ada@clinic.example",
        link.id,
    )
    assert "Sent by email: mia@example.com" in client.get(f"{PATH}{link.id}/").content.decode()


def test_a_mail_that_lost_its_link_is_not_sent(client: Client, calendar: Calendar) -> None:
    link = factories.link(calendar)
    response = client.post(f"{PATH}{link.id}/send/", {"to": "mia@example.com", "subject": "Hi", "body": "No link"})
    assert (response.status_code, Message.objects.count()) == (422, 0)
    assert "The text has to contain the link." in response.content.decode()


def test_reissue_makes_a_new_link_on_the_old_terms(client: Client, calendar: Calendar) -> None:
    old = factories.link(calendar, label="Follow-up", expires_at=NOW - timedelta(days=1))
    response = client.post(f"{PATH}{old.id}/reissue/")
    new = OneTimeLink.objects.exclude(id=old.id).get()
    assert response.url == f"{PATH}{new.id}/?made=1"
    assert (new.label, new.replaces_id, new.source_kind) == ("Follow-up", old.id, "reissue")
    assert "a newer link" in client.get(f"{PATH}{old.id}/").content.decode()


def bulk(client: Client, do: str, ids: list[Any] = (), query: str = "", **fields: Any) -> Any:  # type: ignore[assignment]
    return client.post(f"{PATH}bulk/{query}", {"do": do, "ids": [str(each) for each in ids], **fields}, follow=True)


def test_bulk_delete_keeps_used_links_and_undo_restores_exactly_that_deletion(
    client: Client, calendar: Calendar
) -> None:
    links = [factories.link(calendar) for _ in range(3)]
    before = factories.link(calendar, deleted_at=NOW - timedelta(days=1))
    use(links[0])
    page = bulk(client, "delete", [link.id for link in [*links, before]]).content.decode()
    assert "2 links are deleted. 2 stay: they are used or were deleted before." in page
    assert [fresh(link).deleted_at for link in links] == [None, NOW, NOW]
    assert kinds(links[1]) == ["one_time_link.deleted"]
    client.post(f"{PATH}restoration/", {"deleted_at": NOW.isoformat()})
    assert [fresh(link).deleted_at for link in [*links, before]] == [None, None, None, NOW - timedelta(days=1)]


def test_all_matching_takes_the_filters_and_not_the_ticks(client: Client, calendar: Calendar) -> None:
    wanted = [factories.link(calendar, label="Old batch") for _ in range(2)]
    other = factories.link(calendar, label="Keep")
    bulk(client, "delete", [other.id], "?q=Old+batch&status=active", all_matching="1")
    assert ([fresh(link).deleted_at for link in wanted], fresh(other).deleted_at) == ([NOW, NOW], None)


def test_all_matching_within_a_calendar_stays_within_it(client: Client, account: Account, calendar: Calendar) -> None:
    mine, other = factories.link(calendar), factories.link(factories.calendar(account))
    bulk(client, "delete", [], f"?within={calendar.id}", all_matching="1")
    assert (fresh(mine).deleted_at, fresh(other).deleted_at) == (NOW, None)


def test_bulk_extend_moves_expiries_and_leaves_the_rest(client: Client, calendar: Calendar) -> None:
    soon = factories.link(calendar, expires_at=NOW + timedelta(days=1))
    over = factories.link(calendar, expires_at=NOW - timedelta(days=1))
    never = factories.link(calendar)
    page = bulk(client, "extend", [soon.id, over.id, never.id], days="14").content.decode()
    assert "2 links expire 14 days later. 1 stays as it is" in page
    assert [fresh(link).expires_at for link in (soon, over, never)] == [
        NOW + timedelta(days=15),
        NOW + timedelta(days=14),
        None,
    ]
    assert bulk(client, "extend", [soon.id], days="99999").status_code == 422


def test_bulk_copy_is_text_for_the_script_and_a_page_without_it(client: Client, calendar: Calendar) -> None:
    links = [factories.link(calendar), factories.link(calendar, created_at=NOW - timedelta(hours=1))]
    ids = {"do": "copy", "ids": [str(link.id) for link in links]}
    text = client.post(f"{PATH}bulk/", ids, HTTP_ACCEPT="text/plain").content.decode()
    assert text.split("\n") == [one_time_url(link.id) for link in links]
    assert one_time_url(links[0].id) in client.post(f"{PATH}bulk/", ids).content.decode()


def test_bulk_csv_holds_the_ticked_links(client: Client, calendar: Calendar) -> None:
    one, two = factories.link(calendar, label="one"), factories.link(calendar, label="two")
    answer = client.post(f"{PATH}bulk/", {"do": "csv", "ids": [str(one.id)]})
    text = b"".join(answer.streaming_content).decode()
    assert (str(one.id) in text, str(two.id) in text) == (True, False)


@pytest.mark.parametrize("do", ["delete", "extend"])
def test_bulk_never_reaches_another_account_or_an_unmanaged_calendar(
    client: Client, account: Account, calendar: Calendar, do: str
) -> None:
    foreign = factories.link(factories.calendar(factories.account()), expires_at=NOW + timedelta(days=1))
    mine = factories.link(calendar, expires_at=NOW + timedelta(days=1))
    assert "Nothing was selected." in bulk(client, do, [foreign.id]).content.decode()
    assert "Nothing was selected." in bulk(member(account, calendar, "book"), do, [mine.id]).content.decode()
    assert "Nothing was selected." in bulk(client, do, ["not-an-id"]).content.decode()
    assert "Nothing was selected." in bulk(client, "explode", [mine.id]).content.decode()
    for link in (foreign, mine):
        assert (fresh(link).deleted_at, fresh(link).expires_at) == (None, NOW + timedelta(days=1))
    member(account, calendar, "view").post(f"{PATH}restoration/", {"deleted_at": NOW.isoformat()})


def test_undo_of_a_bulk_deletion_does_not_reach_another_account(client: Client, calendar: Calendar) -> None:
    foreign = factories.link(factories.calendar(factories.account()), deleted_at=NOW)
    for raw in (NOW.isoformat(), "nonsense", "", "2026-13-45T00:00:00Z"):
        assert client.post(f"{PATH}restoration/", {"deleted_at": raw}).status_code == 302
    assert fresh(foreign).deleted_at == NOW


def test_looking_at_links_changes_nothing(client: Client, calendar: Calendar) -> None:
    link = factories.link(calendar)
    before = (OneTimeLink.objects.values().get(), Event.objects.count())
    for path in ("", "new/", f"{link.id}/", f"{link.id}/send/", f"{link.id}/edit/", "export.csv"):
        assert client.get(f"{PATH}{path}").status_code == 200
    assert (OneTimeLink.objects.values().get(), Event.objects.count()) == before


def test_mail_is_queued_once_the_page_said_so(client: Client, calendar: Calendar) -> None:
    link = factories.link(calendar)
    words = {"to": "mia@example.com", "subject": "Your time", "body": one_time_url(link.id)}
    page = client.post(f"{PATH}{link.id}/send/", words, HTTP_HX_REQUEST="true").content.decode()
    assert "Kept in Messages for mia@example.com" in page
    run_pending(now=NOW)
    assert (len(mail.outbox), Message.objects.get().status) == (0, "outbox")
