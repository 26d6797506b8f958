"""Links that no longer book: a plain reason, a next step, and no way to the calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.public.conftest import DETAILS, LOCAL, Practice, Submit, form_of, minute, text_of

from admitone.accounts.models import Account
from admitone.events.models import Event
from admitone.links.models import LinkRequest
from admitone.links.services import revoke

TIME = "2026-11-03 09:00"


def dead_path(practice: Practice, submit: Submit, state: str) -> str:
    if state == "expired":
        return practice.path(at=practice.now - timedelta(days=3), expires_at=practice.now - timedelta(days=1))
    path = practice.path()
    if state == "used":
        submit(path, start=minute(TIME), **DETAILS)
    else:
        link = practice.account.one_time_links.get()
        revoke(account=practice.account, link_id=link.id, actor=practice.actor, now=practice.now)
    return path


@pytest.mark.parametrize(
    ("state", "heading"),
    [
        ("used", "This link has already been used"),
        ("expired", "This link has expired"),
        ("deleted", "This link has been withdrawn"),
    ],
)
def test_dead_link_says_why_and_gives_nothing_away(
    practice: Practice, submit: Submit, state: str, heading: str
) -> None:
    path = dead_path(practice, submit, state)
    answer = Client().get(path)
    html = answer.content.decode()
    assert (answer.status_code, heading in text_of(answer)) == (410, True)
    assert "Ask for a new link" in html
    slug, key = practice.calendar.slug, str(practice.calendar.id)
    secrets = [slug, practice.scheduling, key, 'name="start"', "<table", "Anna", "anna@", "3 Nov"]
    assert [word for word in secrets if word in html] == []


def test_used_link_names_whom_to_contact(practice: Practice, submit: Submit) -> None:
    text = text_of(Client().get(dead_path(practice, submit, "used")))
    assert "It worked for one booking. To book again, contact Dr Lime." in text
    assert "Is this your booking?" in text


def test_public_contact_is_shown_only_when_opted_in(practice: Practice, submit: Submit) -> None:
    path = dead_path(practice, submit, "used")
    assert "lime@example.com" not in Client().get(path).content.decode()
    Account.objects.update(public_email="desk@lime.example", public_phone="+4930123456")
    html = Client().get(path).content.decode()
    assert ("mailto:desk@lime.example" in html, "tel:+4930123456" in html) == (True, True)


def test_dead_link_takes_one_statement(
    practice: Practice, submit: Submit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = dead_path(practice, submit, "used")
    with django_assert_num_queries(1):
        Client().get(path)


def test_booking_through_a_dead_link_gets_its_page(practice: Practice, client: Client) -> None:
    path = practice.path()
    fields = {**form_of(client.get(path).content.decode()), "start": minute(TIME), **DETAILS}
    link = practice.account.one_time_links.get()
    revoke(account=practice.account, link_id=link.id, actor=practice.actor, now=practice.now)
    answer = client.post(path, fields, **LOCAL)
    assert (answer.status_code, "This link has been withdrawn" in text_of(answer)) == (410, True)


def test_link_that_is_not_open_yet_says_when(practice: Practice, client: Client) -> None:
    answer = client.get(practice.path(not_before=practice.now + timedelta(days=2)))
    assert answer.status_code == 200
    assert "It opens on Wed, 4 Nov, 10:00 ( Europe/Berlin )" in text_of(answer).replace(
        "(Europe/Berlin)", "( Europe/Berlin )"
    )
    assert 'name="start"' not in answer.content.decode()


def test_paused_calendar_shows_no_slots(practice: Practice, client: Client) -> None:
    from admitone.calendars.services import set_active

    path = practice.path()
    set_active(
        account=practice.account, calendar_id=practice.calendar.id, actor=practice.actor, now=practice.now, active=False
    )
    for address in (path, practice.scheduling):
        answer = client.get(address)
        assert (answer.status_code, "Bookings are paused" in text_of(answer)) == (200, True)
        assert 'name="start"' not in answer.content.decode()


def test_everything_unknown_has_one_answer(practice: Practice, client: Client) -> None:
    token = practice.path().removeprefix("/o/")
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    unknown = [
        "/o/x",
        f"/o/{forged}",
        f"/o/{token}x",
        f"/b/{token}",
        "/b/x",
        "/c/x",
        "/nobody/nothing",
        f"/o/{forged}/mine",
    ]
    unknown += ["/c/00000000-0000-4000-8000-000000000000", f"/{practice.account.slug}/nothing", f"/o/{forged}/thanks"]
    answers = [client.get(path) for path in unknown]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_request_for_a_new_link_reaches_the_owner_once_per_form(
    practice: Practice, client: Client, submit: Submit
) -> None:
    path = dead_path(practice, submit, "used")
    answer = Client().post(f"{path}/request", {**sealed(path), **DETAILS, "note": "Again, please"}, **LOCAL)
    assert answer.status_code == 303
    asked = LinkRequest.objects.get()
    assert (asked.kind, asked.email, asked.note) == ("new_link", "anna@example.com", "Again, please")
    thanks = client.get(answer["Location"])
    assert "Dr Lime will answer you by email." in text_of(thanks)


def test_request_with_wrong_fields_comes_back(practice: Practice, submit: Submit) -> None:
    path = dead_path(practice, submit, "used")
    answer = Client().post(f"{path}/request", {**sealed(path), "name": "Anna", "email": "no"}, **LOCAL)
    html = answer.content.decode()
    assert (answer.status_code, 'value="Anna"' in html, 'class="error-summary"' in html) == (422, True, True)
    assert LinkRequest.objects.count() == 0


def test_robots_in_the_trap_are_thanked_and_ignored(practice: Practice, submit: Submit) -> None:
    path = dead_path(practice, submit, "used")
    answer = Client().post(f"{path}/request", {**sealed(path), **DETAILS, "website": "http://spam"}, **LOCAL)
    assert (answer.status_code, LinkRequest.objects.count()) == (303, 0)


def test_my_booking_reads_the_same_whether_the_address_matches_or_not(practice: Practice, submit: Submit) -> None:
    path = dead_path(practice, submit, "used")
    before = Event.objects.filter(kind="one_time_link.booking_asked").count()
    answers = [
        Client().post(f"{path}/mine", {**sealed(path), "email": email}, **LOCAL)
        for email in ("ANNA@example.com", "stranger@example.com")
    ]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Event.objects.filter(kind="one_time_link.booking_asked").count() == before + 1


def test_asking_is_limited(practice: Practice, submit: Submit) -> None:
    path = dead_path(practice, submit, "used")
    fields = {**sealed(path), "email": "a@example.com"}
    codes = [Client().post(f"{path}/mine", fields, **LOCAL).status_code for _ in range(11)]
    assert codes == [303] * 10 + [429]


def test_get_of_an_asking_address_leads_back(practice: Practice, client: Client, submit: Submit) -> None:
    path = dead_path(practice, submit, "used")
    for part in ("request", "mine", "code"):
        assert client.get(f"{path}/{part}")["Location"] == path
    assert client.get(f"{path}/opened").status_code == 405


def sealed(path: str) -> dict[str, str]:
    fields = form_of(Client().get(path).content.decode())
    return {"form": fields["form"]}
