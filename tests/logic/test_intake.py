"""A calendar's form judged by the server: whatever a guest sends, hidden and locked values are the link's (P4), and the
verdict is that of the form's own rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.bookings import clean_caller, clean_guest
from admitone.logic.errors import Problem
from admitone.logic.form_rules import clean_rules, rules_of, verdict
from admitone.logic.forms import clean_fields, fields_of, read_answers
from admitone.logic.intake import hoisted, known, own_parts
from admitone.logic.plan import CalendarPlan, PlanForm, decode, encode

FIELDS = tuple(
    fields_of(
        clean_fields(
            [
                {"key": "first", "label": "First", "required": True, "maps_to": "first_name"},
                {"key": "last", "label": "Last", "maps_to": "last_name"},
                {"key": "mail", "label": "Email", "kind": "email", "required": True, "maps_to": "email"},
                {"key": "need", "label": "Need", "kind": "choice", "options": ["Teeth", "Eyes"], "required": True},
                {"key": "where", "label": "Where", "required": True, "show_if": {"key": "need", "equals": "Teeth"}},
                {"key": "adult", "label": "Adult", "kind": "checkbox"},
                {"key": "size", "label": "Size", "kind": "number", "maps_to": "custom:size", "locked": True},
                {"key": "campaign", "label": "Campaign", "hidden": True, "default": "none"},
            ]
        )
    )
)
RULES = tuple(
    rules_of(
        clean_rules(
            [
                {"key": "need", "equals": "Eyes", "message": "Eyes."},
                {"key": "where", "equals": "ear", "message": "Ear."},
            ],
            FIELDS,
        )
    )
)
PLAN = CalendarPlan(
    *(1, "calendar", "account", "agency", "clinic", "Clinic", "visit", "Visit"),
    form_id="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f",
    form=PlanForm(3, FIELDS, RULES),
)
ADA = {"first": "Ada", "mail": "ada@example.com", "need": "Teeth", "where": "left"}
VALUES = st.sampled_from(["", "x", "ear", "Teeth", "Eyes", "ada@example.com", "on", "7", "true"]) | st.sampled_from(
    [None, True, False, 7, 1.5]
)
SENT = st.dictionaries(st.sampled_from([one.key for one in FIELDS]), VALUES)
TOLD = st.dictionaries(st.sampled_from(["size", "campaign"]), st.sampled_from(["1", 2, "spring", "", None, True]))


def outcome(answers: dict[str, Any], told: dict[str, Any], **raw: Any) -> Any:
    """The guest, or the code and fields of the refusal."""
    try:
        return clean_guest(PLAN, {"answers": answers, **raw}, given=told)
    except Problem as problem:
        return problem.code, problem.detail, problem.fields


@given(SENT, TOLD)
def test_what_a_guest_sends_for_hidden_and_told_questions_changes_nothing(
    sent: dict[str, Any], told: dict[str, Any]
) -> None:
    kept = {"campaign"} | ({"size"} if told.get("size") in ("1", 2) else set())
    honest = {key: value for key, value in sent.items() if key not in kept}
    assert outcome(sent, told) == outcome(honest, told)


@given(SENT, TOLD)
def test_server_says_what_the_forms_own_logic_says(sent: dict[str, Any], told: dict[str, Any]) -> None:
    found = outcome({**ADA, **sent}, told)
    try:
        read = read_answers(FIELDS, {**ADA, **sent}, region=None, given=told)
    except Problem as problem:
        assert found[0] == "invalid"
        assert {name.removeprefix("answers.") for name in found[2]} >= set(problem.fields)
        return
    rule = verdict(FIELDS, RULES, read.values)
    if rule:
        assert found[:2] == ("disqualified", rule.message)
    else:
        assert (found.answers, found.form_version, found.email) == (read.values, 3, read.person["email"])


@given(SENT, TOLD)
def test_moving_answers_to_the_person_twice_is_moving_them_once(sent: dict[str, Any], told: dict[str, Any]) -> None:
    once = hoisted(PLAN, {"answers": sent}, told)
    assert hoisted(PLAN, once, told) == once


def test_link_tells_by_metadata_then_custom_values_and_of_locked_questions_the_person() -> None:
    person = {"name": "Ada King Lovelace", "email": "ada@example.com", "phone": ""}
    assert known(PLAN, {"size": 3, "odd": 1}, {"size": 4}, person) == {"size": 3}
    assert known(PLAN, {}, {"size": 4}, person) == {"size": 4}


def test_plan_with_a_form_comes_back_from_its_text() -> None:
    assert decode(encode(PLAN)) == PLAN


def test_plain_fields_are_asked_only_where_the_form_does_not() -> None:
    assert own_parts(PLAN) == ("phone",)


def test_owner_who_writes_an_appointment_down_is_asked_no_question() -> None:
    guest = clean_caller(PLAN, {"name": "Ada", "phone": "+49301234567"})
    assert (guest.answers, guest.form_version) == ({}, 0)


@pytest.mark.parametrize("answers", ["x", 5, ["a"], None])
def test_answers_that_are_no_object_are_no_answers(answers: Any) -> None:
    code, _detail, fields = outcome(answers, {})
    assert (code, set(fields)) == ("invalid", {"answers.first", "answers.mail", "answers.need"})
