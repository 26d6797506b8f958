from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.logic import steps
from admitone.pipelines.models import Opportunity, Stage
from admitone.pipelines.services import change_opportunity
from admitone.workflows.acting import STATUS, STATUS_LABEL
from admitone.workflows.outcomes import Done, Outcome, Skipped
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("opportunity.move")
class MoveOpportunity(Action):
    """Move the deal of this run to a stage, or say that it is won, lost or abandoned."""

    label = _("Move opportunity")
    category = _("Opportunities")
    icon = "move-right"
    outputs = STATUS
    output_labels = STATUS_LABEL
    labels = {"stage": _("Stage"), "status": _("Status"), "step": _("Made by the step")}
    helps = {
        "step": _("If empty: the deal that this run made or was started by, else the contact's latest open one."),
    }
    editors = {"stage": "stage", "step": "step"}
    words = {"status": {"open": _("Open"), "won": _("Won"), "lost": _("Lost"), "abandoned": _("Abandoned")}}

    @params
    class Params:
        """A stage, a status or both. `step` names the step that made the deal."""

        stage: UUID | None = None
        status: Literal["open", "won", "lost", "abandoned"] | None = None
        step: str = ""

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        rows = Stage.objects.filter(pk=params.stage, account=account)
        name = rows.values_list("name", flat=True).first() if params.stage else ""
        status = str(cls.words["status"][params.status]) if params.status else ""
        return ", ".join(filter(None, (name, status)))[:120] or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        if params.stage is None and params.status is None:
            return {"stage": str(_("Choose a stage or a status."))}
        rows = Stage.objects.filter(pk=params.stage, account=account, pipeline__deleted_at=None)
        there = params.stage is None or rows.exists()
        return {} if there else {"stage": str(_("There is no such stage."))}

    def run(self, step: StepContext) -> Outcome:
        found = meant(step)
        if found is None:
            return Skipped("There is no such opportunity.")
        change_opportunity(
            account=step.account,
            opportunity_id=found.id,
            stage=step.params.stage,
            status=step.params.status or "",
            actor=step.actor,
            now=step.now,
        )
        return Done({"opportunity": str(found.id)}, note=found.name)


def meant(step: StepContext) -> Opportunity | None:
    """The deal of the step that is named; else the run's own, else the contact's latest open one."""
    rows = Opportunity.objects.filter(account=step.account, pipeline__deleted_at=None)
    name = step.params.step
    for raw in [made_by(step, name)] if name else [*made_here(step), step.enrollment.cause_facts.get("opportunity")]:
        key = as_uuid(raw) if raw else None
        if key and (found := rows.filter(pk=key).first()):
            return found
    if name or step.contact is None:
        return None
    return rows.filter(contact=step.contact, status="open").order_by("-id").first()


def made_by(step: StepContext, name: str) -> Any:
    return (step.enrollment.outputs.get(name) or {}).get("opportunity")


def made_here(step: StepContext) -> list[Any]:
    """Deals of earlier steps, the last step's first."""
    names = [one["name"] for _path, one in steps.walk(step.document["steps"])]
    return [made_by(step, name) for name in reversed(names)]
