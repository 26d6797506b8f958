"""Duplicates, merging and erasing in the signed-in area."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.contacts.models import Contact

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/contacts/"
NOW = factories.NOW


def test_duplicates_share_a_number_or_a_name_with_a_like_address(web: Client, account: Account) -> None:
    old = {"created_at": NOW - timedelta(days=1)}
    first = factories.contact(account, name="Ana", phone="+4930123456", **old)
    same_number = factories.contact(account, name="A. Roth", phone="+4930123456")
    bob = factories.contact(account, name="Bob Hill", email="bob@example.com", **old)
    typo = factories.contact(account, name="bob hill", email="bob@exmaple.com")
    factories.contact(account, name="Bob Hill", email="robert.hill.senior@elsewhere.org")
    factories.contact(factories.account(), name="Ana", phone="+4930123456")
    found = web.get(f"{PATH}duplicates/").context["pairs"]
    assert [(one.keep, one.drop, one.reason) for one in found] == [(first, same_number, "phone"), (bob, typo, "name")]


def test_without_duplicates_the_page_says_so(web: Client) -> None:
    assert "No duplicates found" in web.get(f"{PATH}duplicates/").content.decode()


def test_other_contact_is_searched_and_shown_side_by_side(web: Client, account: Account) -> None:
    ana = factories.contact(account, name="Ana Roth", email="ana@example.com")
    other = factories.contact(account, name="Ana Roth", email="roth@example.com", phone="+4930123456")
    page = web.get(f"{PATH}{ana.id}/merge/").content.decode()
    assert f'href="?with={other.id}"' in page
    page = web.get(f"{PATH}{ana.id}/merge/?with={other.id}").content.decode()
    assert 'name="choice:email" value="keep"' in page
    assert 'name="choice:phone"' not in page
    assert "cannot be undone" in page


def test_merging_takes_the_chosen_values_and_leads_to_the_kept_one(web: Client, account: Account) -> None:
    ana, other = factories.contact(account, name="Ana"), factories.contact(account, name="Ana Roth")
    response = web.post(f"{PATH}{ana.id}/merge/", {"with": str(other.id), "choice:name": "drop"})
    assert response.url == f"{PATH}{ana.id}/"
    ana.refresh_from_db()
    assert (ana.name, Contact.objects.get(erased_at=None)) == ("Ana Roth", ana)


def test_merging_with_itself_or_a_foreign_contact_is_refused(web: Client, account: Account) -> None:
    ana, foreign = factories.contact(account), factories.contact(factories.account())
    assert web.post(f"{PATH}{ana.id}/merge/", {"with": str(ana.id)}).url == f"{PATH}{ana.id}/merge/"
    assert web.post(f"{PATH}{ana.id}/merge/", {"with": str(foreign.id)}).status_code == 404
    assert web.get(f"{PATH}{ana.id}/merge/?with={foreign.id}").status_code == 404


def test_erasing_names_what_goes_and_asks_for_appointments(web: Client, account: Account) -> None:
    booked = factories.booking(factories.calendar(account), NOW + timedelta(days=1)).contact
    page = web.get(f"{PATH}{booked.id}/erasure/").content.decode()
    assert "1 appointment is ahead" in page
    assert web.post(f"{PATH}{booked.id}/erasure/").status_code == 409
    assert web.post(f"{PATH}{booked.id}/erasure/", {"cancel_appointments": "on"}).url == PATH
    booked.refresh_from_db()
    assert booked.erased_at == NOW
    assert web.get(f"{PATH}{booked.id}/").status_code == 404


def test_their_data_is_a_json_file(web: Client, account: Account) -> None:
    ana = factories.contact(account, name="Ana")
    response = web.get(f"{PATH}{ana.id}/data.json")
    assert response["Content-Disposition"] == f'attachment; filename="contact-{ana.id}.json"'
    assert json.loads(response.content)["contact"]["name"] == "Ana"
