"""The steps of a draft as cards, ready to be drawn: nested as they are, each with its words, faults and ways out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from admitone.logic.step_edits import START
from admitone.logic.steps import END, GOTO, Step, Steps
from admitone.manage.workflows.wording import described
from admitone.workflows.editing import revision, title_of
from admitone.workflows.models import Workflow
from admitone.workflows.registry import actions, triggers

#: a type, or the first word of it -> (icon of a trigger, tone of the card)
LOOKS: dict[str, tuple[str, str]] = {
    "form": ("clipboard-list", "info"),
    "booking": ("calendar-check", "accent"),
    "booking.cancelled": ("calendar-x", "accent"),
    "booking.completed": ("calendar-check-2", "accent"),
    "booking.declined": ("ban", "accent"),
    "booking.no_show": ("user-x", "accent"),
    "booking.requested": ("hourglass", "accent"),
    "booking.rescheduled": ("calendar-clock", "accent"),
    "one_time_link.attempted": ("ticket-x", "accent"),
    "one_time_link.deleted": ("ticket-x", "accent"),
    "one_time_link.expired": ("timer-off", "accent"),
    "one_time_link.expiring": ("timer", "accent"),
    "one_time_link.used": ("ticket-check", "accent"),
    "one_time_link": ("ticket", "accent"),
    "contact": ("contact", "warn"),
    "contact.tag_added": ("tag", "warn"),
    "contact.tag_removed": ("tags", "warn"),
    "opportunity": ("square-kanban", "warn"),
    "manual": ("hand", ""),
    "email": ("mail", "info"),
    "sms": ("message-square", "info"),
    "notify": ("bell", "info"),
    "customer": ("reply", "info"),
    "message": ("message-square", "info"),
    "call": ("phone-missed", "info"),
    "hook": ("webhook", ""),
    "inbound_hook": ("webhook", ""),
    "http": ("webhook", ""),
    "payment": ("credit-card", "accent"),
    "waitlist": ("hourglass", "accent"),
    "schedule": ("clock", ""),
    "clock": ("clock", ""),
    "date": ("calendar-heart", ""),
}


@dataclass
class Lane:
    """One branch: `place` is its start."""

    name: str
    place: str
    nodes: list[Node]

    @property
    def closed(self) -> bool:
        """No way leads out at its end."""
        return bool(self.nodes) and not self.nodes[-1].after


@dataclass
class Node:
    """One card. `after` is the place behind it, "" where nothing can follow."""

    name: str
    type: str
    title: str
    kind: str
    icon: str
    tone: str
    summary: str
    faults: list[str]
    disabled: bool
    after: str
    first: bool
    last: bool
    lanes: list[Lane] = field(default_factory=list)


@dataclass
class TriggerCard:
    place: int
    title: str
    icon: str
    tone: str
    summary: str
    faults: list[str]
    seen: str

    @property
    def key(self) -> str:
        return str(self.place)


@dataclass
class Canvas:
    triggers: list[TriggerCard]
    nodes: list[Node]
    start: str = START

    @property
    def has_no_steps(self) -> bool:
        return not self.nodes


def canvas_of(workflow: Workflow, faults: Mapping[str, str]) -> Canvas:
    draft = workflow.draft
    cards = [trigger_card(workflow, n, row, faults) for n, row in enumerate(draft.get("triggers", ()))]
    return Canvas(cards, Painter(workflow, faults).nodes(draft.get("steps", ())))


def look_of(key: str) -> tuple[str, str]:
    return LOOKS.get(key) or LOOKS.get(key.partition(".")[0], ("zap", ""))


def trigger_card(workflow: Workflow, place: int, row: Mapping[str, Any], faults: Mapping[str, str]) -> TriggerCard:
    kind = triggers().get(row["type"])
    icon, tone = look_of(row["type"])
    return TriggerCard(
        place,
        str(kind.label) if kind else row["type"],
        getattr(kind, "icon", icon),
        tone,
        described(kind, row["filters"], workflow.account) if kind else "",
        [text for where, text in faults.items() if where.split(".")[:2] == ["triggers", str(place)]],
        revision(row),
    )


class Painter:
    def __init__(self, workflow: Workflow, faults: Mapping[str, str]) -> None:
        self.account, self.tree = workflow.account, workflow.draft.get("steps", ())
        self.faults: dict[str, list[str]] = {}
        for where, text in faults.items():
            words = where.split(".")
            if words[0] == "steps" and len(words) > 1:
                self.faults.setdefault(words[1], []).append(text)

    def nodes(self, steps: Steps) -> list[Node]:
        return [self.node(step, n, len(steps)) for n, step in enumerate(steps)]

    def node(self, step: Step, place: int, count: int) -> Node:
        kind = actions().get(step["type"])
        lanes = self.lanes(step)
        closed = (
            place == count - 1 and (step["type"] in (END, GOTO) or sealed(step, lanes)) and not step.get("disabled")
        )
        return Node(
            name=step["name"],
            type=step["type"],
            title=title_of(step),
            kind=str(kind.label) if kind else step["type"],
            icon=kind.icon if kind else "circle-help",
            tone=look_of(step["type"])[1],
            summary=self.summary(step),
            faults=self.faults.get(step["name"], []),
            disabled=bool(step.get("disabled")),
            after="" if closed else f"after:{step['name']}",
            first=place == 0,
            last=place == count - 1,
            lanes=lanes,
        )

    def lanes(self, step: Step) -> list[Lane]:
        rows: Sequence[Mapping[str, Any]] = step.get("branches") or ()
        return [
            Lane(
                lane_words(step, row, n),
                f"in:{step['name']}:{n}",
                self.nodes(row.get("steps") or ()),
            )
            for n, row in enumerate(rows)
        ]

    def summary(self, step: Step) -> str:
        """One line about what it will do; nothing while its Params cannot be read, or if the title says it already."""
        kind = actions().get(step["type"])
        params, wrong = kind.read(step["params"]) if kind else (None, {"": ""})
        if kind is None or wrong:
            return str(kind.label) if kind and step.get("label") else ""
        text = kind.summary(params, self.account)
        if text == str(kind.label):
            text = described(kind, step["params"], self.account, self.tree) or text
        return "" if text == title_of(step) else text


def lane_words(step: Step, branch: Mapping[str, Any], n: int) -> str:
    """What people call a branch."""
    kind, name = actions().get(step["type"]), str(branch.get("name") or "")
    said = kind.words.get("branches", {}).get(name) if kind else None
    return str(said or name or _("Branch %(n)d") % {"n": n + 1})


def sealed(step: Step, lanes: Sequence[Lane]) -> bool:
    """One of the branches is always taken, and none leads on."""
    kind = actions().get(step["type"])
    return kind is not None and bool(lanes) and all(lane.closed for lane in lanes) and kind.closed(step["branches"])
