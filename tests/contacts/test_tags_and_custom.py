"""Tags and custom values of contacts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.contacts import queries, services
from admitone.contacts.models import Contact
from admitone.events import GUEST, SYSTEM
from admitone.events.models import Event
from admitone.forms.services import create_form, submit, update_form
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def contact(account: Account) -> Contact:
    return factories.contact(account)


def who(contact: Contact) -> dict[str, Any]:
    return {"account": contact.account, "contact_id": contact.id, "actor": SYSTEM, "now": NOW}


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def names(contact: Contact) -> list[str]:
    return [tag.name for tag in queries.tags_of(contact)]


def test_tag_is_added_once_whatever_its_capitals(contact: Contact) -> None:
    first = services.add_tag(**who(contact), tag=" VIP ")
    assert services.add_tag(**who(contact), tag="vip") == services.add_tag(**who(contact), tag=str(first.id)) == first
    assert (names(contact), kinds()) == (["VIP"], ["tag.added"])
    event = Event.objects.get()
    assert (event.subject_kind, event.facts) == ("contact", {"contact": str(contact.id), "tag": str(first.id)})


def test_tag_is_removed_once(contact: Contact) -> None:
    services.add_tag(**who(contact), tag="VIP")
    assert [services.remove_tag(**who(contact), tag="vip") for _ in range(2)] == [True, False]
    assert (names(contact), kinds()) == ([], ["tag.added", "tag.removed"])


def test_tags_are_counted_and_filter_the_list(account: Account, contact: Contact) -> None:
    factories.contact(account)
    tag = services.add_tag(**who(contact), tag="VIP")
    assert [(one.name, one.worn) for one in queries.tags(account)] == [("VIP", 1)]
    assert list(queries.listing(account, tag=tag.id)) == [contact]


@pytest.mark.parametrize(
    ("tag", "code"), [("", "invalid"), ("x" * 61, "invalid"), ("01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f", "not_found")]
)
def test_wrong_tag_is_refused(contact: Contact, tag: str, code: str) -> None:
    with pytest.raises(Problem) as problem:
        services.add_tag(**who(contact), tag=tag)
    assert problem.value.code == code


def test_another_accounts_tag_and_contact_are_not_found(contact: Contact) -> None:
    theirs = factories.tag(factories.contact(factories.account()))
    for call in ({**who(contact), "tag": theirs.id}, {**who(contact), "contact_id": uuid4(), "tag": "VIP"}):
        with pytest.raises(Problem) as problem:
            services.add_tag(**call)
        assert problem.value.code == "not_found"


def test_custom_values_are_set_changed_and_taken_away(account: Account, contact: Contact) -> None:
    factories.custom_field(account, label="Shoe size", kind="number")
    factories.custom_field(account, label="Pet", kind="choice", options=["Cat", "Dog"])
    services.set_custom(**who(contact), values={"shoe_size": "38", "pet": "Dog"})
    services.set_custom(**who(contact), values={"shoe_size": 38})
    services.set_custom(**who(contact), values={"pet": None})
    contact.refresh_from_db()
    assert contact.custom == {"shoe_size": 38}
    changes = Event.objects.filter(kind="contact.changed").order_by("id")
    assert [event.facts["fields"] for event in changes] == [["custom.pet", "custom.shoe_size"], ["custom.pet"]]


def test_wrong_custom_values_are_named(account: Account, contact: Contact) -> None:
    factories.custom_field(account, label="Shoe size", kind="number")
    with pytest.raises(Problem) as problem:
        services.set_custom(**who(contact), values={"shoe_size": "big", "hat": "1"})
    assert sorted(problem.value.fields) == ["hat", "shoe_size"]


def test_custom_field_keeps_its_key_through_its_life(account: Account) -> None:
    field = factories.custom_field(account, label="Shoe size", kind="number")
    by: dict[str, Any] = {"account": account, "field_id": field.id, "actor": SYSTEM, "now": NOW}
    services.update_field(**by, label="Size of shoes")
    services.delete_field(**by)
    assert list(queries.custom_fields(account)) == []
    services.restore_field(**by)
    assert [(one.key, one.label) for one in queries.custom_fields(account)] == [("shoe_size", "Size of shoes")]
    assert kinds() == [f"custom_field.{verb}" for verb in ("created", "changed", "deleted", "restored")]
    assert factories.custom_field(account, label="Shoe size").key == "shoe_size_2"


@pytest.mark.parametrize(
    "wrong", [{"label": " "}, {"kind": "colour"}, {"kind": "choice"}, {"key": "No"}, {"key": "taken"}]
)
def test_wrong_custom_field_is_refused(account: Account, wrong: dict[str, Any]) -> None:
    factories.custom_field(account, key="taken")
    with pytest.raises(Problem) as problem:
        factories.custom_field(account, **wrong)
    assert problem.value.code == "invalid"


def test_form_fills_custom_fields(account: Account) -> None:
    factories.custom_field(account, label="Pet")
    fields = [
        {"label": "Email", "kind": "email", "maps_to": "email"},
        {"label": "Your pet", "maps_to": "custom:pet"},
    ]
    form = create_form(account=account, actor=SYSTEM, now=NOW, name="Pets", fields=fields)
    answers = {"email": "a@example.com", "your_pet": "Rex"}
    made = submit(form=form, answers=answers, meta={}, actor=GUEST, now=NOW)
    assert Contact.objects.get(id=made.contact_id).custom == {"pet": "Rex"}
    assert kinds()[-3:] == ["contact.created", "contact.changed", "form.submitted"]


def test_form_cannot_fill_a_custom_field_that_is_not_there(account: Account) -> None:
    form = factories.form(account)
    with pytest.raises(Problem) as problem:
        update_form(
            account=account,
            form_id=form.id,
            actor=SYSTEM,
            now=NOW,
            fields=[*form.fields, {"label": "Pet", "maps_to": "custom:pet"}],
        )
    assert list(problem.value.fields) == ["fields.3.maps_to"]
