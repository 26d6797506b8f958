from __future__ import annotations

import json

import pytest

from admitone.logic.bodies import MAX_PATHS, flat, guess, learn, read_form, read_json
from admitone.logic.errors import Problem

ORDER = {
    "id": 7,
    "paid": True,
    "note": None,
    "customer": {"email": "ada@example.com", "full_name": "Ada Lovelace"},
    "items": [{"sku": "a1", "price": 9.5}, {"sku": "b2"}],
    "tags": ["new", 3],
    "with.dot": "x",
    "\"'": "x",
    "x" * 81: "x",
    "": "x",
    "empty": {},
}


def test_body_becomes_dotted_paths():
    assert flat(ORDER) == {
        "id": 7,
        "paid": True,
        "note": None,
        "customer.email": "ada@example.com",
        "customer.full_name": "Ada Lovelace",
        "items.first.sku": "a1",
        "items.first.price": 9.5,
        "tags": "new, 3",
    }


def test_types_are_learned_and_what_was_empty_is_filled_later():
    known = learn({}, ORDER)
    assert (known["id"], known["paid"], known["note"], known["tags"]) == ("number", "checkbox", "empty", "text")
    later = learn(known, {"note": "hello", "id": None, "more": 1})
    assert (later["note"], later["id"], later["more"]) == ("text", "number", "number")


def test_no_more_paths_are_learned_than_allowed():
    assert len(learn({}, {f"k{n}": n for n in range(MAX_PATHS + 50)})) == MAX_PATHS
    assert len(learn({f"a{n}": "text" for n in range(MAX_PATHS)}, {"b": 1})) == MAX_PATHS


def test_person_is_guessed_by_the_last_word_of_the_shortest_path():
    assert guess({"order.user.email": "text", "customer.email": "text", "customer.full_name": "text"}) == {
        "email": "customer.email",
        "name": "customer.full_name",
    }


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b'{"a": NaN}', "malformed"),
        (b'{"a": 1e999}', "malformed"),
        (b'{"a": ' + b"9" * 5000 + b"}", "malformed"),
        (b"[" * 30_000, "malformed"),
        (b"[1]", "invalid"),
        (b'"text"', "invalid"),
        (b'{"a": ' * 20 + b"1" + b"}" * 20, "invalid"),
    ],
)
def test_other_bodies_are_refused(raw, code):
    with pytest.raises(Problem) as caught:
        read_json(raw)
    assert caught.value.code == code


def test_what_databases_refuse_is_left_out():
    assert read_json(json.dumps({"a\x00": "b\x00\ud800", "c": ["\x00"]}).encode()) == {"a": "b", "c": [""]}


def test_form_is_read_with_repeated_fields_as_a_list():
    assert read_form(b"email=ada%40example.com&x=1&x=2&x=3&blank=") == {
        "email": "ada@example.com",
        "x": ["1", "2", "3"],
        "blank": "",
    }


@pytest.mark.parametrize("raw", [b"\xff=1", b"&".join(b"a%d=1" % n for n in range(300))])
def test_odd_forms_are_refused(raw):
    with pytest.raises(Problem) as caught:
        read_form(raw)
    assert caught.value.code == "malformed"
