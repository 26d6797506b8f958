"""Rules that disqualify: how they are written, when they are met, and what two versions differ in."""

from __future__ import annotations

from typing import Any

import pytest

from admitone.logic.errors import Problem
from admitone.logic.form_rules import changes, clean_rules, refusal, rules_of, verdict
from admitone.logic.forms import clean_fields, fields_of

FIELDS = fields_of(
    clean_fields(
        [
            {"key": "mail", "label": "Email", "kind": "email", "maps_to": "email"},
            {"key": "need", "label": "Need", "kind": "choice", "options": ["Teeth", "Eyes"]},
            {"key": "adult", "label": "Of age?", "kind": "checkbox", "show_if": {"key": "need", "equals": "Teeth"}},
            {"key": "age", "label": "Age", "kind": "number"},
        ]
    )
)
RULE = {"key": "need", "equals": "Eyes", "message": "Only teeth.", "redirect_url": "", "calendar": ""}


def refused(*rules: Any) -> dict[str, str]:
    with pytest.raises(Problem) as problem:
        clean_rules(list(rules), FIELDS)
    return problem.value.fields


def first(rules: list[dict[str, Any]], **values: Any) -> str:
    rule = verdict(FIELDS, rules_of(clean_rules(rules, FIELDS)), values)
    return rule.message if rule else ""


def test_rules_are_kept_as_their_answers_are_stored() -> None:
    given = [{**RULE, "key": "adult", "equals": "no"}, {**RULE, "key": "age", "equals": " 17.0 "}]
    assert [rule["equals"] for rule in clean_rules(given, FIELDS)] == [False, "17"]


def test_every_wrong_part_is_named() -> None:
    assert refused({**RULE, "key": "none"}, {**RULE, "equals": "Ears", "message": " "}, "x") == {
        "rules.0.key": "Choose one of the form's fields.",
        "rules.1.equals": "Choose one of the options.",
        "rules.1.message": "Say what the guest is to read.",
        "rules.2": "Use an object.",
    }
    both = {**RULE, "redirect_url": "https://e.example/", "calendar": "1"}
    assert refused(both) == {"rules.0.redirect_url": "Choose a page or a calendar, not both."}
    assert refused({**RULE, "odd": 1}) == {"rules.0.odd": "There is no such field."}
    assert refused({**RULE, "redirect_url": "javascript:alert(1)"}) == {
        "rules.0.redirect_url": "Enter a full address that starts with https://."
    }
    assert refused(*[RULE] * 21) == {"rules": "Use at most 20 rules."}


def test_first_rule_that_fits_counts() -> None:
    rules = [{**RULE, "key": "age", "equals": 17, "message": "Too young."}, RULE]
    assert first(rules, need="Teeth", age=18) == ""
    assert first(rules, need="Eyes", age=18) == "Only teeth."
    assert first(rules, need="Eyes", age=17) == "Too young."


def test_question_that_is_not_asked_rules_nobody_out() -> None:
    rules = [{**RULE, "key": "adult", "equals": False, "message": "Bring a parent."}]
    assert first(rules, need="Teeth", adult=False) == "Bring a parent."
    assert first(rules, need="Eyes", adult=False) == ""
    assert first(rules, need="Eyes") == ""


def test_refusal_tells_where_to_go() -> None:
    (rule,) = rules_of([{**RULE, "calendar": "c1"}])
    problem = refusal(rule, "https://e.example/c/c1")
    assert (problem.code, problem.status, problem.detail) == ("disqualified", 422, "Only teeth.")
    assert problem.extra == {"redirect_url": "https://e.example/c/c1", "calendar": "c1"}


def test_changes_between_versions_are_named_by_their_labels() -> None:
    old = {"fields": [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}], "rules": [], "consent_text": ""}
    new = {
        "fields": [{"key": "b", "label": "Bee"}, {"key": "c", "label": "C"}],
        "rules": [RULE],
        "consent_text": "I do",
    }
    assert changes(old, new) == {"added": ["C"], "removed": ["A"], "changed": ["Bee"], "rules": [], "consent": []}
    assert changes(old, {**old, "fields": old["fields"][::-1]}) == {"moved": ["B", "A"]}
    assert changes(old, old) == {}
