"""Filters of the list and what is done with many at once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.contacts import bulk, queries
from admitone.contacts.models import Contact, ContactTag
from admitone.events.models import Event

pytestmark = pytest.mark.django_db
PATH = "/app/north-clinic/contacts/"
NOW = factories.NOW


@pytest.fixture
def three(account: Account) -> list[Contact]:
    return [factories.contact(account, name=name) for name in ("Ana", "Bob", "Cy")]


def names(web: Client, query: str) -> list[str]:
    return [row.name for row in web.get(PATH + query).context["page"]]


def test_filters_of_the_address(web: Client, account: Account, three: list[Contact]) -> None:
    ana, bob, cy = three
    factories.custom_field(account, label="Size", kind="number")
    owner = factories.member(account)
    Contact.objects.filter(id=ana.id).update(owner=owner, custom={"size": 38})
    Contact.objects.filter(id=bob.id).update(created_at=NOW - timedelta(days=40), email="", email_key=None, phone="+1")
    factories.booking(factories.calendar(account), NOW + timedelta(days=1), email=cy.email)
    cases = {
        f"?owner={owner.id}": ["Ana"],
        f"?tag={factories.tag(bob).id}": ["Bob"],
        "?field=size&value=38": ["Ana"],
        "?upcoming=yes": ["Cy"],
        "?upcoming=no&sort=name": ["Ana", "Bob"],
        "?missing=email": ["Bob"],
        "?to=2026-10-01": ["Bob"],
        "?from=2026-11-02&to=2026-11-02&sort=name": ["Ana", "Cy"],
        "?from=x&missing=x&owner=x&field=%27&sort=name": ["Ana", "Bob", "Cy"],
    }
    assert {query: names(web, query) for query in cases} == cases


def test_ticked_contacts_are_tagged_and_untagged(web: Client, three: list[Contact]) -> None:
    ids = [str(one.id) for one in three[:2]]
    for _ in range(2):
        web.post(f"{PATH}bulk/", {"do": "tag", "tag": "VIP", "ids": ids})
    assert (ContactTag.objects.count(), Event.objects.filter(kind="tag.added").count()) == (2, 2)
    web.post(f"{PATH}bulk/", {"do": "untag", "tag": "vip", "ids": ids[:1]})
    assert [tag.contact for tag in ContactTag.objects.all()] == [three[1]]
    assert Event.objects.filter(kind="tag.removed").count() == 1


def test_all_that_match_are_meant_on_request(web: Client, three: list[Contact]) -> None:
    response = web.post(f"{PATH}bulk/?q=ana", {"do": "tag", "tag": "A", "all_matching": "1", "ids": [str(three[2].id)]})
    assert response.url == f"{PATH}?q=ana"
    assert [tag.contact.name for tag in ContactTag.objects.all()] == ["Ana"]


def test_owner_is_assigned_to_many(web: Client, account: Account, three: list[Contact]) -> None:
    owner, ids = factories.member(account), [str(one.id) for one in three]
    web.post(f"{PATH}bulk/", {"do": "assign", "owner": str(owner.id), "ids": ids})
    assert Contact.objects.filter(owner=owner).count() == 3
    web.post(f"{PATH}bulk/", {"do": "assign", "owner": str(factories.user().id), "ids": ids})
    web.post(f"{PATH}bulk/", {"do": "assign", "owner": "", "ids": ids})
    assert Contact.objects.filter(owner=owner).count() == 3
    web.post(f"{PATH}bulk/", {"do": "assign", "owner": "nobody", "ids": ids[:1]})
    assert Contact.objects.filter(owner=owner).count() == 2


def test_erasing_many_asks_first_and_leaves_who_has_appointments(
    web: Client, account: Account, three: list[Contact]
) -> None:
    factories.booking(factories.calendar(account), NOW + timedelta(days=1), email=three[0].email)
    ids = [str(one.id) for one in three]
    asked = web.post(f"{PATH}bulk/", {"do": "erase", "ids": ids})
    assert (asked.status_code, Contact.objects.filter(erased_at=None).count()) == (200, 3)
    web.post(f"{PATH}bulk/", {"do": "erase", "confirmed": "1", "ids": ids})
    assert list(Contact.objects.filter(erased_at=None)) == [three[0]]


def test_ticked_contacts_are_handed_to_the_choice_of_a_workflow(web: Client, three: list[Contact]) -> None:
    response = web.post(f"{PATH}bulk/?q=ana", {"do": "enroll", "all_matching": "1"})
    assert [one.name for one in response.context["chosen"]] == ["Ana"]


def test_nothing_selected_and_unknown_acts_change_nothing(web: Client, three: list[Contact]) -> None:
    for data in ({"do": "tag", "tag": "x"}, {"do": "x", "ids": [str(three[0].id)]}, {"do": "tag", "ids": ["x"]}):
        assert web.post(f"{PATH}bulk/", data).url == PATH
    assert web.post(f"{PATH}bulk/", {"do": "tag", "tag": " ", "ids": [str(three[0].id)]}).url == PATH
    assert ContactTag.objects.count() == 0


def test_foreign_contacts_and_members_change_nothing(web: Client, account: Account) -> None:
    foreign = factories.contact(factories.account())
    web.post(f"{PATH}bulk/", {"do": "tag", "tag": "x", "ids": [str(foreign.id)]})
    web.force_login(factories.member(account))
    assert web.post(f"{PATH}bulk/", {"do": "tag", "tag": "x", "ids": [str(foreign.id)]}).status_code == 403
    assert ContactTag.objects.count() == 0


def test_too_many_at_once_are_refused(web: Client, three: list[Contact], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    page = web.post(f"{PATH}bulk/", {"do": "tag", "tag": "x", "all_matching": "1"}, follow=True).content.decode()
    assert "at most 2 contacts" in page
    assert ContactTag.objects.count() == 0


def test_csv_carries_owner_tags_and_custom_values(web: Client, account: Account, three: list[Contact]) -> None:
    factories.custom_field(account, label="Dog", kind="checkbox")
    Contact.objects.filter(id=three[0].id).update(
        owner=factories.member(account, email="o@example.com"), custom={"dog": True}
    )
    for tag in ("VIP", "=New"):
        factories.tag(three[0], tag)
    text = web.post(f"{PATH}bulk/", {"do": "csv", "ids": [str(three[0].id)]}).getvalue().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["owner"], row["tags"], row["Dog"]) == ("o@example.com", "'=New, VIP", "yes")


@pytest.mark.parametrize("rows", [1, 3])
def test_csv_takes_the_same_statements_for_any_number_of_rows(
    web: Client, account: Account, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        factories.tag(factories.contact(account))
    with django_assert_num_queries(6):
        web.get(f"{PATH}contacts.csv").getvalue()


def test_tag_of_everybody_is_one_tag(account: Account, three: list[Contact]) -> None:
    for contact in three:
        factories.tag(contact, "Same")
    assert [(tag.name, tag.worn) for tag in queries.tags(account)] == [("Same", 3)]
