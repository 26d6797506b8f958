"""The branches of a step in its form: names, and for if/else the comparisons that lead into each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.logic.branch_rows import Comparison, Row, row_of
from admitone.logic.conditions import ALONE, OPS
from admitone.logic.identity import storable
from admitone.manage.workflows.step_form import parsed
from admitone.workflows.reasons import OP_WORDS
from admitone.workflows.registry import Action

MOST = 20
#: Whoever chooses a comparison is told more than whoever reads it.
WORDS: dict[str, Any] = OP_WORDS | {
    "is_filled": gettext_lazy("is filled in"),
    "more_than": gettext_lazy("is more than, or later than"),
    "less_than": gettext_lazy("is less than, or earlier than"),
}


def editor_of(kind: type[Action]) -> str:
    """conditions, names, or "" for branches that are what they are."""
    if not kind.branching or "branches" in kind.words:
        return ""
    return kind.editors.get("branches", "names")


def rows_of(step: Mapping[str, Any]) -> list[Row]:
    return [row_of(n, branch) for n, branch in enumerate(step.get("branches") or ())]


def rows_from(data: QueryDict) -> list[Row]:
    """As the form sent them: b0-name, b0-0-1-value, ..."""
    return [row_from(data, n) for n in range(min(count_of(data, "branches"), MOST))]


def count_of(data: QueryDict, name: str) -> int:
    raw = data.get(name, "0")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0


def row_from(data: QueryDict, n: int) -> Row:
    origin = data.get(f"b{n}-origin", "")
    found = Row(
        int(origin) if origin.isascii() and origin.isdigit() and len(origin) < 4 else None,
        storable(data.get(f"b{n}-name", "")),
        otherwise=data.get(f"b{n}-else") == "1",
    )
    if f"b{n}-when" in data:
        found.when = parsed(data.get(f"b{n}-when", ""))
    for g in range(min(count_of(data, f"b{n}-groups"), MOST)):
        count = min(count_of(data, f"b{n}-{g}-count"), MOST)
        found.groups.append([comparison(data, f"b{n}-{g}-{c}") for c in range(count)])
    return found


def comparison(data: QueryDict, where: str) -> Comparison:
    op = data.get(f"{where}-op", "is")
    than = storable(data.get(f"{where}-than", ""))[:500]
    return Comparison(storable(data.get(f"{where}-value", ""))[:200], op if op in OPS else "is", than)


@dataclass(frozen=True)
class ShownRow:
    """A branch as the panel draws it."""

    row: Row
    place: int
    steps: int
    fault: str

    @property
    def when(self) -> str:
        """A condition too deep for rows, as JSON."""
        return "" if self.row.when is None else json.dumps(self.row.when, ensure_ascii=False, indent=2)


@dataclass(frozen=True)
class Branches:
    """What the panel's branch editor shows."""

    rows: list[ShownRow]
    conditional: bool
    fault: str

    @property
    def has_else(self) -> bool:
        return any(one.row.otherwise for one in self.rows)

    @property
    def ops(self) -> list[tuple[str, str]]:
        return [(op, str(words)) for op, words in WORDS.items()]

    @property
    def alone(self) -> frozenset[str]:
        return ALONE


def shown(rows: list[Row], step: Mapping[str, Any], kind: type[Action], faults: Mapping[str, str]) -> Branches | None:
    editor = editor_of(kind)
    if not editor:
        return None
    stored = step.get("branches") or []
    inside = [len(branch.get("steps") or ()) for branch in stored]
    drawn = [
        ShownRow(
            row,
            n,
            inside[row.origin] if row.origin is not None and row.origin < len(inside) else 0,
            next((text for where, text in faults.items() if where.startswith(f"branches.{n}.")), ""),
        )
        for n, row in enumerate(rows)
    ]
    return Branches(drawn, editor == "conditions", faults.get("branches", ""))


def name_for(do: str, rows: list[Row]) -> str:
    return _("Otherwise") if do == "add_else" else _("Branch %(n)d") % {"n": len(rows) + 1}
