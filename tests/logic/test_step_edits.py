"""Edits of a tree of steps: places, moves, copies, names."""

from __future__ import annotations

from typing import Any

import pytest

from admitone.logic import step_edits
from admitone.logic.steps import walk


def step(name: str, *branches: list[dict[str, Any]], **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "type": "any", "params": params}
    if branches:
        found["branches"] = [{"name": str(n), "steps": steps} for n, steps in enumerate(branches)]
    return found


def tree() -> list[dict[str, Any]]:
    """link; check (first: mail, later; second: nothing); last."""
    return [step("link"), step("check", [step("mail"), step("later")], []), step("last")]


def shape(steps: Any) -> str:
    """link check[mail later|] last."""
    words = []
    for one in steps:
        inside = "|".join(shape(branch["steps"]) for branch in one.get("branches", ()))
        words.append(one["name"] + (f"[{inside}]" if "branches" in one else ""))
    return " ".join(words)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("start", "new link check[mail later|] last"),
        ("after:link", "link new check[mail later|] last"),
        ("after:check", "link check[mail later|] new last"),
        ("after:last", "link check[mail later|] last new"),
        ("in:check:0", "link check[new mail later|] last"),
        ("in:check:1", "link check[mail later|new] last"),
        ("after:mail", "link check[mail new later|] last"),
    ],
)
def test_step_comes_in_where_its_place_says(place: str, expected: str) -> None:
    before = tree()
    assert shape(step_edits.insert(before, place, step("new"))) == expected
    assert shape(before) == "link check[mail later|] last"


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        ("after:gone", LookupError),
        ("in:gone:0", LookupError),
        ("in:check:2", LookupError),
        ("in:link:0", LookupError),
        ("in:check:x", ValueError),
        ("nowhere", ValueError),
        ("", ValueError),
    ],
)
def test_place_that_is_none_is_refused(place: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        step_edits.insert(tree(), place, step("new"))


@pytest.mark.parametrize("name", [one["name"] for _path, one in walk(tree())])
def test_removed_step_goes_back_where_it_stood(name: str) -> None:
    place, one = step_edits.place_of(tree(), name), step_edits.find(tree(), name)
    assert step_edits.insert(step_edits.remove(tree(), name), place, one) == tree()


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("last", "start", "last link check[mail later|]"),
        ("link", "in:check:1", "check[mail later|link] last"),
        ("mail", "after:last", "link check[later|] last mail"),
        ("later", "after:later", "link check[mail later|] last"),
        ("check", "after:last", "link last check[mail later|]"),
        ("link", "start", "link check[mail later|] last"),
    ],
)
def test_step_moves_with_all_inside_it(name: str, place: str, expected: str) -> None:
    assert shape(step_edits.move(tree(), name, place)) == expected


@pytest.mark.parametrize("place", ["in:check:0", "in:check:1", "after:mail", "after:later"])
def test_step_does_not_move_into_its_own_branch(place: str) -> None:
    with pytest.raises(ValueError, match=place):
        step_edits.move(tree(), "check", place)


def test_step_moves_by_one_and_stops_at_the_ends() -> None:
    assert shape(step_edits.shift(tree(), "last", -1)) == "link last check[mail later|]"
    assert shape(step_edits.shift(tree(), "mail", 1)) == "link check[later mail|] last"
    assert step_edits.shift(tree(), "link", -1) == tree()
    assert step_edits.shift(tree(), "later", 1) == tree()


@pytest.mark.parametrize(
    ("title", "taken", "expected"),
    [
        ("Generate One-Time Booking Link", set(), "generate_one_time_booking_link"),
        ("Überprüfung 2!", set(), "uberprufung_2"),
        ("2nd mail", set(), "nd_mail"),
        ("Mail", {"mail"}, "mail_2"),
        ("Mail", {"mail", "mail_2"}, "mail_3"),
        ("提醒", set(), "step"),
        ("x" * 60, {"x" * 40}, "x" * 38 + "_2"),
    ],
)
def test_name_is_made_from_a_title_and_is_free(title: str, taken: set[str], expected: str) -> None:
    assert step_edits.key_of(title, taken) == expected


def mails() -> list[dict[str, Any]]:
    text = (
        "{{ steps.link.url | upcase }} steps.link.url {% if steps.link.status == 'x' %}{{steps.link_2.url}}{% endif %}"
    )
    condition = {"all": [{"value": "steps.link.status", "op": "is", "than": "used"}]}
    inside = step("mail", body=text, values={"to": "{{ steps.link.url }}", "on": ["{{ steps.link.url }}"]}, step="link")
    check = step("check", [inside], [])
    check["branches"][0]["when"] = condition
    return [step("link"), step("link_2"), check, step("jump", step="link", other="link")]


def test_new_name_follows_into_texts_conditions_and_pointers() -> None:
    found = step_edits.rename(mails(), "link", "invite", lambda _step: frozenset({"step"}))
    mail = step_edits.find(found, "mail")["params"]
    assert mail["body"] == (
        "{{ steps.invite.url | upcase }} steps.link.url {% if steps.invite.status == 'x' %}{{steps.link_2.url}}{% endif %}"
    )
    assert mail["values"] == {"to": "{{ steps.invite.url }}", "on": ["{{ steps.invite.url }}"]}
    assert mail["step"] == "invite"
    assert step_edits.find(found, "jump")["params"] == {"step": "invite", "other": "link"}
    when = step_edits.find(found, "check")["branches"][0]["when"]
    assert when == {"all": [{"value": "steps.invite.status", "op": "is", "than": "used"}]}
    assert [one["name"] for _path, one in walk(found)] == ["invite", "link_2", "check", "mail", "jump"]


def test_copy_has_new_names_and_speaks_of_its_own_inside() -> None:
    inner = [step("link"), step("mail", body="{{ steps.link.url }} {{ steps.first.url }}", step="link")]
    before = [step("first"), step("check", inner, [])]
    found, name = step_edits.duplicate(before, "check", lambda _step: frozenset({"step"}))
    assert name == "check_2"
    assert shape(found) == "first check[link mail|] check_2[link_2 mail_2|]"
    copy = step_edits.find(found, "mail_2")["params"]
    assert copy == {"body": "{{ steps.link_2.url }} {{ steps.first.url }}", "step": "link_2"}
    assert step_edits.find(found, "mail") == inner[1]
