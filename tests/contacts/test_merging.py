"""Two contacts become one."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from admitone.booking.models import Booking
from admitone.calls.models import MissedCall
from admitone.contacts import queries
from admitone.contacts.merging import merge, preview
from admitone.contacts.models import Contact, ContactTag, Note, Task
from admitone.contacts.rows import kept_of
from admitone.contacts.services import set_custom
from admitone.events import SYSTEM
from admitone.events.models import Event
from admitone.forms.models import Submission
from admitone.links.models import OneTimeLink
from admitone.logic.errors import Problem
from admitone.pipelines.models import Opportunity
from admitone.workflows.models import Enrollment, Workflow, WorkflowVersion

pytestmark = pytest.mark.django_db
NOW = factories.NOW
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}


@pytest.fixture
def account() -> Any:
    return factories.account()


@pytest.fixture
def pair(account: Any) -> tuple[Contact, Contact]:
    """One to keep with an address, one to drop with another and a number."""
    return (
        factories.contact(account, name="Ana", email="ana@example.com"),
        factories.contact(account, name="Ana Roth", email="ana@work.example", phone="+4930123456"),
    )


def workflow(account: Any) -> tuple[Workflow, WorkflowVersion]:
    made = Workflow.objects.create(account=account, name="W", status="published", created_at=NOW, updated_at=NOW)
    return made, WorkflowVersion.objects.create(workflow=made, number=1, document={}, published_at=NOW)


def enrollment(of: tuple[Workflow, WorkflowVersion], contact: Contact, **fields: Any) -> Enrollment:
    values = {"trigger": "manual", "path": [0], "created_at": NOW, "updated_at": NOW, **fields}
    return Enrollment.objects.create(
        account=contact.account, workflow=of[0], version=of[1], contact=contact, **{"status": "waiting", **values}
    )


def test_rows_of_every_kind_move(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    calendar = factories.calendar(account)
    booking = factories.booking(calendar, email=drop.email)
    link = factories.link(calendar, contact=drop)
    deal = factories.opportunity(factories.pipeline(account).stages.all()[0], contact=drop)
    sent = factories.submission(factories.form(account), email=drop.email)
    call = MissedCall.objects.create(account=account, provider_id="c", contact=drop, outcome="busy", at=NOW)
    note = Note.objects.create(account=account, contact=drop, text="Shy", created_at=NOW)
    task = Task.objects.create(account=account, contact=drop, title="Ring", created_at=NOW)
    merge(account=account, keep_id=keep.id, drop_id=drop.id, **DO)
    assert booking.contact_id == drop.id
    moved = [(Booking, booking), (OneTimeLink, link), (Opportunity, deal), (Submission, sent), (MissedCall, call)]
    for model, row in [*moved, (Note, note), (Task, task)]:
        assert model.objects.get(pk=row.pk).contact_id == keep.id


def test_winning_values_stay_and_losing_ones_are_written_down(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    done = merge(account=account, keep_id=keep.id, drop_id=str(drop.id), choices={"name": "drop"}, **DO)
    keep.refresh_from_db()
    assert (keep.name, keep.email, keep.phone) == ("Ana Roth", "ana@example.com", "+4930123456")
    assert (done.id, keep.email_key) == (keep.id, "ana@example.com")
    assert Note.objects.get().text.splitlines()[1:] == ["Name: Ana", "Email: ana@work.example"]


def test_address_of_the_dropped_one_can_win(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    merge(account=account, keep_id=keep.id, drop_id=drop.id, choices={"email": "drop"}, **DO)
    keep.refresh_from_db()
    assert keep.email_key == "ana@work.example"


def test_dropped_contact_is_empty_and_says_where_it_went(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    merge(account=account, keep_id=keep.id, drop_id=drop.id, **DO)
    drop.refresh_from_db()
    assert (drop.name, drop.email, drop.phone, drop.email_key, drop.merged_into_id) == ("", "", "", None, keep.id)
    assert kept_of(account, drop.id) == keep
    assert kept_of(account, keep.id) is None
    event = Event.objects.get(kind="contact.merged")
    assert (event.subject_id, event.facts) == (keep.id, {"contact": str(keep.id), "dropped": str(drop.id)})


def test_chain_of_merges_leads_to_its_end(account: Any, pair: tuple[Contact, Contact]) -> None:
    last = factories.contact(account)
    merge(account=account, keep_id=pair[0].id, drop_id=pair[1].id, **DO)
    merge(account=account, keep_id=last.id, drop_id=pair[0].id, **DO)
    assert kept_of(account, pair[1].id) == last


def test_tags_and_custom_values_are_united(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    for label in ("Size", "Dog", "Town"):
        factories.custom_field(account, label=label)
    set_custom(account=account, contact_id=keep.id, values={"size": "M", "dog": "Rex"}, **DO)
    set_custom(account=account, contact_id=drop.id, values={"size": "L", "town": "Rome"}, **DO)
    for name in ("VIP", "New"):
        factories.tag(drop, name)
    factories.tag(keep, "VIP")
    merge(account=account, keep_id=keep.id, drop_id=drop.id, choices={"custom.size": "drop"}, **DO)
    keep.refresh_from_db()
    assert keep.custom == {"size": "L", "dog": "Rex", "town": "Rome"}
    assert [tag.name for tag in queries.tags_of(keep)] == ["New", "VIP"]
    assert ContactTag.objects.filter(contact=drop).count() == 0


def test_enrollments_move_with_what_they_wait_for(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    one = enrollment(
        workflow(account),
        drop,
        once=f"contact:{drop.id}",
        awaits=f"contact:{drop.id}",
        context={"contact": str(drop.id)},
    )
    merge(account=account, keep_id=keep.id, drop_id=drop.id, **DO)
    one.refresh_from_db()
    assert (one.contact_id, one.status, one.context) == (keep.id, "waiting", {"contact": str(keep.id)})
    assert (one.once, one.awaits) == (f"contact:{keep.id}", f"contact:{keep.id}")


def test_nobody_walks_twice_through_a_workflow(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    there = workflow(account)
    first = enrollment(there, keep, once=f"contact:{keep.id}")
    second = enrollment(there, drop, once=f"contact:{drop.id}")
    merge(account=account, keep_id=keep.id, drop_id=drop.id, **DO)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.contact_id) == ("waiting", "stopped", keep.id)


def test_merging_with_itself_an_erased_or_a_foreign_contact_is_refused(account: Any) -> None:
    one, gone = factories.contact(account), factories.contact(account, erased_at=NOW)
    foreign = factories.contact(factories.account())
    for other, code in ((one, "invalid"), (gone, "not_found"), (foreign, "not_found")):
        with pytest.raises(Problem) as caught:
            merge(account=account, keep_id=one.id, drop_id=other.id, **DO)
        assert caught.value.code == code
    with pytest.raises(Problem) as caught:
        merge(account=account, keep_id=one.id, drop_id=factories.contact(account).id, choices={"name": "x"}, **DO)
    assert caught.value.fields == {"name": "Choose one of both."}


def test_preview_shows_which_value_wins_and_what_moves(account: Any, pair: tuple[Contact, Contact]) -> None:
    keep, drop = pair
    factories.link(factories.calendar(account), contact=drop)
    seen = preview(account, keep.id, drop.id)
    assert [(one.name, one.is_open, one.value) for one in seen.pairs][:3] == [
        ("name", True, "Ana"),
        ("email", True, "ana@example.com"),
        ("phone", False, "+4930123456"),
    ]
    assert seen.moves == ["1 one-time link"]
