"""Branches with conditions as rows of a form: each branch holds groups of comparisons, all of a group, or any group.

A condition that is nested deeper is left as it is (`when`), for an editor of texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admitone.logic.conditions import ALONE

Branch = dict[str, Any]
LISTS = "is_one_of"


@dataclass
class Comparison:
    value: str = ""
    op: str = "is"
    than: str = ""

    def stored(self) -> dict[str, Any]:
        if self.op in ALONE:
            return {"value": self.value, "op": self.op}
        if self.op == LISTS:
            return {"value": self.value, "op": self.op, "than": [one.strip() for one in self.than.split(",")]}
        return {"value": self.value, "op": self.op, "than": self.than}


@dataclass
class Row:
    """`origin` is the branch's place in what is stored, None for a new one; `otherwise`: it has no condition."""

    origin: int | None
    name: str
    otherwise: bool = False
    groups: list[list[Comparison]] = field(default_factory=list)
    when: Any = None

    def condition(self) -> Any:
        if self.when is not None:
            return self.when
        filled = [group for group in self.groups if group] or [[Comparison()]]
        groups = [{"all": [one.stored() for one in group]} for group in filled]
        return groups[0] if len(groups) == 1 else {"any": groups}


def row_of(origin: int | None, branch: Mapping[str, Any]) -> Row:
    name = str(branch.get("name") or "")
    if "when" not in branch:
        return Row(origin, name, otherwise=True)
    groups = groups_of(branch["when"])
    return Row(origin, name, groups=groups or [], when=branch["when"] if groups is None else None)


def groups_of(when: Any) -> list[list[Comparison]] | None:
    """Groups that mean the same; None for what does not fit."""
    if not isinstance(when, Mapping):
        return None
    if "any" in when:
        inner = [flat(part) for part in when["any"]]
        return None if any(group is None for group in inner) else [group for group in inner if group is not None]
    group = flat(when)
    return None if group is None else [group]


def flat(part: Any) -> list[Comparison] | None:
    if not isinstance(part, Mapping) or "any" in part:
        return None
    rows = part.get("all", [part])
    if not all(isinstance(one, Mapping) and isinstance(one.get("value"), str) for one in rows):
        return None
    return [comparison(one) for one in rows]


def comparison(raw: Mapping[str, Any]) -> Comparison:
    than = raw.get("than")
    text = ", ".join(map(str, than)) if isinstance(than, list) else "" if than is None else str(than)
    return Comparison(raw["value"], str(raw.get("op", "is")), text)


def stored(rows: Sequence[Row], before: Sequence[Mapping[str, Any]], *, conditional: bool) -> list[Branch]:
    """The branches with what the rows say; the steps inside stay with their branch."""
    found = []
    for row in rows:
        kept = before[row.origin].get("steps") if row.origin is not None and row.origin < len(before) else None
        branch: Branch = {"name": row.name.strip()[:120]}
        if conditional and not row.otherwise:
            branch["when"] = row.condition()
        found.append({**branch, "steps": kept or []})
    return found


def changed(rows: list[Row], do: str, named: str) -> list[Row]:
    """After a press: "add_branch", "add_else", "remove_branch:1", "add_group:1", "add_condition:1:0",
    "remove_condition:1:0:2". A new branch is called `named` and stands before the one without a condition."""
    what, *numbers = do.split(":")
    at = [int(number) for number in numbers if number.isdecimal()]
    if what == "add_branch":
        place = next((n for n, row in enumerate(rows) if row.otherwise), len(rows))
        rows.insert(place, Row(None, named, groups=[[Comparison()]]))
    elif what == "add_else" and not any(row.otherwise for row in rows):
        rows.append(Row(None, named, otherwise=True))
    elif what == "remove_branch" and at and at[0] < len(rows):
        del rows[at[0]]
    elif what in ("add_group", "add_condition", "remove_condition") and at and at[0] < len(rows):
        change_groups(rows[at[0]].groups, what, at[1:])
    return rows


def change_groups(groups: list[list[Comparison]], what: str, at: list[int]) -> None:
    if what == "add_group":
        groups.append([Comparison()])
    elif at and at[0] < len(groups):
        group = groups[at[0]]
        if what == "add_condition":
            group.append(Comparison())
        elif len(at) > 1 and at[1] < len(group):
            del group[at[1]]
            if not group and len(groups) > 1:
                del groups[at[0]]
