"""Notes, tasks and owners of contacts."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from tests import factories

from admitone.accounts.models import Account, AgencyAdmin
from admitone.contacts import services
from admitone.contacts.models import Contact, Note, Task
from admitone.events import SYSTEM, Actor
from admitone.events.models import Event
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW
WHO = {"actor": SYSTEM, "now": NOW}


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def contact(account: Account) -> Contact:
    return factories.contact(account)


def told() -> list[tuple[str, dict[str, object]]]:
    return list(Event.objects.order_by("id").values_list("kind", "facts"))


def test_note_is_kept_and_told_by_id(account: Account, contact: Contact) -> None:
    note = services.add_note(
        account=account, contact_id=contact.id, text=" Called.\r\nAgain ", actor=Actor("user", "7"), now=NOW
    )
    assert (note.text, note.by) == ("Called.\nAgain", "user:7")
    assert told() == [("note.added", {"contact": str(contact.id), "note": str(note.id)})]


@pytest.mark.parametrize("text", ["", " \n ", "x" * 4001])
def test_note_without_or_with_too_much_text_is_refused(account: Account, contact: Contact, text: str) -> None:
    with pytest.raises(Problem) as caught:
        services.add_note(account=account, contact_id=contact.id, text=text, **WHO)
    assert (list(caught.value.fields), Note.objects.count()) == (["text"], 0)


def test_task_is_finished_once(account: Account, contact: Contact) -> None:
    owner = factories.member(account)
    task = services.add_task(
        account=account, contact_id=contact.id, title="Call", due_at=NOW + timedelta(days=1), owner_id=owner.id, **WHO
    )
    assert (task.owner, task.due_at, task.done_at) == (owner, NOW + timedelta(days=1), None)
    for later in (1, 2):
        done = services.finish_task(account=account, task_id=task.id, actor=SYSTEM, now=NOW + timedelta(hours=later))
    facts = {"contact": str(contact.id), "task": str(task.id)}
    assert (done.done_at, told()) == (NOW + timedelta(hours=1), [("task.added", facts), ("task.done", facts)])


def test_owner_is_somebody_of_the_team(account: Account, contact: Contact) -> None:
    member, admin = factories.member(account), factories.user()
    AgencyAdmin.objects.create(agency=account.agency, user=admin)
    for user in (member, admin):
        services.assign_owner(account=account, contact_id=contact.id, user_id=user.id, **WHO)
        services.assign_owner(account=account, contact_id=contact.id, user_id=str(user.id), **WHO)
        contact.refresh_from_db()
        assert contact.owner == user
    services.assign_owner(account=account, contact_id=contact.id, user_id=None, **WHO)
    contact.refresh_from_db()
    facts = {"contact": str(contact.id), "fields": ["owner"]}
    assert (contact.owner, told()) == (None, [("contact.changed", facts)] * 3)


def test_strangers_own_nothing(account: Account, contact: Contact) -> None:
    stranger, gone = factories.member(factories.account()), factories.member(account, is_active=False)
    of = {"account": account, "contact_id": contact.id, **WHO}
    for user_id in (stranger.id, gone.id, uuid4(), "nonsense"):
        with pytest.raises(Problem) as assigned:
            services.assign_owner(**of, user_id=user_id)
        with pytest.raises(Problem) as added:
            services.add_task(**of, title="x", owner_id=user_id)
        assert list(assigned.value.fields) == list(added.value.fields) == ["owner"]
    assert Task.objects.count() == 0


def test_rows_of_another_account_are_not_found(account: Account, contact: Contact) -> None:
    other = factories.account()
    task = services.add_task(account=account, contact_id=contact.id, title="Call", **WHO)
    for attempt in (
        lambda: services.add_note(account=other, contact_id=contact.id, text="x", **WHO),
        lambda: services.add_task(account=other, contact_id=contact.id, title="x", **WHO),
        lambda: services.finish_task(account=other, task_id=task.id, **WHO),
        lambda: services.finish_task(account=account, task_id="nonsense", **WHO),
        lambda: services.assign_owner(account=other, contact_id=contact.id, user_id=None, **WHO),
    ):
        with pytest.raises(Problem) as caught:
            attempt()
        assert caught.value.code == "not_found"
