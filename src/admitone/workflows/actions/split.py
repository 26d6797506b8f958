from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.logic import steps
from admitone.workflows.outcomes import Branch
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext

SPACE = 2**64


@action("split")
class Split(Action):
    """Send each contact into one of several branches by chance, in these shares. The same run always takes the same one."""

    label = _("Split")
    category = _("Flow")
    icon = "shuffle"
    branching = True
    outputs = {"branch": "A"}
    output_labels = {"branch": _("Branch")}
    labels = {"percentages": _("Percentages")}
    helps = {"percentages": _("One for each branch, in their order; together 100.")}

    @params
    class Params:
        percentages: tuple[int, ...] = (50, 50)

    @classmethod
    def first_branches(cls) -> Sequence[Mapping[str, Any]]:
        return ({"name": "A"}, {"name": "B"})

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return " / ".join(f"{share}%" for share in params.percentages)[:120] or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        fits = all(share >= 0 for share in params.percentages) and sum(params.percentages) == 100
        return {} if fits else {"percentages": str(_("Together they must make 100."))}

    @classmethod
    def closed(cls, branches: Sequence[Mapping[str, Any]]) -> bool:
        return bool(branches)

    @classmethod
    def check_branches(cls, branches: Sequence[Mapping[str, Any]], params: Any) -> Faults:
        if len(branches) < 2:
            return {"branches": str(_("Add a second branch."))}
        fits = len(branches) == len(params.percentages)
        return {} if fits else {"percentages": str(_("Give one percentage for each branch."))}

    def run(self, step: StepContext) -> Branch:
        drawn, so_far = chance(step), 0.0
        rows = steps.branches(step.step)
        for n, share in enumerate(step.params.percentages[: len(rows)]):
            so_far += share / 100
            if drawn < so_far:
                name = str(rows[n].get("name") or n + 1)
                return Branch({"branch": name}, note=name, n=n)
        return Branch({"branch": ""})


def chance(step: StepContext) -> float:
    """From 0 up to 1, fixed for this run and step."""
    digest = hashlib.sha256(f"{step.enrollment.id}:{step.name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / SPACE
