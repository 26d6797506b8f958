from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.workflows.outcomes import Done, Outcome, Wait
from admitone.workflows.periods import Period
from admitone.workflows.registry import Action, Faults, action
from admitone.workflows.run import StepContext


@action("wait.for")
class WaitFor(Action):
    """Let some time pass."""

    label = _("Wait")
    category = _("Flow")
    icon = "hourglass"
    waits = True
    labels = {"seconds": _("How long")}
    Params = Period

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return params.words

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        wrong = params.fault()
        return {"seconds": wrong} if wrong else {}

    def run(self, step: StepContext) -> Outcome:
        due = step.run.started_at + step.params.delta
        return Done() if step.now >= due else Wait(due)
