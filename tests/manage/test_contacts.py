"""Contacts in the signed-in area."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.calendars.models import CalendarAccess
from admitone.contacts.models import Contact
from admitone.events.models import Event

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/contacts/"
NOW = factories.NOW
TOMORROW = datetime(2026, 11, 3, 9, tzinfo=UTC)


def names(web: Client, query: str = "") -> list[str]:
    response = web.get(PATH + query)
    assert response.status_code == 200
    return [row.name for row in response.context["page"]]


def details(**fields: str) -> dict[str, str]:
    return {"name": "Ana Roth", "email": "Ana@Example.com", "phone": "", "timezone": "", "locale": "", **fields}


def test_list_without_contacts_offers_to_add_one(web: Client) -> None:
    page = web.get(PATH).content.decode()
    assert "No contacts yet" in page
    assert 'href="/app/north-clinic/contacts/new/"' in page
    assert "Nobody found" in web.get(f"{PATH}?q=x").content.decode()


def test_list_is_searched_and_sorted_without_erased_and_foreign_ones(web: Client, account: Account) -> None:
    factories.contact(account, name="Bob", phone="+49301234567", created_at=NOW - timedelta(days=1))
    factories.contact(account, name="Ana")
    factories.contact(account, name="Gone", erased_at=NOW)
    factories.contact(factories.account(), name="Foreign")
    assert names(web) == ["Ana", "Bob"]
    assert names(web, "?sort=name") == ["Ana", "Bob"]
    assert names(web, "?sort=-name") == ["Bob", "Ana"]
    assert names(web, "?sort=created") == ["Bob", "Ana"]
    assert names(web, "?q=ANA") == ["Ana"]
    assert names(web, "?q=030+12+34") == ["Bob"]
    assert names(web, "?q=%00&sort=x&page=x") == ["Ana", "Bob"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_statements_for_any_number_of_rows(
    web: Client, account: Account, django_assert_num_queries: Any, rows: int
) -> None:
    calendar = factories.calendar(account)
    for hour in range(rows):
        factories.booking(calendar, TOMORROW + timedelta(hours=hour))
    with django_assert_num_queries(13):
        web.get(PATH)


def test_csv_holds_the_search_with_formulas_neutralised(web: Client, account: Account) -> None:
    factories.contact(account, name="=cmd", email="a@example.com", phone="+4930123")
    factories.contact(account, name="Bob", email="b@other.example")
    text = web.get(f"{PATH}contacts.csv?q=a%40example").getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["name"], row["phone"]) for row in rows] == [("'=cmd", "'+4930123")]


def test_a_new_contact_is_stored_in_its_clean_form(web: Client) -> None:
    response = web.post(f"{PATH}new/", details(phone="030 1234567", timezone="Asia/Tokyo", locale="de"))
    contact = Contact.objects.get()
    assert response.url == f"{PATH}{contact.id}/"
    assert (contact.email, contact.email_key, contact.phone) == ("Ana@example.com", "ana@example.com", "+49301234567")
    assert (contact.timezone, contact.locale, contact.source) == ("Asia/Tokyo", "de", "by_hand")
    assert [event.kind for event in Event.objects.filter(subject_id=contact.id)] == ["contact.created"]


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"email": ""}, ["email"]),
        ({"email": "nobody"}, ["email"]),
        ({"phone": "abc", "timezone": "Mars/Base", "locale": "xx"}, ["locale", "phone", "timezone"]),
        ({"name": "x" * 201}, ["name"]),
    ],
)
def test_wrong_details_are_named_at_their_fields(web: Client, wrong: dict[str, str], fields: list[str]) -> None:
    response = web.post(f"{PATH}new/", details(**wrong))
    assert response.status_code == 422
    assert sorted(response.context["form"].errors) == fields
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("new", [{"email": "ANA@example.com"}, {"email": "", "phone": "+49 30 1234567"}])
def test_an_address_or_number_that_is_taken_leads_to_its_contact(
    web: Client, account: Account, new: dict[str, str]
) -> None:
    by_email = factories.contact(account, email="ana@example.com")
    by_phone = factories.contact(account, email="", email_key=None, phone="+49301234567")
    response = web.post(f"{PATH}new/", details(**new))
    assert response.status_code == 422
    other = by_email if new["email"] else by_phone
    assert f'href="{PATH}{other.id}/"' in response.content.decode()
    assert Contact.objects.count() == 2


def test_editing_changes_details_records_it_and_leaves_appointments_as_they_were(web: Client, account: Account) -> None:
    booking = factories.booking(factories.calendar(account), TOMORROW, name="Ana", email="ana@example.com")
    url = f"{PATH}{booking.contact_id}/"
    response = web.post(f"{url}edit/", details(email="new@example.com", timezone="Europe/Rome"))
    assert response.url == url
    contact = Contact.objects.get()
    assert (contact.name, contact.email_key, contact.timezone) == ("Ana Roth", "new@example.com", "Europe/Rome")
    booking.refresh_from_db()
    assert (booking.name, booking.email) == ("Ana", "ana@example.com")
    changed = Event.objects.get(kind="contact.changed")
    assert set(changed.facts["fields"]) >= {"name", "email", "timezone"}


def test_editing_without_a_change_records_nothing_and_a_taken_address_is_refused(web: Client, account: Account) -> None:
    one, other = factories.contact(account, name="Ana"), factories.contact(account)
    same = details(name="Ana", email=one.email)
    assert web.post(f"{PATH}{one.id}/edit/", same).status_code == 302
    assert Event.objects.filter(kind="contact.changed").count() == 0
    assert web.post(f"{PATH}{one.id}/edit/", details(email=other.email)).status_code == 422
    one.refresh_from_db()
    assert one.email != other.email


def test_detail_shows_appointments_links_and_the_way_to_new_ones(web: Client, account: Account) -> None:
    calendar = factories.calendar(account)
    booking = factories.booking(calendar, TOMORROW)
    link = factories.link(calendar, contact=booking.contact, label="VIP")
    response = web.get(f"{PATH}{booking.contact_id}/")
    page = response.content.decode()
    assert [row.id for row in response.context["bookings"]] == [booking.id]
    assert f'href="/app/north-clinic/links/{link.id}/"' in page
    assert f'href="/app/north-clinic/links/new/?contact={booking.contact_id}"' in page
    assert f'href="/app/north-clinic/bookings/new/?contact={booking.contact_id}"' in page


def test_member_sees_whom_they_meet_and_edits_nobody(web: Client, account: Account) -> None:
    member, mine, other = factories.member(account), factories.calendar(account), factories.calendar(account)
    CalendarAccess.objects.create(calendar=mine, user=member, level="view")
    met = factories.booking(mine, TOMORROW, name="Met").contact
    invited = factories.contact(account, name="Invited")
    factories.link(mine, contact=invited)
    hidden = factories.booking(other, TOMORROW, name="Hidden").contact
    web.force_login(member)
    assert names(web, "?sort=name") == ["Invited", "Met"]
    assert web.get(f"{PATH}{met.id}/").status_code == 200
    assert web.get(f"{PATH}{hidden.id}/").status_code == 404
    assert web.get(f"{PATH}{met.id}/edit/").status_code == 403
    assert web.post(f"{PATH}new/", details()).status_code == 403
    assert "Hidden" not in web.get(f"{PATH}contacts.csv").getvalue().decode()


def test_contacts_of_another_account_are_not_found(web: Client) -> None:
    theirs = factories.contact(factories.account())
    for key in (theirs.id, "not-an-id", uuid4()):
        assert web.get(f"{PATH}{key}/").status_code == 404
        assert web.post(f"{PATH}{key}/edit/", details()).status_code == 404
