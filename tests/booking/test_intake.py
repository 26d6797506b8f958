"""Calendars with a form of the form builder: chosen, compiled, answered, held to the server's own judgement."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests import factories

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.booking.services import book
from admitone.calendars.handlers import form_changed
from admitone.calendars.models import Calendar
from admitone.calendars.services import choose_form
from admitone.contacts.models import Contact
from admitone.events import GUEST, SYSTEM, Event
from admitone.forms.models import Form
from admitone.forms.services import delete_form, restore_form, update_form
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.logic.bookings import clean_guest
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem

NOW = factories.NOW
TEN = to_min_floor(datetime(2026, 11, 3, 9, tzinfo=UTC))
FIELDS = [
    {"key": "first", "label": "First name", "required": True, "maps_to": "first_name"},
    {"key": "last", "label": "Last name", "maps_to": "last_name"},
    {"key": "mail", "label": "Email", "kind": "email", "required": True, "maps_to": "email"},
    {"key": "need", "label": "Need", "kind": "choice", "options": ["Check-up", "Pain", "Other"], "required": True},
    {"key": "where", "label": "Where", "required": True, "show_if": {"key": "need", "equals": "Pain"}},
    {"key": "size", "label": "Size", "kind": "number", "maps_to": "custom:size"},
    {"key": "campaign", "label": "Campaign", "hidden": True, "default": "none"},
    {"key": "plan", "label": "Plan", "locked": True},
]
RULES = [{"key": "need", "equals": "Other", "message": "We only look at teeth.", "redirect_url": "https://e.example/"}]
ADA = {"first": "Ada", "last": "Lovelace", "mail": "ada@example.com", "need": "Check-up"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> Calendar:
    made = factories.calendar(factories.account())
    factories.custom_field(made.account, label="Size", kind="number")
    form = factories.form(made.account, fields=FIELDS, rules=RULES)
    return use(made, form)


def use(calendar: Calendar, form: Form | None) -> Calendar:
    return choose_form(
        account=calendar.account, calendar_id=calendar.id, form_id=form and form.id, actor=SYSTEM, now=NOW
    )


def change(form: Form, **changes: Any) -> None:
    update_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW, **changes)
    told(form)


def told(form: Form) -> None:
    form_changed(Event.objects.filter(subject_id=form.id).latest("id"), NOW)


def plan_of(calendar: Calendar) -> Any:
    return Calendar.objects.get(id=calendar.id).compiled


def made(calendar: Calendar, answers: dict[str, Any], **raw: Any) -> Booking:
    plan = plan_of(calendar)
    guest = clean_guest(plan, {"answers": answers, **raw})
    return Booking.objects.get(
        id=book(plan=plan, start=TEN, guest=guest, source="scheduling_link", actor=GUEST, now=NOW).id
    )


def redeemed(link: OneTimeLink, answers: dict[str, Any], **raw: Any) -> Booking:
    token = keyring().sign("o1", link.id)
    return Booking.objects.get(id=redeem(token=token, start=TEN, guest={"answers": answers, **raw}, now=NOW).id)


def refused(calendar: Calendar, answers: dict[str, Any], **raw: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        made(calendar, answers, **raw)
    assert not Booking.objects.exists()
    return problem.value


def test_answers_become_the_booking_and_its_contact(calendar: Calendar) -> None:
    booking = made(calendar, {**ADA, "size": "4"})
    assert (booking.name, booking.email) == ("Ada Lovelace", "ada@example.com")
    assert booking.answers == {**ADA, "size": 4, "campaign": "none"}
    assert (booking.form_id, booking.form_version) == (calendar.form_id, 1)
    contact = Contact.objects.get()
    assert (contact.name, contact.custom) == ("Ada Lovelace", {"size": 4})
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-3:] == ["contact.created", "contact.changed", "booking.created"]


def test_question_that_is_not_asked_is_not_stored_and_one_that_is_must_be_answered(calendar: Calendar) -> None:
    assert refused(calendar, {**ADA, "need": "Pain"}).fields == {"answers.where": "Please answer this."}
    booking = made(calendar, {**ADA, "where": "Left"})
    assert "where" not in booking.answers


def test_every_wrong_answer_is_named_and_unknown_ones_too(calendar: Calendar) -> None:
    found = refused(calendar, {"first": "Ada", "mail": "ada", "need": "Nothing", "size": "big", "odd": 1}).fields
    assert found == {
        "answers.mail": "Enter an email address like name@example.com.",
        "answers.need": "Choose one of the options.",
        "answers.odd": "There is no such field.",
        "answers.size": "Enter a number.",
    }


def test_person_outside_the_answers_is_taken_and_split(calendar: Calendar) -> None:
    booking = made(calendar, {"need": "Check-up"}, name="Ada King Lovelace", email="ada@example.com")
    assert (booking.name, booking.answers["first"], booking.answers["last"]) == (
        "Ada King Lovelace",
        "Ada",
        "King Lovelace",
    )


def test_disqualifying_answer_books_nothing_and_uses_no_link(calendar: Calendar) -> None:
    link = factories.link(calendar)
    with pytest.raises(Problem) as problem:
        redeemed(link, {**ADA, "need": "Other"})
    assert (problem.value.code, problem.value.detail) == ("disqualified", "We only look at teeth.")
    assert problem.value.extra == {"redirect_url": "https://e.example/", "calendar": ""}
    link.refresh_from_db()
    assert (link.uses, Booking.objects.count(), Contact.objects.count()) == (0, 0, 0)


def test_rule_leads_to_another_calendar_of_the_account_only(calendar: Calendar) -> None:
    other = factories.calendar(calendar.account, name="Other")
    foreign = factories.calendar(factories.account())
    rule = {"key": "need", "equals": "Other", "message": "Not here."}
    change(calendar.form, rules=[{**rule, "calendar": str(other.id)}])
    found = refused(calendar, {**ADA, "need": "Other"})
    assert found.extra["calendar"] == str(other.id)
    assert found.extra["redirect_url"].endswith(f"/c/{other.id}")
    with pytest.raises(Problem) as problem:
        change(calendar.form, rules=[{**rule, "calendar": str(foreign.id)}])
    assert problem.value.fields == {"rules.0.calendar": "There is no such calendar."}


def test_hidden_and_locked_values_come_from_the_link_whatever_the_guest_sends(calendar: Calendar) -> None:
    link = factories.link(calendar, metadata={"campaign": "spring", "plan": "gold"})
    booking = redeemed(
        link, {**ADA, "campaign": "mine", "plan": "free"}, prefill={"campaign": "address", "plan": "silver"}
    )
    assert (booking.answers["campaign"], booking.answers["plan"]) == ("spring", "gold")


def test_hidden_value_comes_from_the_address_else_is_the_default_never_the_guest(calendar: Calendar) -> None:
    assert made(calendar, {**ADA, "campaign": "mine"}).answers["campaign"] == "none"
    Booking.objects.all().delete()


def test_locked_question_without_a_value_is_an_ordinary_one(calendar: Calendar) -> None:
    assert made(calendar, {**ADA, "plan": "bronze"}).answers["plan"] == "bronze"


def test_bound_contact_fills_questions_about_the_person_and_its_custom_values(calendar: Calendar) -> None:
    contact = factories.contact(calendar.account, name="Ada Lovelace", email="ada@example.com")
    Contact.objects.filter(id=contact.id).update(custom={"size": 7})
    locked = [{**one, "locked": True} if one["key"] in ("size", "mail") else one for one in FIELDS]
    change(calendar.form, fields=locked)
    link = factories.link(calendar, contact=contact)
    booking = redeemed(link, {"need": "Check-up", "size": 9, "mail": "eve@example.com"})
    assert (booking.name, booking.email, booking.answers["size"]) == ("Ada Lovelace", "ada@example.com", 7)
    assert booking.contact_id == contact.id


def test_link_for_one_person_refuses_another_address_among_the_answers(calendar: Calendar) -> None:
    contact = factories.contact(calendar.account, name="Ada Lovelace", email="ada@example.com")
    link = factories.link(calendar, contact=contact, contact_policy="refuse")
    with pytest.raises(Problem) as problem:
        redeemed(link, {**ADA, "mail": "eve@example.com"})
    assert problem.value.code == "contact_mismatch"
    assert redeemed(link, {"need": "Check-up"}).email == "ada@example.com"


def test_calendar_asks_for_what_the_form_does_not(calendar: Calendar) -> None:
    change(calendar.form, fields=[{"key": "mail", "label": "Email", "kind": "email", "maps_to": "email"}], rules=[])
    assert refused(calendar, {}).fields == {
        "name": "Enter your name.",
        "answers.mail": "Enter your email address.",
    }
    assert made(calendar, {"mail": "ada@example.com"}, name="Ada").name == "Ada"


def test_phone_of_the_form_is_enough_where_its_email_is_optional(calendar: Calendar) -> None:
    fields = [
        {"key": "who", "label": "Name", "required": True, "maps_to": "name"},
        {"key": "mail", "label": "Email", "kind": "email", "maps_to": "email"},
        {"key": "tel", "label": "Phone", "kind": "phone", "maps_to": "phone"},
    ]
    change(calendar.form, fields=fields, rules=[])
    assert refused(calendar, {"who": "Ada"}).fields == {"answers.mail": "Enter your email address."}
    booking = made(calendar, {"who": "Ada", "tel": "030 1234567"}, timezone="Europe/Berlin")
    assert (booking.email, booking.phone) == ("", "+49301234567")


def test_changed_form_is_compiled_and_deleted_one_asks_nothing(calendar: Calendar) -> None:
    before = plan_of(calendar).version
    form = calendar.form
    assert form is not None
    change(form, consent_text="I agree to the [rules](https://e.example/rules).")
    plan = plan_of(calendar)
    assert (plan.version, plan.form.version, plan.consent_version) == (before + 1, 2, 1)
    booking = made(calendar, ADA, consent=True)
    assert (booking.form_version, booking.consent_text) == (2, "I agree to the [rules](https://e.example/rules).")
    delete_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW)
    told(form)
    assert (plan_of(calendar).form, plan_of(calendar).form_id) == (None, "")
    restore_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW)
    told(form)
    assert plan_of(calendar).form.version == 2


def test_other_settings_of_the_form_leave_the_calendar_as_it_is(calendar: Calendar) -> None:
    before = plan_of(calendar).version
    assert calendar.form
    change(calendar.form, name="Other name")
    assert plan_of(calendar).version == before


def test_form_of_another_account_or_a_deleted_one_is_refused(calendar: Calendar) -> None:
    foreign = factories.form(factories.account())
    gone = factories.form(calendar.account)
    delete_form(account=gone.account, form_id=gone.id, actor=SYSTEM, now=NOW)
    for form in (foreign, gone):
        with pytest.raises(Problem) as problem:
            use(calendar, form)
        assert problem.value.code == "not_found"


def test_calendar_without_a_form_refuses_answers_it_does_not_know(calendar: Calendar) -> None:
    use(calendar, None)
    found = refused(calendar, {"odd": "x"}, name="Ada", email="ada@example.com")
    assert found.fields == {"answers.odd": "There is no such field."}
    assert made(calendar, {"note": "Hello"}, name="Ada", email="ada@example.com").note == "Hello"
