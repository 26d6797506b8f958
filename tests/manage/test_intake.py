"""A calendar's form in the signed-in area: chosen on its tab, its rules and versions edited with the form."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from tests import factories

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.calendars.models import Calendar
from admitone.calendars.services import choose_form
from admitone.events import SYSTEM
from admitone.forms.models import Form
from admitone.forms.services import delete_form

pytestmark = pytest.mark.django_db
NOW = factories.NOW
BASE = "/app/north-clinic/"
PLAIN = {"phone": "off", "email_required": "on", "note": "on", "consent_text": ""}
RULE = {"key": "email", "equals": "eve@example.com", "message": "Not you.", "redirect_url": "", "calendar": ""}


@pytest.fixture
def form(account: Account) -> Form:
    return factories.form(account, name="Anamnesis")


@pytest.fixture
def calendar(account: Account) -> Calendar:
    return factories.calendar(account)


def tab(calendar: Calendar) -> str:
    return f"{BASE}calendars/{calendar.id}/form/"


def choose(calendar: Calendar, form: Form) -> Calendar:
    return choose_form(account=calendar.account, calendar_id=calendar.id, form_id=form.id, actor=SYSTEM, now=NOW)


def test_tab_chooses_the_form_and_when_it_is_asked(web: Client, calendar: Calendar, form: Form) -> None:
    assert "Anamnesis" in web.get(tab(calendar)).content.decode()
    assert web.post(tab(calendar), {**PLAIN, "form": str(form.id), "form_first": "on"}).status_code == 302
    calendar.refresh_from_db()
    assert (calendar.form_id, calendar.form_first, calendar.compiled.form_first) == (form.id, True, True)
    html = web.get(tab(calendar)).content.decode()
    assert f'href="{BASE}forms/{form.id}/"' in html
    assert f"/c/{calendar.id}?embed=1" in html
    assert web.post(tab(calendar), {**PLAIN, "form": ""}).status_code == 302
    calendar.refresh_from_db()
    assert calendar.form_id is None


def test_tab_refuses_a_foreign_form_and_changes_nothing(web: Client, calendar: Calendar) -> None:
    foreign = factories.form(factories.account())
    answer = web.post(tab(calendar), {**PLAIN, "form": str(foreign.id), "consent_text": "New"})
    calendar.refresh_from_db()
    assert (answer.status_code, calendar.form_id, calendar.consent_text) == (422, None, "")


def test_tab_says_that_the_form_was_deleted(web: Client, calendar: Calendar, form: Form) -> None:
    choose(calendar, form)
    delete_form(account=form.account, form_id=form.id, actor=SYSTEM, now=NOW)
    assert "The chosen form was deleted" in web.get(tab(calendar)).content.decode()


def test_builder_names_the_calendars_that_ask_it(web: Client, calendar: Calendar, form: Form) -> None:
    assert "Guests of these calendars" not in web.get(f"{BASE}forms/{form.id}/").content.decode()
    choose(calendar, form)
    html = web.get(f"{BASE}forms/{form.id}/").content.decode()
    assert f'href="{tab(calendar)}"' in html


def test_question_is_hidden_locked_and_filled_beforehand(web: Client, form: Form) -> None:
    path = f"{BASE}forms/{form.id}/fields/last_name/"
    sent = {"label": "Campaign", "kind": "text", "maps_to": "none", "width": "full", "hidden": "on", "default": "web"}
    assert web.post(path, sent).status_code == 302
    form.refresh_from_db()
    assert (form.fields[1]["hidden"], form.fields[1]["default"]) == (True, "web")
    assert "hidden" in web.get(f"{BASE}forms/{form.id}/").content.decode()
    assert 'value="web"' in web.get(path).content.decode()
    refused = web.post(path, {**sent, "required": "on"})
    assert "Nobody can answer a hidden field" in refused.content.decode()


def test_rules_are_added_changed_and_removed(web: Client, form: Form, calendar: Calendar) -> None:
    path = f"{BASE}forms/{form.id}/rules/"
    assert "Nobody: every answer is welcome." in web.get(path).content.decode()
    refused = web.post(path, {**RULE, "message": " "})
    assert (refused.status_code, "Say what the guest is to read." in refused.content.decode()) == (422, True)
    assert web.post(path, RULE).status_code == 302
    assert "eve@example.com" in web.get(path).content.decode()
    changed = {**RULE, "calendar": str(calendar.id)}
    assert web.post(f"{path}0/", changed).status_code == 302
    form.refresh_from_db()
    assert (form.rules, form.version) == ([changed], 3)
    assert web.post(f"{path}1/", changed).status_code == 404
    assert web.post(f"{path}0/removal/").status_code == 302
    form.refresh_from_db()
    assert (form.rules, form.version) == ([], 4)


def test_rule_goes_with_the_question_it_is_about(web: Client, form: Form) -> None:
    web.post(f"{BASE}forms/{form.id}/rules/", {**RULE, "key": "last_name", "equals": "Eve"})
    web.post(f"{BASE}forms/{form.id}/fields/last_name/removal/")
    form.refresh_from_db()
    assert form.rules == []


def test_versions_tell_what_changed(web: Client, form: Form) -> None:
    web.post(f"{BASE}forms/{form.id}/fields/", {"kind": "number"})
    web.post(f"{BASE}forms/{form.id}/fields/last_name/removal/")
    html = web.get(f"{BASE}forms/{form.id}/versions/").content.decode()
    for sentence in ("The first version.", "Added: Number", "Removed: Last name"):
        assert sentence in html


def test_consents_of_a_calendar_are_exported_in_their_words(web: Client, calendar: Calendar, account: Account) -> None:
    web.post(tab(calendar), {**PLAIN, "consent_text": "=I agree"})
    factories.booking(calendar, name="Ada", consent="on")
    booking = Booking.objects.get()
    answer: Any = web.get(f"{BASE}calendars/{calendar.id}/consents.csv")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (row["id"], row["name"], row["version"], row["text"]) == (str(booking.id), "Ada", "1", "'=I agree")


def test_appointment_shows_questions_answers_and_the_version(web: Client, calendar: Calendar, account: Account) -> None:
    fields = [
        {"key": "mail", "label": "Email", "kind": "email", "maps_to": "email"},
        {"key": "need", "label": "What for?"},
    ]
    choose(calendar, factories.form(account, fields=fields))
    booking = factories.booking(calendar, answers={"need": "Pain"})
    html = web.get(f"{BASE}bookings/{booking.id}/").content.decode()
    for part in ("What for?", "Pain", "Version 1 of the form"):
        assert part in html
