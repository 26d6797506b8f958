from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.contacts.rows import locked
from admitone.logic.errors import Problem
from admitone.logic.money import to_minor
from admitone.pipelines.models import Opportunity, Pipeline, Stage
from admitone.pipelines.services import change_opportunity, create_opportunity
from admitone.workflows.acting import STATUS_LABEL, Texts, fill, has_merges, is_colleague, no_contact, team_faults
from admitone.workflows.outcomes import Done, Failed, Outcome
from admitone.workflows.registry import Action, Faults, action, params
from admitone.workflows.run import StepContext


@action("opportunity.create")
class CreateOpportunity(Action):
    """A deal with the contact, in a stage of a pipeline; or the one that is open there, brought up to date."""

    label = _("Create or update opportunity")
    category = _("Opportunities")
    icon = "circle-dollar-sign"
    templates = ("name", "value")
    outputs = {"status": "created"}
    output_labels = STATUS_LABEL
    labels = {
        "pipeline": _("Pipeline"),
        "stage": _("Stage"),
        "name": _("Name"),
        "value": _("Value"),
        "owner": _("Owner"),
        "update_open": _("Update the open one if there is one"),
    }
    helps = {
        "stage": _("The first stage if empty."),
        "name": _("The contact's name if empty."),
        "value": _("An amount in the pipeline's currency, like 1200.50."),
        "owner": _("The contact's owner if empty."),
    }
    editors = {"pipeline": "pipeline", "stage": "stage", "name": "subject", "value": "subject", "owner": "user"}

    @params
    class Params:
        """`name` and `value` (an amount like 1200.50) are merge texts."""

        pipeline: UUID
        stage: UUID | None = None
        name: str = ""
        value: str = ""
        owner: UUID | None = None
        update_open: bool = True

    @classmethod
    def summary(cls, params: Any, account: Account) -> str:
        stages = Stage.objects.filter(pk=params.stage, account=account)
        stage = stages.values_list("name", flat=True).first() if params.stage else ""
        name = Pipeline.objects.filter(pk=params.pipeline, account=account).values_list("name", flat=True).first()
        return ": ".join(filter(None, (name, stage)))[:120] or str(cls.label)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        faults = team_faults(account, "owner", [params.owner])
        pipeline = Pipeline.objects.filter(pk=params.pipeline, account=account, deleted_at=None).first()
        if pipeline is None:
            return faults | {"pipeline": str(_("There is no such pipeline."))}
        if stage_of(pipeline, params.stage) is None:
            faults["stage"] = str(_("The pipeline has no such stage."))
        if not has_merges(params.value):
            try:
                to_minor(params.value, pipeline.currency)
            except ValueError as error:
                faults["value"] = str(error)
        return faults

    def run(self, step: StepContext) -> Outcome:
        if step.contact is None:
            return no_contact()
        rows = Pipeline.objects.filter(pk=step.params.pipeline, account=step.account, deleted_at=None)
        pipeline = rows.first()
        stage = stage_of(pipeline, step.params.stage) if pipeline else None
        if pipeline is None or stage is None:
            return Failed("The pipeline or stage of this step has been deleted.")
        texts = fill(step, {"name": step.params.name, "value": step.params.value}, "subject")
        try:
            value = to_minor(texts.found["value"], pipeline.currency) if texts.found.get("value") else None
        except ValueError as error:
            return Failed(f"{texts.found['value']}: {error}")
        locked(step.account, step.contact.id)  # two runs at once must not both find none open
        before = open_one(step, pipeline) if step.params.update_open else None
        if before is not None:
            return updated(step, before, texts, value)
        return created(step, stage, texts, value)


def stage_of(pipeline: Pipeline, stage_id: UUID | None) -> Stage | None:
    """The stage chosen, or the first; None if it is not (any more) one of the pipeline."""
    rows = pipeline.stages.all()
    return rows.filter(pk=stage_id).first() if stage_id else rows.first()


def open_one(step: StepContext, pipeline: Pipeline) -> Opportunity | None:
    """The contact's latest open deal in the pipeline."""
    return Opportunity.objects.filter(pipeline=pipeline, contact=step.contact, status="open").order_by("-id").first()


def owner_of(step: StepContext) -> UUID | None:
    """Whom the step names, else the contact's owner; nobody who has left."""
    wanted = step.params.owner or (step.contact.owner_id if step.contact else None)
    return wanted if wanted and is_colleague(step.account, wanted) else None


def created(step: StepContext, stage: Stage, texts: Texts, value: int | None) -> Done:
    if step.contact is None:
        raise Problem("not_found")
    made = create_opportunity(
        account=step.account,
        stage_id=stage.id,
        contact=step.contact,
        name=texts.found.get("name", "")[:200],
        value_minor=value or 0,
        owner=owner_of(step),
        actor=step.actor,
        now=step.now,
    )
    return Done({"status": "created", "opportunity": str(made.id)}, note=texts.note)


def updated(step: StepContext, before: Opportunity, texts: Texts, value: int | None) -> Done:
    """Only what the step says; a stage only if it names one."""
    changes: dict[str, Any] = {}
    if texts.found.get("name"):
        changes["name"] = texts.found["name"][:200]
    if value is not None:
        changes["value_minor"] = value
    if step.params.owner and (owner := owner_of(step)):
        changes["owner"] = owner
    change_opportunity(
        account=step.account,
        opportunity_id=before.id,
        stage=step.params.stage,
        actor=step.actor,
        now=step.now,
        **changes,
    )
    return Done({"status": "updated", "opportunity": str(before.id)}, note=texts.note)
