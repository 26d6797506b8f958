"""Forms made, changed and answered."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from admitone.accounts.idempotency import Idempotency
from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.events import GUEST, SYSTEM
from admitone.events.models import Event
from admitone.forms import queries, services
from admitone.forms.models import Form, Submission
from admitone.logic.errors import Problem

pytestmark = pytest.mark.django_db
NOW = factories.NOW
ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}


@pytest.fixture
def account() -> Account:
    return factories.account()


@pytest.fixture
def form(account: Account) -> Form:
    return services.create_form(account=account, actor=SYSTEM, now=NOW, name="Intake")


def submit(form: Form, answers: dict[str, Any] = ADA, **more: Any) -> Submission:
    return services.submit(form=form, answers=answers, meta={"source": "api"}, actor=GUEST, now=NOW, **more)


def change(form: Form, **changes: Any) -> Form:
    return services.update_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW, **changes)


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def code(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Problem) as problem:
        call(*args, **kwargs)
    return problem.value.code


def test_submission_makes_contact_and_events(form: Form) -> None:
    made = submit(form)
    contact = Contact.objects.get()
    assert (contact.name, contact.email, contact.source) == ("Ada Lovelace", "ada@example.com", "form")
    assert (made.contact_id, made.answers) == (contact.id, ADA)
    assert kinds() == ["form.created", "contact.created", "form.submitted"]
    event = Event.objects.get(kind="form.submitted")
    assert (event.subject_kind, event.subject_id) == ("submission", made.id)
    assert event.facts == {"form": str(form.id), "submission": str(made.id), "contact": str(contact.id)}


def test_second_submission_finds_the_contact_and_leaves_its_name(form: Form) -> None:
    submit(form)
    again = submit(form, {**ADA, "first_name": "Mallory"})
    assert [again.contact.name, Contact.objects.count(), Submission.objects.count()] == ["Ada Lovelace", 1, 2]


def test_same_key_gives_the_first_submission_again(form: Form) -> None:
    key = Idempotency.of(form.id, "k", ADA)
    assert submit(form, idempotency=key).id == submit(form, idempotency=key).id
    assert Submission.objects.count() == 1
    assert code(submit, form, idempotency=Idempotency.of(form.id, "k", {"other": 1})) == "idempotency_key_reused"


def test_refused_submission_leaves_nothing(form: Form) -> None:
    assert code(submit, form, {"email": "nobody"}) == "invalid"
    assert (Contact.objects.count(), Submission.objects.count(), kinds()) == (0, 0, ["form.created"])


def test_paused_form_takes_no_answers(form: Form) -> None:
    assert code(submit, change(form, active=False)) == "form_closed"


def test_consent_keeps_the_text_and_its_version(form: Form) -> None:
    asking = change(change(form, consent_text="I agree."), consent_text="I fully agree.")
    made = submit(asking, {**ADA, "consent": "on"})
    assert made.meta["consent"] == {"text": "I fully agree.", "version": 2, "at": NOW.isoformat()}


def test_change_to_the_same_is_none(form: Form) -> None:
    change(form, name="Intake", fields=form.fields)
    assert kinds() == ["form.created"]
    change(form, name="Enquiry")
    assert Event.objects.get(kind="form.changed").facts == {"form": str(form.id), "fields": ["name"]}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": " "}, "name"),
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"redirect_url": "http://example.com"}, "redirect_url"),
        ({"brand_color": "red"}, "brand_color"),
        ({"embed_origins": ["https://a.example/path"]}, "embed_origins"),
        ({"colour": "red"}, "colour"),
        ({"fields": []}, "fields"),
    ],
)
def test_wrong_setting_is_named(form: Form, changes: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as problem:
        change(form, **changes)
    assert list(problem.value.fields) == [where]


def test_deleted_form_is_gone_until_restored(form: Form) -> None:
    who: dict[str, Any] = {"account": form.account, "form_id": form.id, "actor": SYSTEM, "now": NOW}
    services.delete_form(**who)
    assert code(queries.public_form, form.id) == code(queries.get, form.account, form.id) == "not_found"
    services.restore_form(**who)
    services.restore_form(**who)
    assert queries.public_form(form.id) == form
    assert kinds() == ["form.created", "form.deleted", "form.restored"]


def keys(form: Form) -> list[str]:
    form.refresh_from_db()
    return [entry["key"] for entry in form.fields]


def test_builder_adds_moves_changes_and_removes_a_field(form: Form) -> None:
    who: dict[str, Any] = {"account": form.account, "form_id": form.id, "actor": SYSTEM, "now": NOW}
    key = services.add_field(**who, field={"label": "Pets", "kind": "choice", "options": ["Cat", "Dog"]})
    services.add_field(**who, field={"label": "Breed", "show_if": {"key": key, "equals": "Dog"}})
    assert keys(form) == ["first_name", "last_name", "email", "pets", "breed"]
    services.move_field(**who, key="pets", by=-1)
    services.move_field(**who, key="first_name", by=-1)
    assert keys(form) == ["first_name", "last_name", "pets", "email", "breed"]
    services.change_field(**who, key="pets", field={"label": "Animals", "required": True})
    services.remove_field(**who, key="pets")
    form.refresh_from_db()
    assert [entry["show_if"] for entry in form.fields] == [None] * 4


def test_field_cannot_move_above_the_one_it_depends_on(form: Form) -> None:
    who: dict[str, Any] = {"account": form.account, "form_id": form.id, "actor": SYSTEM, "now": NOW}
    services.add_field(**who, field={"label": "News", "kind": "checkbox"})
    services.add_field(**who, field={"label": "Topic", "show_if": {"key": "news", "equals": True}})
    assert code(services.move_field, **who, key="topic", by=-1) == "invalid"
    assert code(services.remove_field, **who, key="email") == "invalid"
    assert code(services.move_field, **who, key="nothing", by=1) == "not_found"


def test_anothers_form_is_not_found(form: Form) -> None:
    other = factories.account()
    assert code(services.update_form, account=other, form_id=form.id, actor=SYSTEM, now=NOW, name="x") == "not_found"
    assert code(queries.get, other, form.id) == "not_found"


def test_each_change_of_what_is_asked_makes_a_version_and_others_do_not(form: Form) -> None:
    change(form, name="Other", button="Go")
    change(form, consent_text="I agree.")
    change(form, consent_text="I agree.")
    fields = [*form.fields, {"key": "pet", "label": "Pet"}]
    rule = {"key": "pet", "equals": "Cat", "message": "Dogs only."}
    changed = change(form, fields=fields, rules=[rule])
    assert (changed.version, changed.consent_version) == (3, 1)
    rows = queries.versions(form)
    assert [(row.version, row.consent_text, len(row.fields), len(row.rules)) for row in rows] == [
        (3, "I agree.", 4, 1),
        (2, "I agree.", 3, 0),
        (1, "", 3, 0),
    ]
    assert submit(changed, {**ADA, "consent": True}).form_version == 3


def test_rules_about_questions_that_go_go_with_them(form: Form) -> None:
    rules = [{"key": "last_name", "equals": "X", "message": "No."}, {"key": "email", "equals": "y", "message": "No."}]
    change(form, rules=rules)
    changed = change(form, fields=[entry for entry in form.fields if entry["key"] != "last_name"])
    assert [rule["key"] for rule in changed.rules] == ["email"]


def test_disqualified_submission_is_stored_and_starts_no_workflow(form: Form) -> None:
    change(form, rules=[{"key": "last_name", "equals": "Lovelace", "message": "Not you."}])
    made = submit(queries.get(form.account, form.id))
    assert made.meta["disqualified"]["message"] == "Not you."
    assert kinds()[-1] == "form.disqualified"
    assert "form.submitted" not in kinds()


def test_hidden_and_locked_answers_are_what_is_given(form: Form) -> None:
    fields = [
        {**form.fields[2]},
        {"key": "plan", "label": "Plan", "locked": True},
        {"key": "source", "label": "Source", "hidden": True, "default": "web"},
    ]
    changed = change(form, fields=fields)
    sent = {"email": "a@example.com", "plan": "free", "source": "me"}
    assert submit(changed, sent, given={"plan": "gold"}).answers == {
        "email": "a@example.com",
        "plan": "gold",
        "source": "web",
    }
    assert submit(changed, sent).answers["plan"] == "free"
