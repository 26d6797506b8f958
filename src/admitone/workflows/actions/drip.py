from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.workflows.gates import take_place
from admitone.workflows.outcomes import Done, Outcome, Wait
from admitone.workflows.periods import Period
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext

MAX_COUNT = 1_000_000


@action("drip")
class Drip(Action):
    """Let so many contacts through per period, first come first served; the others wait for theirs."""

    label = _("Drip")
    category = _("Flow")
    icon = "droplets"
    labels = {"count": _("Contacts"), "per": _("In each")}
    helps = {"per": _("The length of a period, like one hour.")}

    @params
    class Params:
        count: int
        per: Period

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        return f"{params.count} / {params.per.words}"[:120]

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        wrong = params.per.fault()
        faults: Faults = {"per": wrong} if wrong else {}
        if not 1 <= params.count <= MAX_COUNT:
            faults["count"] = str(_("Choose a number from 1 to 1,000,000."))
        return faults

    def run(self, step: StepContext) -> Outcome:
        """A place is good for its own period: who comes later, as after a pause, takes a new one."""
        per = step.params.per.delta
        place = held(step)
        if place is not None and step.now < place:
            return Wait(place)
        if place is None or step.now >= place + per:
            place = take_place(step.enrollment.workflow_id, step.name, step.params.count, per, step.now)
        return Done() if place <= step.now else Wait(place)


def held(step: StepContext) -> datetime | None:
    """When the place of this visit opens, if it has one."""
    return step.enrollment.resume_at if step.run.status == "waiting" else None
