"""What changed between two workflow documents, in the order people read them: name, settings, triggers, steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from admitone.logic.steps import branches, walk

What = Literal["added", "removed", "changed", "moved"]
Kind = Literal["name", "setting", "trigger", "step"]
ABSENT = None


@dataclass(frozen=True, slots=True)
class Value:
    """One value by its dotted path; `before` or `after` is None where there is none."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """`key` is the step's name or the trigger's or step's type where there is no name; `type` its kind of step."""

    kind: Kind
    what: What
    key: str
    type: str = ""
    label: str = ""
    values: tuple[Value, ...] = ()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A step with the list it stands in: ("", 0) is the trunk, else the step that branches and the branch's number."""

    step: Mapping[str, Any]
    inside: tuple[str, int]


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Nothing is left out: equal documents, and only those, give an empty list."""
    found: list[Change] = []
    if before.get("name") != after.get("name"):
        found.append(Change("name", "changed", "name", values=(Value("name", before.get("name"), after.get("name")),)))
    settings = compared(before.get("settings") or {}, after.get("settings") or {})
    found += [Change("setting", "changed", value.path, values=(value,)) for value in settings]
    found += triggers(before.get("triggers") or (), after.get("triggers") or ())
    return found + steps(before.get("steps") or (), after.get("steps") or ())


def triggers(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Triggers have no names: equal ones are set aside, then those of one type are paired in their order."""
    gone, new = list(before), []
    for row in after:
        if row in gone:
            gone.remove(row)
        else:
            new.append(row)
    found = []
    for row in new:
        old = next((one for one in gone if one.get("type") == row.get("type")), None)
        if old is not None:
            gone.remove(old)
        values = compared((old or {}).get("filters") or {}, row.get("filters") or {})
        found.append(Change("trigger", "changed" if old else "added", row["type"], row["type"], values=values))
    removed = (Change("trigger", "removed", row["type"], row["type"], values=gone_values(row)) for row in gone)
    return [*removed, *found]


def gone_values(row: Mapping[str, Any]) -> tuple[Value, ...]:
    return compared(row.get("filters") or row.get("params") or {}, {})


def steps(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Change]:
    old, new = places(before), places(after)
    moved = moves(old, new)
    found = [one_removed(place) for name, place in old.items() if name not in new]
    for name, place in new.items():
        change = one_step(old.get(name), place, moved=name in moved)
        found += [change] if change else []
    return found


def places(tree: Sequence[Mapping[str, Any]]) -> dict[str, Place]:
    """Every step by its name, in reading order."""
    owners: dict[tuple[int, ...], str] = {path: step["name"] for path, step in walk(tree)}
    return {
        step["name"]: Place(step, (owners[path[:-2]], path[-2]) if len(path) > 1 else ("", 0))
        for path, step in walk(tree)
    }


def moves(old: Mapping[str, Place], new: Mapping[str, Place]) -> set[str]:
    """Steps that stand in another list, or at another place among those of their list that stayed in it."""
    both = [name for name in new if name in old]
    found = {name for name in both if old[name].inside != new[name].inside}
    for inside in {new[name].inside for name in both}:
        stayed = {name for name in both if old[name].inside == new[name].inside == inside}
        first = [name for name in old if name in stayed]
        second = [name for name in new if name in stayed]
        for tag, _a, _b, start, end in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
            found |= set(second[start:end]) if tag != "equal" else set()
    return found


def one_removed(place: Place) -> Change:
    step = place.step
    return Change("step", "removed", step["name"], step["type"], step.get("label") or "", facts_compared(step, {}))


def one_step(old: Place | None, new: Place, *, moved: bool) -> Change | None:
    step = new.step
    values = facts_compared(old.step if old else {}, step)
    if old and not values and not moved:
        return None
    what: What = "added" if old is None else "changed" if values else "moved"
    return Change("step", what, step["name"], step["type"], step.get("label") or "", values, moved and old is not None)


def facts_compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Value, ...]:
    return compared(facts(before), facts(after))


def facts(step: Mapping[str, Any]) -> dict[str, Any]:
    """What a step says of itself; the steps in its branches say their own."""
    found: dict[str, Any] = {name: step[name] for name in ("type", "label") if step.get(name)}
    found |= {"disabled": True} if step.get("disabled") else {}
    found |= dict(step.get("params") or {})
    for place, branch in enumerate(branches(step)):
        found[f"branches.{place}.name"] = branch.get("name") or ""
        found |= {f"branches.{place}.when": branch["when"]} if "when" in branch else {}
    return found


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Value, ...]:
    """Values that differ, in the order of `after`, then of `before`."""
    old, new = dict(flat(before)), dict(flat(after))
    names = [*new, *(name for name in old if name not in new)]
    rows = ((name, old.get(name, ABSENT), new.get(name, ABSENT)) for name in names)
    return tuple(Value(*row) for row in rows if row[1] != row[2] or ((row[0] in old) != (row[0] in new)))


def flat(raw: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Values by dotted path; lists and conditions stay whole, empty objects are values."""
    for name, value in raw.items():
        whole = not isinstance(value, Mapping) or not value or prefix + name == "when" or name.endswith(".when")
        if whole:
            yield prefix + name, value
        else:
            yield from flat(value, f"{prefix}{name}.")
