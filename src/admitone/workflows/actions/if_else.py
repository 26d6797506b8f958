from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.logic import conditions, steps
from admitone.values import value
from admitone.workflows.outcomes import Branch
from admitone.workflows.registry import Action, Faults, action
from admitone.workflows.run import StepContext


@action("if_else")
class IfElse(Action):
    """The first branch whose condition holds; one without a condition is "else" and comes last."""

    label = _("If / else")
    category = _("Flow")
    icon = "split"
    branching = True
    editors = {"branches": "conditions"}

    @classmethod
    def first_branches(cls) -> Sequence[Mapping[str, Any]]:
        first = {"value": "", "op": "is", "than": ""}
        return ({"name": str(_("Yes")), "when": {"all": [first]}}, {"name": str(_("Otherwise"))})

    @classmethod
    def closed(cls, branches: Sequence[Mapping[str, Any]]) -> bool:
        return any("when" not in branch for branch in branches)

    @classmethod
    def check_branches(cls, branches: Sequence[Mapping[str, Any]], params: Any) -> Faults:
        if not branches:
            return {"branches": str(_("Add a branch."))}
        early = any("when" not in branch for branch in branches[:-1])
        return {"branches": str(_('Only the last branch may go without "when".'))} if early else {}

    def run(self, step: StepContext) -> Branch:
        for n, branch in enumerate(steps.branches(step.step)):
            if "when" not in branch or conditions.holds(branch["when"], lambda name: value(name, step.values)):
                return Branch(note=str(branch.get("name") or ""), n=n)
        return Branch()
