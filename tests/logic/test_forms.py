"""Documents of forms, and answers held to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admitone.logic.errors import Problem
from admitone.logic.forms import KEY, clean_fields, fields_of, key_from, read_answers

EMAIL = {"key": "email", "label": "Email", "kind": "email", "maps_to": "email"}
PET = {"key": "pet", "label": "Any pets?", "kind": "choice", "options": ["Cat", "Dog", "None"]}
CALM = {"key": "calm", "label": "Is it calm?", "kind": "checkbox", "show_if": {"key": "pet", "equals": "Dog"}}
BREED = {"key": "breed", "label": "Breed", "required": True, "show_if": {"key": "calm", "equals": True}}


def wrong(raw: Any) -> dict[str, str]:
    with pytest.raises(Problem) as refused:
        clean_fields(raw)
    return refused.value.fields


def read(*fields: dict[str, Any], consent: str = "", **answers: Any) -> Any:
    return read_answers(fields_of(clean_fields(list(fields))), answers, region="DE", consent_text=consent)


def refused(*fields: dict[str, Any], consent: str = "", **answers: Any) -> dict[str, str]:
    with pytest.raises(Problem) as problem:
        read(*fields, consent=consent, **answers)
    return problem.value.fields


def test_field_gets_defaults_and_a_key_from_its_label() -> None:
    assert clean_fields([{"label": "Your  E-mail", "kind": "email", "maps_to": "email"}]) == [
        {
            "key": "your_e_mail",
            "label": "Your E-mail",
            "kind": "email",
            "required": False,
            "help": "",
            "options": [],
            "maps_to": "email",
            "show_if": None,
            "width": "full",
            "hidden": False,
            "locked": False,
            "default": "",
        }
    ]


@given(st.text(max_size=60), st.lists(st.sampled_from(["field", "field_2", "consent", "a"])))
def test_key_from_any_label_is_a_free_key(label: str, taken: list[str]) -> None:
    key = key_from(label, taken)
    assert KEY.fullmatch(key)
    assert key not in taken
    assert key != "consent"


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        ("x", "fields"),
        ([], "fields"),
        ([{"label": "Name"}], "fields"),
        ([1, EMAIL], "fields.0"),
        ([{**EMAIL, "label": " "}], "fields.0.label"),
        ([{**EMAIL, "kind": "colour"}], "fields.0.kind"),
        ([{**EMAIL, "colour": "red"}], "fields.0.colour"),
        ([{**EMAIL, "key": "Email"}], "fields.0.key"),
        ([{**EMAIL, "key": "consent"}], "fields.0.key"),
        ([EMAIL, {"key": "email", "label": "Again"}], "fields.1.key"),
        ([EMAIL, {**EMAIL, "key": "other"}], "fields.1.maps_to"),
        ([{**EMAIL, "maps_to": "phone"}], "fields.0.maps_to"),
        ([EMAIL, {"label": "Date", "kind": "date", "maps_to": "name"}], "fields.1.maps_to"),
        ([EMAIL, {"label": "X", "maps_to": "custom:No"}], "fields.1.maps_to"),
        ([EMAIL, {**PET, "options": []}], "fields.1.options"),
        ([EMAIL, {**PET, "options": [" ", ""]}], "fields.1.options"),
        ([EMAIL, {"label": "X", "width": "third"}], "fields.1.width"),
        ([EMAIL, {"label": "X", "show_if": {"key": "later", "equals": "1"}}], "fields.1.show_if"),
        ([EMAIL, PET, {"label": "X", "show_if": {"key": "pet", "equals": "Fish"}}], "fields.2.show_if"),
        ([EMAIL, PET, CALM, {"label": "X", "show_if": {"key": "calm", "equals": "maybe"}}], "fields.3.show_if"),
        ([{"label": f"N{n}"} for n in range(61)], "fields"),
    ],
)
def test_wrong_document_names_the_place(raw: Any, where: str) -> None:
    assert list(wrong(raw)) == [where]


def test_answers_are_stored_by_kind_and_empty_ones_left_out() -> None:
    found = read(
        EMAIL,
        {"label": "Age", "kind": "number"},
        {"label": "Born", "kind": "date"},
        {"label": "Note", "kind": "textarea"},
        {"label": "News", "kind": "checkbox"},
        PET,
        email="Ada@Example.COM",
        age="36.0",
        born="1990-02-28",
        note=" ",
        pet="Cat",
    )
    assert found.values == {"email": "Ada@example.com", "age": 36, "born": "1990-02-28", "news": False, "pet": "Cat"}


def test_person_is_put_together_from_mapped_fields() -> None:
    names = [
        {"label": "First name", "maps_to": "first_name"},
        {"label": "Last name", "maps_to": "last_name"},
        {"label": "Phone", "kind": "phone", "maps_to": "phone"},
        {"label": "Shoe size", "kind": "number", "maps_to": "custom:shoe"},
    ]
    found = read(*names, first_name=" Ada ", last_name="Lovelace", phone="030 123456", shoe_size=38)
    assert found.person == {"name": "Ada Lovelace", "email": "", "phone": "+4930123456"}
    assert found.custom == {"shoe": 38}


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"pet": "Cat", "calm": True, "breed": "x"}, {"pet": "Cat"}),
        ({"pet": "Dog"}, {"pet": "Dog", "calm": False}),
        ({"pet": "Dog", "calm": "on", "breed": "Pug"}, {"pet": "Dog", "calm": True, "breed": "Pug"}),
    ],
)
def test_field_whose_condition_is_not_met_is_not_asked(answers: dict[str, Any], asked: dict[str, Any]) -> None:
    found = read(EMAIL, PET, CALM, BREED, email="a@example.com", **answers)
    assert found.values == {"email": "a@example.com", **asked}


def test_required_field_is_required_once_it_is_asked() -> None:
    given = {"email": "a@example.com", "pet": "Dog", "calm": True}
    assert refused(EMAIL, PET, CALM, BREED, **given) == {"breed": "Please answer this."}


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ({"label": "X", "kind": "number"}, "many"),
        ({"label": "X", "kind": "number"}, "1e16"),
        ({"label": "X", "kind": "number"}, "nan"),
        ({"label": "X", "kind": "number"}, True),
        ({"label": "X", "kind": "date"}, "2026-02-30"),
        ({"label": "X", "kind": "date"}, "1800-01-01"),
        ({"label": "X", "kind": "choice", "options": ["A"]}, "B"),
        ({"label": "X", "kind": "checkbox"}, "perhaps"),
        ({"label": "X", "kind": "checkbox", "required": True}, False),
        ({"label": "X", "kind": "email"}, "nobody"),
        ({"label": "X", "kind": "phone"}, "12"),
        ({"label": "X"}, "x" * 501),
        ({"label": "X"}, True),
        ({"label": "X", "kind": "textarea"}, "x" * 5001),
    ],
)
def test_wrong_answer_is_named_by_its_key(field: dict[str, Any], answer: Any) -> None:
    assert list(refused(EMAIL, field, email="a@example.com", x=answer)) == ["x"]


def test_unknown_key_is_refused() -> None:
    assert refused(EMAIL, email="a@example.com", emial="x") == {"emial": "There is no such field."}


def test_nobody_to_reach_is_refused_at_the_email() -> None:
    assert list(refused(EMAIL)) == ["email"]


def test_consent_is_needed_only_if_the_form_asks_for_it() -> None:
    assert list(refused(EMAIL, email="a@example.com", consent="I agree.")) == ["consent"]
    document = fields_of(clean_fields([EMAIL]))
    agreed = {"email": "a@example.com", "consent": True}
    assert read_answers(document, agreed, region=None, consent_text="I agree.").consent is True
    assert read_answers(document, agreed, region=None).consent is False
