"""Edits of a tree of steps (see steps.py): every function takes a list of steps and returns a new one.

A place is named by its neighbour, so that it stays right while others edit: "start", "after:NAME", or "in:NAME:N" for the
start of branch N. An edit of a step that is not there raises LookupError, one that makes no sense ValueError.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from admitone.logic.steps import Steps, branches, walk

Tree = list[dict[str, Any]]
START = "start"
MAX_NAME = 40
TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
#: names of Params of a step that hold the name of a step
Pointers = Callable[[Mapping[str, Any]], frozenset[str]]


def nowhere(_step: Mapping[str, Any]) -> frozenset[str]:
    return frozenset()


def copied(steps: Steps) -> Tree:
    return copy.deepcopy(list(map(dict, steps)))


def lists(tree: Tree) -> Iterator[Tree]:
    """Every list of steps: the tree itself and the inside of each branch."""
    yield tree
    for step in tree:
        for branch in step.get("branches") or ():
            yield from lists(branch.setdefault("steps", []))


def holder(tree: Tree, name: str) -> tuple[Tree, int]:
    """The list that holds a step, and where in it."""
    for one in lists(tree):
        for index, step in enumerate(one):
            if step["name"] == name:
                return one, index
    raise LookupError(name)


def find(tree: Tree, name: str) -> dict[str, Any]:
    rows, index = holder(tree, name)
    return rows[index]


def spot(tree: Tree, place: str) -> tuple[Tree, int]:
    """The list and the index that a place means."""
    kind, _colon, rest = place.partition(":")
    if place == START:
        return tree, 0
    if kind == "after":
        rows, index = holder(tree, rest)
        return rows, index + 1
    name, _colon, number = rest.rpartition(":")
    if kind != "in" or not number.isdecimal():
        raise ValueError(place)
    inside = find(tree, name).get("branches") or []
    if int(number) >= len(inside):
        raise LookupError(place)
    return inside[int(number)].setdefault("steps", []), 0


def place_of(tree: Steps, name: str) -> str:
    """Where a step stands, as a place."""
    for path, step in walk(tree):
        if step["name"] == name:
            return place_at(tree, path)
    raise LookupError(name)


def place_at(tree: Steps, path: tuple[int, ...]) -> str:
    names = {other: step["name"] for other, step in walk(tree)}
    if path[-1]:
        return f"after:{names[(*path[:-1], path[-1] - 1)]}"
    return f"in:{names[path[:-2]]}:{path[-2]}" if len(path) > 1 else START


def insert(steps: Steps, place: str, step: Mapping[str, Any]) -> Tree:
    tree = copied(steps)
    rows, index = spot(tree, place)
    rows.insert(index, copy.deepcopy(dict(step)))
    return tree


def remove(steps: Steps, name: str) -> Tree:
    tree = copied(steps)
    rows, index = holder(tree, name)
    del rows[index]
    return tree


def replace(steps: Steps, name: str, step: Mapping[str, Any]) -> Tree:
    tree = copied(steps)
    rows, index = holder(tree, name)
    rows[index] = copy.deepcopy(dict(step))
    return tree


def names_in(step: Mapping[str, Any]) -> list[str]:
    """The step's own name and those of all steps inside it."""
    return [one["name"] for _path, one in walk([step])]


def move(steps: Steps, name: str, place: str) -> Tree:
    """To another place; ValueError for a place inside the step itself."""
    tree = copied(steps)
    rows, index = holder(tree, name)
    owner = place.partition(":")[2] if place.startswith("after:") else place.partition(":")[2].rpartition(":")[0]
    if place == f"after:{name}":
        return tree
    if owner in names_in(rows[index]):
        raise ValueError(place)
    spot(tree, place)
    step = rows.pop(index)
    rows, index = spot(tree, place)
    rows.insert(index, step)
    return tree


def shift(steps: Steps, name: str, by: int) -> Tree:
    """One up (-1) or down (1) in its list; at the end of the list nothing happens."""
    tree = copied(steps)
    rows, index = holder(tree, name)
    if 0 <= index + by < len(rows):
        rows[index], rows[index + by] = rows[index + by], rows[index]
    return tree


def key_of(title: str, taken: set[str], fallback: str = "step") -> str:
    """A free name made from a title: "Generate link" becomes generate_link, or generate_link_2."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    base = re.sub(r"^[0-9_]+", "", base)[:MAX_NAME].rstrip("_") or fallback
    found, number = base, 1
    while found in taken:
        number += 1
        tail = f"_{number}"
        found = base[: MAX_NAME - len(tail)] + tail
    return found


def taken(steps: Steps) -> set[str]:
    return {step["name"] for _path, step in walk(steps)}


def duplicate(steps: Steps, name: str, pointers: Pointers = nowhere) -> tuple[Tree, str]:
    """A copy right after the step, it and all inside it under new names; what they say of each other stays among them."""
    tree = copied(steps)
    rows, index = holder(tree, name)
    made, used, new = [copy.deepcopy(rows[index])], taken(steps), name
    for old in names_in(made[0]):
        fresh = key_of(old, used)
        used.add(fresh)
        new = fresh if old == name else new
        made = rename(made, old, fresh, pointers)
    rows.insert(index + 1, made[0])
    return tree, new


def rename(steps: Steps, old: str, new: str, pointers: Pointers = nowhere) -> Tree:
    """Another name for a step; every merge text, condition and pointer that means it follows."""
    tree = copied(steps)
    for rows in lists(tree):
        for step in rows:
            aims = pointers(step)
            step["params"] = {
                key: new if key in aims and value == old else rewritten(value, old, new)
                for key, value in (step.get("params") or {}).items()
            }
            for branch in branches(step):
                if "when" in branch:
                    branch["when"] = rewritten(branch["when"], old, new)  # type: ignore[index]
            step["name"] = new if step["name"] == old else step["name"]
    return tree


def rewritten(value: Any, old: str, new: str) -> Any:
    """The value with `steps.old.` become `steps.new.`, in merge tags and where a text is nothing but such a value."""
    if isinstance(value, Mapping):
        return {key: rewritten(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [rewritten(one, old, new) for one in value]
    if not isinstance(value, str):
        return value
    word = re.compile(rf"(?<![\w.])steps\.{re.escape(old)}\.(?=\w)")
    if re.fullmatch(rf"steps\.{re.escape(old)}\.\w+", value):
        return word.sub(f"steps.{new}.", value)
    return TAG.sub(lambda tag: word.sub(f"steps.{new}.", tag[0]), value)
