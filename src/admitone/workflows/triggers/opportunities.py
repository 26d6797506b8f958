from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.events.models import Event
from admitone.workflows.filters import chosen, gone, pipelines, stages
from admitone.workflows.models import Enrollment
from admitone.workflows.registry import Faults, Trigger, params, trigger

PIPELINE = {"pipeline": _("Pipeline")}
ANY = _("None chosen means any.")
EXAMPLE = {"opportunity": None}  # of a test run


class OpportunityTrigger(Trigger):
    category = _("Opportunities")
    provides = frozenset({"opportunity"})
    labels = PIPELINE
    helps = {"pipeline": ANY}
    editors = {"pipeline": "pipeline"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return chosen(event.facts.get("pipeline"), [params.pipeline] if params.pipeline else [])

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return gone("pipeline", pipelines(account), [params.pipeline] if params.pipeline else [])

    @classmethod
    def given(cls, noun: str, enrollment: Enrollment) -> Mapping[str, Any]:
        return enrollment.cause_facts if "opportunity" in enrollment.cause_facts else EXAMPLE


@trigger("opportunity.stage_changed")
class StageChanged(OpportunityTrigger):
    """A deal reached a stage, by a move or by being made in it."""

    label = _("Pipeline stage changed")
    events = ("opportunity.stage_changed",)

    @params
    class Params:
        pipeline: UUID | None = None
        stages: tuple[UUID, ...] = ()

    labels = {**PIPELINE, "stages": _("Stages")}
    helps = {"pipeline": ANY, "stages": ANY}
    editors = {"pipeline": "pipeline", "stages": "stages"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return super().matches(params, event) and chosen(event.facts.get("stage"), params.stages)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return super().check(params, account) or gone("stages", stages(account, params.pipeline), params.stages)


@trigger("opportunity.status_changed")
class StatusChanged(OpportunityTrigger):
    """A deal was won, lost, abandoned or opened again."""

    label = _("Opportunity status changed")
    events = ("opportunity.status_changed",)

    @params
    class Params:
        pipeline: UUID | None = None
        statuses: tuple[Literal["open", "won", "lost", "abandoned"], ...] = ()

    labels = {**PIPELINE, "statuses": _("Status")}
    helps = {"pipeline": ANY, "statuses": ANY}
    words = {"statuses": {"open": _("Open"), "won": _("Won"), "lost": _("Lost"), "abandoned": _("Abandoned")}}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return super().matches(params, event) and chosen(event.facts.get("status"), params.statuses)
