from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.events.models import Event
from admitone.workflows.registry import Trigger, params, trigger


@trigger("opportunity.stage_changed")
class StageChanged(Trigger):
    """A deal reached a stage, by a move or by being made in it."""

    label = _("Pipeline stage changed")
    category = _("Opportunities")
    events = ("opportunity.stage_changed",)

    @params
    class Params:
        pipeline: UUID | None = None
        stages: tuple[UUID, ...] = ()

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        facts = event.facts
        there = params.pipeline is None or facts.get("pipeline") == str(params.pipeline)
        return there and (not params.stages or facts.get("stage") in map(str, params.stages))


@trigger("opportunity.status_changed")
class StatusChanged(Trigger):
    """A deal was won, lost, abandoned or opened again."""

    label = _("Opportunity status changed")
    category = _("Opportunities")
    events = ("opportunity.status_changed",)

    @params
    class Params:
        pipeline: UUID | None = None
        statuses: tuple[str, ...] = ()

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        facts = event.facts
        there = params.pipeline is None or facts.get("pipeline") == str(params.pipeline)
        return there and (not params.statuses or facts.get("status") in params.statuses)
