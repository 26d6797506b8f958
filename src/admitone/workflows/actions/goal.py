from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.logic.steps import GOAL
from admitone.workflows.actions.wait_for_event import BOOKED, LIMIT_EDITORS, LIMIT_HELPS, LIMIT_LABELS, limit_faults
from admitone.workflows.goals import reached
from admitone.workflows.outcomes import Done, End, Outcome
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext
from admitone.workflows.waking import LINK_KINDS, Happening


@action("goal")
class Goal(Action):
    """What this is all about: once it happens, the contact leaves whatever wait it is in and goes on here."""

    label = _("Goal")
    category = _("Flow")
    icon = "flag"
    outputs = {"status": "reached"}
    output_labels = {"status": _("Status")}
    labels = {
        "event": _("When"),
        "step": _("Link of the step"),
        "unmet": _("Who comes here without it"),
        **LIMIT_LABELS,
    }
    helps = {"step": _("The latest link if empty."), **LIMIT_HELPS}
    editors = {"step": "link_step", **LIMIT_EDITORS}
    words = {"unmet": {"continue": _("Goes on"), "end": _("Stops here")}}

    @params
    class Params:
        """`step` names the step whose link is meant. `unmet`: what becomes of those who get here by themselves.
        `calendars` and `forms` limit what counts of appointments and forms."""

        event: Happening
        step: str = ""
        unmet: Literal["continue", "end"] = "continue"
        calendars: tuple[UUID, ...] = ()
        forms: tuple[UUID, ...] = ()

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return limit_faults(params, account)

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return params.event

    @classmethod
    def nouns(cls, params: Any, branch: str | None) -> frozenset[str]:
        if params.unmet != "end":
            return frozenset()
        link = {"one_time_link", "calendar"} if params.event in LINK_KINDS else set()
        return frozenset(link | ({"appointment", "calendar"} if params.event in BOOKED else set()))

    def run(self, step: StepContext) -> Outcome:
        found = reached(step)
        if found is not None:
            ids = {name: found[name] for name in ("booking", "calendar", "link") if found.get(name)}
            return Done({"status": "reached"}, {**ids, GOAL: None})
        if step.params.unmet == "end":
            return End("Stopped: the goal was not reached.")
        return Done({"status": "unmet"}, {GOAL: None}, note="The goal was not reached.")
