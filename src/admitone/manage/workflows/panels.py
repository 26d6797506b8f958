"""What stands beside the canvas: the form of a step or trigger, the picker of a new one, places to move to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.logic import step_edits, steps
from admitone.logic.branch_rows import Row
from admitone.manage.workflows import branching
from admitone.manage.workflows.branching import Branches
from admitone.manage.workflows.canvas import lane_words, look_of
from admitone.manage.workflows.step_form import ParamForm
from admitone.workflows import documents
from admitone.workflows.editing import Group, revision, title_of, values_at
from admitone.workflows.models import Workflow
from admitone.workflows.registry import Action, Configurable, actions, triggers

#: categories in the order people look for them; others follow
FIRST = ("one_time_link.generate", "email.send", "contact.add_tag", "wait.for", "webhook.send")


@dataclass
class StepPanel:
    """`conflict`: the step was changed elsewhere since it was shown. `notes` are faults of no single field."""

    step: Mapping[str, Any]
    label: str
    form: ParamForm
    seen: str
    values: list[Group]
    branches: Branches | None = None
    notes: list[str] = field(default_factory=list)
    conflict: bool = False
    kind: str = "step"

    @property
    def title(self) -> str:
        return title_of(self.step)

    @property
    def tone(self) -> str:
        return look_of(self.step["type"])[1]

    @property
    def type(self) -> type[Action]:
        return actions()[self.step["type"]]

    @property
    def value_names(self) -> set[str]:
        return {value.name for group in self.values for value in group.values}

    @property
    def has_merge(self) -> bool:
        return any(param.is_merge for param in self.form.params)


@dataclass
class TriggerPanel:
    place: int
    title: str
    about: str
    form: ParamForm
    seen: str
    conflict: bool = False
    notes: list[str] = field(default_factory=list)
    kind: str = "trigger"


@dataclass(frozen=True)
class Pick:
    key: str
    label: str
    about: str
    icon: str
    tone: str


@dataclass(frozen=True)
class PickGroup:
    label: str
    picks: list[Pick]


@dataclass
class PickPanel:
    """A new step (`place` says where) or a new trigger."""

    groups: list[PickGroup]
    place: str = ""
    kind: str = "pick"


@dataclass(frozen=True)
class Place:
    place: str
    label: str
    depth: int
    here: bool


@dataclass
class MovePanel:
    step: Mapping[str, Any]
    places: list[Place]
    kind: str = "move"

    @property
    def title(self) -> str:
        return title_of(self.step)


def step_panel(
    workflow: Workflow,
    account: Account,
    step: Mapping[str, Any],
    data: QueryDict | None = None,
    *,
    rows: list[Row] | None = None,
    quiet: bool = False,
    conflict: bool = False,
) -> StepPanel:
    """`quiet` keeps faults of a step that has just been added to itself."""
    kind, tree = actions()[step["type"]], workflow.draft["steps"]
    form = ParamForm(kind, account, step["params"], data, tree, step["name"])
    faults = {} if quiet else faults_of(workflow, account, step["name"])
    mine = {where: text for where, text in faults.items() if where and not where.startswith("branches")}
    form.show_faults(mine)
    shown = branching.rows_of(step) if rows is None else rows
    return StepPanel(
        step,
        title_of(step) if data is None else data.get("label", ""),
        form,
        revision(step),
        values_at(workflow.draft, step["name"], account),
        branching.shown(shown, step, kind, faults),
        [text for where, text in faults.items() if not where],
        conflict,
    )


def faults_of(workflow: Workflow, account: Account, name: str) -> dict[str, str]:
    """What is wrong with one step: param -> sentence, "" for the step itself."""
    found = {}
    for where, text in documents.step_faults(workflow.draft, account).items():
        head, _dot, rest = where.partition(".")
        step, _dot, param = rest.partition(".")
        if head == "steps" and step == name:
            found[param] = text
    return found


def trigger_panel(
    workflow: Workflow, account: Account, place: int, data: QueryDict | None = None, *, conflict: bool = False
) -> TriggerPanel:
    row = workflow.draft["triggers"][place]
    kind = triggers()[row["type"]]
    form = ParamForm(kind, account, row["filters"], data)
    wrong = {
        where.split(".", 2)[2]: text
        for where, text in documents.trigger_faults(workflow.draft, account).items()
        if where.startswith(f"triggers.{place}.")
    }
    form.show_faults(wrong)
    return TriggerPanel(place, str(kind.label), about(kind), form, revision(row), conflict)


def about(kind: type[Configurable]) -> str:
    """Its description, the first sentence of it."""
    text = " ".join((kind.__doc__ or "").split())
    return text.partition(". ")[0].rstrip(".") + "." if text else ""


def pick_groups(table: Mapping[str, type[Configurable]]) -> list[PickGroup]:
    groups: dict[str, list[Pick]] = {}
    ordered = sorted(table.items(), key=lambda one: (place_of(one[0]), str(one[1].category), str(one[1].label)))
    for key, kind in ordered:
        icon, tone = look_of(key)
        pick = Pick(key, str(kind.label), about(kind), getattr(kind, "icon", icon), tone)
        groups.setdefault(str(kind.category), []).append(pick)
    return [PickGroup(label, picks) for label, picks in groups.items()]


def place_of(key: str) -> int:
    return FIRST.index(key) if key in FIRST else len(FIRST)


def step_picker(place: str) -> PickPanel:
    return PickPanel(pick_groups(actions()), place)


def trigger_picker() -> PickPanel:
    return PickPanel(pick_groups(triggers()))


def move_panel(workflow: Workflow, step: Mapping[str, Any]) -> MovePanel:
    """Every place but those inside the step itself, from top to bottom."""
    tree: Any = workflow.draft["steps"]
    here = step_edits.place_of(tree, step["name"])
    first = Place(step_edits.START, _("At the start"), 0, here == step_edits.START)
    return MovePanel(step, [first, *places(tree, step["name"], here, 0)])


def places(tree: steps.Steps, but: str, here: str, depth: int) -> Iterator[Place]:
    """Behind each step but one, and at the start of each of its branches."""
    for other in tree:
        if other["name"] == but:
            continue
        for n, branch in enumerate(steps.branches(other)):
            place = f"in:{other['name']}:{n}"
            yield Place(place, f"{title_of(other)} › {lane_words(other, branch, n)}", depth + 1, here == place)
            yield from places(branch.get("steps") or (), but, here, depth + 1)
        after = f"after:{other['name']}"
        yield Place(after, title_of(other), depth, here == after)
