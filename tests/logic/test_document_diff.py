"""Two documents side by side: every change is told once, and equal ones say nothing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from admitone.logic.document_diff import Value, diff

EMAIL = {"name": "mail", "type": "email.send", "params": {"subject": "Hi", "body": "Hello"}}
WAIT = {"name": "pause", "type": "wait.for", "params": {"days": 1}}
END = {"name": "stop", "type": "end", "params": {}}


def document(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {"name": "Welcome", "settings": {}, "triggers": [{"type": "form.submitted", "filters": {}}]}
    return deepcopy({**base, "steps": list(steps), **more})


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.what, one.key) for one in diff(before, after)]


def test_equal_documents_say_nothing():
    assert diff(document(EMAIL, WAIT), document(EMAIL, WAIT)) == []


def test_a_changed_param_is_shown_with_before_and_after():
    (change,) = diff(document(EMAIL), document({**EMAIL, "params": {"subject": "Hallo", "body": "Hello"}}))
    assert (change.what, change.key, change.values) == ("changed", "mail", (Value("subject", "Hi", "Hallo"),))


def test_steps_are_added_and_removed_by_name():
    assert told(document(EMAIL, WAIT), document(EMAIL, END)) == [
        ("step", "removed", "pause"),
        ("step", "added", "stop"),
    ]


def test_one_step_that_goes_elsewhere_is_the_only_one_that_moved():
    assert told(document(EMAIL, WAIT, END), document(WAIT, END, EMAIL)) == [("step", "moved", "mail")]


def test_a_step_that_goes_into_a_branch_has_moved_and_the_new_one_is_added():
    split = {"name": "split", "type": "if_else", "params": {}, "branches": [{"name": "yes", "steps": [EMAIL]}]}
    assert told(document(EMAIL), document(split)) == [("step", "added", "split"), ("step", "moved", "mail")]


def test_a_step_can_move_and_change_at_once():
    changed = {**EMAIL, "params": {"subject": "Hallo", "body": "Hello"}}
    (change,) = [one for one in diff(document(EMAIL, WAIT, END), document(WAIT, END, changed)) if one.key == "mail"]
    assert (change.what, change.moved) == ("changed", True)


def test_a_branch_condition_is_one_value():
    def split(op: str) -> dict[str, Any]:
        when = {"value": "contact.email", "op": op}
        return {
            "name": "split",
            "type": "if_else",
            "params": {},
            "branches": [{"name": "yes", "when": when, "steps": []}],
        }

    (change,) = diff(document(split("is_empty")), document(split("is_filled")))
    assert [value.path for value in change.values] == ["branches.0.when"]


def test_switching_a_step_off_is_a_change():
    (change,) = diff(document(EMAIL), document({**EMAIL, "disabled": True}))
    assert change.values == (Value("disabled", None, True),)


def test_triggers_of_one_type_are_paired_and_others_come_and_go():
    manual, form = {"type": "manual", "filters": {}}, {"type": "form.submitted", "filters": {"forms": ["a"]}}
    before, after = document(EMAIL, triggers=[manual, form]), document(EMAIL)
    assert told(before, after) == [("trigger", "removed", "manual"), ("trigger", "changed", "form.submitted")]


def test_nested_settings_are_told_by_their_path():
    after = document(EMAIL, settings={"sender": {"from_name": "Ann"}, "reentry": False}, name="Hello")
    assert [one.values[0].path for one in diff(document(EMAIL), after)] == ["name", "sender.from_name", "reentry"]


def test_a_value_that_became_null_differs_from_one_that_is_gone():
    window = document(EMAIL, settings={"window": None})
    assert [one.key for one in diff(document(EMAIL), window)] == ["window"]
