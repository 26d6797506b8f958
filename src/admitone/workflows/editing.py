"""A draft as it is edited: new steps, what tells two states of a step apart, the values that a place offers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from admitone.logic import step_edits, steps
from admitone.values import namespaces
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
    step: dict[str, Any] = {"name": name, "type": key_of(kind), "params": {}}
    if kind.branching:
        step["branches"] = [dict(branch, steps=[]) for branch in kind.first_branches()]
    return step


def key_of(kind: type[Action]) -> str:
    return kind.key


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
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    values: list[Value]


def known_at(document: Mapping[str, Any], name: str) -> frozenset[str]:
    """Names of the values that are surely there when the step runs; of one nothing leads to, those at the entry."""
    tree = document["steps"]
    entry = documents.at_entry(document)
    known = steps.known_before(tree, entry, documents.RULES)
    return known.get(steps.named(tree, name) or steps.START, entry)


def values_at(document: Mapping[str, Any], name: str) -> list[Group]:
    """The same in the groups people look for: nouns first, then earlier steps by their titles."""
    known = known_at(document, name)
    groups = [noun_group(noun, known) for noun in (*ORDER, *sorted(set(namespaces()) - set(ORDER)))]
    for _path, step in steps.walk(document["steps"]):
        groups.append(step_group(step, known))
    return [group for group in groups if group.values]


def noun_group(noun: str, known: frozenset[str]) -> Group:
    space = namespaces().get(noun)
    fields = space.fields if space else {}
    mine = [name for name in known if name.partition(".")[0] == noun]
    order = {name: place for place, name in enumerate(fields)}
    mine.sort(key=lambda name: (order.get(name.partition(".")[2], len(order)), name))
    values = []
    for name in mine:
        field = fields.get(name.partition(".")[2])
        values.append(Value(name, str(field.label) if field else words(name), field.sample if field else ""))
    return Group(str(space.label) if space else words(noun), values)


def step_group(step: Mapping[str, Any], known: frozenset[str]) -> Group:
    kind = actions().get(step["type"])
    outputs = kind.outputs if kind else {}
    made = {name: f"steps.{step['name']}.{name}" for name in outputs}
    labels = output_words(kind)
    values = [Value(full, labels.get(name, words(name)), outputs[name]) for name, full in made.items() if full in known]
    return Group(title_of(step), values)


def output_words(kind: type[Action] | None) -> dict[str, str]:
    return {name: str(label) for name, label in kind.output_labels.items()} if kind else {}


def words(name: str) -> str:
    """A readable form of a name nobody has labelled."""
    return name.rpartition(".")[2].replace("_", " ").capitalize()


def label_of(document: Mapping[str, Any], value: str) -> str:
    """How a value is called among the steps of a document."""
    for group in values_at(document, ""):
        for one in group.values:
            if one.name == value:
                return f"{group.label}: {one.label}"
    return value or _("nothing yet")
