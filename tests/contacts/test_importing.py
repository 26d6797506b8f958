"""CSV files become contacts, once, whatever is killed."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from admitone.accounts.models import Account
from admitone.contacts import importing, queries
from admitone.contacts.models import Contact, ContactImport, CustomField, ImportRow, Note
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.jobs import run_pending
from admitone.logic.errors import Problem
from admitone.workflows.entering import enter
from admitone.workflows.models import Enrollment
from admitone.workflows.services import create_workflow, publish

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}
FILE = """First Name,Last Name,Email,Phone,Tags
Ana,Roth,ana@example.com,030 1234567,VIP
Bob,,,+1 212 555 0123,
Eve,,nobody,,
"""


@pytest.fixture
def account() -> Account:
    return factories.account()


def staged(account: Account, text: str = FILE) -> ContactImport:
    return importing.stage(account=account, filename="people.csv", content=text.encode(), **DO)


def begun(account: Account, text: str = FILE, **options: Any) -> ContactImport:
    batch = staged(account, text)
    mapping = {int(at): target for at, target in batch.mapping.items()}
    values = {"region": "DE", **options}
    return importing.start(account=account, import_id=batch.id, mapping=mapping, options=values, **DO)


def done(account: Account, text: str = FILE, **options: Any) -> ContactImport:
    batch = begun(account, text, **options)
    while importing.take_chunk(import_id=batch.id, now=NOW):
        pass
    batch.refresh_from_db()
    return batch


def test_rows_become_contacts_and_wrong_ones_say_why(account: Account) -> None:
    batch = done(account)
    assert (batch.status, batch.created, batch.updated, batch.failed, batch.finished_at) == ("done", 2, 0, 1, NOW)
    ana, bob = Contact.objects.order_by("name")
    assert (ana.name, ana.email_key, ana.phone, ana.source) == ("Ana Roth", "ana@example.com", "+49301234567", "import")
    assert (bob.name, bob.email_key, bob.phone) == ("Bob", None, "+12125550123")
    assert [tag.name for tag in queries.tags_of(ana)] == ["VIP"]
    assert [(row.number, row.result, row.contact) for row in batch.rows.order_by("number")] == [
        (2, "created", ana),
        (3, "created", bob),
        (4, "failed", None),
    ]
    assert batch.rows.get(number=4).error == "nobody: Enter an email address like name@example.com."


def test_running_again_changes_nothing(account: Account) -> None:
    done(account)
    before = Event.objects.exclude(subject_kind="contact_import").count()
    batch = done(account)
    assert (batch.created, batch.updated, Contact.objects.count()) == (0, 2, 2)
    assert Event.objects.exclude(subject_kind="contact_import").count() == before


def test_chunk_that_was_killed_is_taken_again_as_a_whole(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Email\n" + "".join(f"a{n}@example.com\n" for n in range(250))
    batch = begun(account, text)
    importing.take_chunk(import_id=batch.id, now=NOW)
    assert ImportRow.objects.filter(result="created").count() == 100
    with pytest.raises(ZeroDivisionError), monkeypatch.context() as patched:
        patched.setattr(importing, "CHUNK", 0)  # the bulk update happens, then the transaction breaks off
        patched.setattr(importing.ContactImport, "save", lambda *_a, **_k: 1 / 0)
        importing.take_chunk(import_id=batch.id, now=NOW)
    run_pending()
    batch.refresh_from_db()
    assert (batch.status, batch.created, Contact.objects.count()) == ("done", 250, 250)
    assert Event.objects.filter(kind="contact.created").count() == 250


@pytest.mark.parametrize(
    ("existing", "expected", "result"),
    [
        ("update", ("New", "+493"), "updated"),
        ("fill", ("Old", "+493"), "updated"),
        ("skip", ("Old", ""), "skipped"),
    ],
)
def test_contacts_that_are_there(account: Account, existing: str, expected: tuple[str, str], result: str) -> None:
    there = factories.contact(account, name="Old", email="Old@example.com")
    batch = done(account, "Name,Email,Phone\nNew,old@EXAMPLE.com,+49301234567\n", existing=existing)
    there.refresh_from_db()
    assert (there.name, there.phone[:4]) == expected
    assert (batch.rows.get().result, there.email) == (result, "Old@example.com")


def test_number_finds_whoever_has_no_address_and_gives_them_one(account: Account) -> None:
    there = factories.contact(account, name="Bob", email="", email_key=None, phone="+49301234567")
    done(account, "Email,Phone\nbob@example.com,030 1234567\n")
    there.refresh_from_db()
    assert (there.email_key, Contact.objects.count()) == ("bob@example.com", 1)


def test_one_person_twice_in_a_file_is_one_contact(account: Account) -> None:
    batch = done(account, "Name,Email,Tags\nAna,ana@example.com,A\nAnna,ANA@example.com,B\n", existing="update")
    ana = Contact.objects.get()
    assert (ana.name, batch.created, batch.updated) == ("Anna", 1, 1)
    assert [tag.name for tag in queries.tags_of(ana)] == ["A", "B"]


def test_tags_for_all_custom_fields_and_notes(account: Account) -> None:
    factories.custom_field(account, label="Size", kind="number")
    text = "Email,Size,Town,Notes\na@example.com,38,Rome,Shy\nb@example.com,big,Rome,\n"
    batch = staged(account, text)
    mapping = {0: "email", 1: "custom:size", 2: "new", 3: "note"}
    importing.start(account=account, import_id=batch.id, mapping=mapping, options={"tags": "Fair, 2026"}, **DO)
    run_pending()
    one = Contact.objects.get()
    assert one.custom == {"size": 38, "town": "Rome"}
    assert [tag.name for tag in queries.tags_of(one)] == ["2026", "Fair"]
    assert (Note.objects.get().text, CustomField.objects.count()) == ("Shy", 2)
    assert ImportRow.objects.get(result="failed").error == "Size: Enter a number."


@pytest.mark.parametrize("wanted", [True, False])
def test_workflows_start_only_if_that_is_wanted(account: Account, wanted: bool) -> None:
    document = {"name": "W", "triggers": [{"type": "contact.created"}], "steps": [{"name": "end", "type": "end"}]}
    flow = create_workflow(account=account, document=document, **DO)
    publish(account=account, workflow_id=flow.id, **DO)
    done(account, workflows=wanted)
    for event in Event.objects.filter(kind="contact.created"):
        enter(event, NOW)
    assert Enrollment.objects.count() == (2 if wanted else 0)


@pytest.mark.parametrize(
    ("mapping", "options", "field"),
    [
        ({0: "first_name"}, {}, "mapping"),
        ({2: "email", 0: "password"}, {}, "mapping"),
        ({2: "email", 0: "custom:none"}, {}, "mapping"),
        ({2: "email"}, {"existing": "x"}, "existing"),
    ],
)
def test_wrong_wishes_are_named(account: Account, mapping: Any, options: Any, field: str) -> None:
    batch = staged(account)
    with pytest.raises(Problem) as caught:
        importing.start(account=account, import_id=batch.id, mapping=mapping, options=options, **DO)
    assert list(caught.value.fields) == [field]


def test_staged_file_can_be_discarded_and_old_ones_are_purged(account: Account) -> None:
    importing.discard(account=account, import_id=staged(account).id)
    assert ContactImport.objects.count() == 0
    batch = done(account)
    importing.discard(account=account, import_id=batch.id)
    importing.purge(NOW + importing.KEPT)
    assert ContactImport.objects.count() == 1
    importing.purge(NOW + 2 * importing.KEPT)
    assert (ContactImport.objects.count(), ImportRow.objects.count()) == (0, 0)


def test_import_that_cannot_go_on_says_so(account: Account) -> None:
    batch = begun(account)
    importing.give_up(import_id=batch.id, now=NOW)
    batch.refresh_from_db()
    assert (batch.status, batch.failed) == ("done", 3)
    assert importing.take_chunk(import_id=batch.id, now=NOW) is None


def test_another_accounts_file_is_not_found(account: Account) -> None:
    theirs = staged(factories.account())
    for call in (
        lambda: importing.discard(account=account, import_id=theirs.id),
        lambda: importing.start(account=account, import_id=theirs.id, mapping={}, options={}, **DO),
    ):
        with pytest.raises(Problem) as caught:
            call()
        assert caught.value.code == "not_found"
