"""A draft as it is edited: new steps, what tells two states of a step apart, the values that a place offers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admitone.accounts.models import Account
from admitone.logic import step_edits, steps
from admitone.values import namespaces, spelled
from admitone.values.rendering import fields_of
from admitone.workflows import documents
from admitone.workflows.registry import Action, actions

POINTERS = frozenset({"step", "link_step"})
ORDER = ("contact", "appointment", "one_time_link", "calendar", "user", "account")


def pointers(step: Mapping[str, Any]) -> frozenset[str]:
    """Names of the step's Params that hold another step's name."""
    kind = actions().get(step["type"])
    named = {name for name, editor in kind.editors.items() if editor in POINTERS} if kind else set()
    return frozenset({"step", *named})


def new_step(kind: type[Action], tree: steps.Steps) -> dict[str, Any]:
    """A step of a kind as it is when it has just been added, under a free name."""
    name = step_edits.key_of(str(kind.label), step_edits.taken(tree), kind.key.replace(".", "_"))
    step: dict[str, Any] = {"name": name, "type": kind.key, "params": {}}
    if kind.branching:
        step["branches"] = [dict(branch, steps=[]) for branch in kind.first_branches()]
    return step


def revision(part: Mapping[str, Any]) -> str:
    """Equal for two states of a step (without the steps inside it), or of a trigger, that are the same."""
    shallow = {**part}
    if "branches" in part:
        shallow["branches"] = [{key: value for key, value in one.items() if key != "steps"} for one in part["branches"]]
    return hashlib.sha256(json.dumps(shallow, sort_keys=True).encode()).hexdigest()[:16]


def title_of(step: Mapping[str, Any]) -> str:
    """What people call the step."""
    kind = actions().get(step["type"])
    return str(step.get("label") or (kind.label if kind else step["type"]))


@dataclass(frozen=True, slots=True)
class Value:
    """One value that a text may merge: `{{ name }}`."""

    name: str
    label: str
    sample: str

    @property
    def code(self) -> str:
        return f"{{{{ {spelled(self.name)} }}}}"


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    values: list[Value]


def known_at(document: Mapping[str, Any], name: str, account: Account) -> frozenset[str]:
    """Names of the values that are surely there when the step runs; of one nothing leads to, those at the entry."""
    tree = document["steps"]
    entry = documents.at_entry(document, account)
    known = steps.known_before(tree, entry, documents.RULES)
    return known.get(steps.named(tree, name) or steps.START, entry)


def values_at(document: Mapping[str, Any], name: str, account: Account) -> list[Group]:
    """The same in the groups people look for: nouns first, then earlier steps by their titles."""
    known = known_at(document, name, account)
    nouns = (*ORDER, *sorted(set(namespaces()) - set(ORDER)))
    groups = [noun_group(noun, known, account) for noun in nouns if noun in namespaces()]
    groups += [step_group(step, known) for _path, step in steps.walk(document["steps"])]
    return [group for group in groups if group.values]


def noun_group(noun: str, known: frozenset[str], account: Account) -> Group:
    """In the order of its fields."""
    fields = fields_of(noun, account)
    values = [
        Value(f"{noun}.{name}", str(field.label), field.sample)
        for name, field in fields.items()
        if f"{noun}.{name}" in known
    ]
    return Group(str(namespaces()[noun].label), values)


def step_group(step: Mapping[str, Any], known: frozenset[str]) -> Group:
    kind = actions().get(step["type"])
    outputs = kind.outputs if kind else {}
    made = {name: f"steps.{step['name']}.{name}" for name in outputs}
    labels = kind.output_labels if kind else {}
    values = [
        Value(full, str(labels.get(name) or words(name)), outputs[name]) for name, full in made.items() if full in known
    ]
    return Group(title_of(step), values)


def words(name: str) -> str:
    """A readable form of a name nobody has labelled."""
    return name.rpartition(".")[2].replace("_", " ").capitalize()
