"""Stages: added at the end, renamed, moved, and deleted into another one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from admitone.accounts.models import Account
from admitone.events import Actor
from admitone.logic.errors import Problem
from admitone.pipelines import queries
from admitone.pipelines.models import Opportunity, Stage
from admitone.pipelines.services.pipelines import MAX_STAGES, locked, locked_stage, named, tell


@transaction.atomic
def add_stage(*, account: Account, pipeline_id: Any, actor: Actor, now: datetime, name: str) -> Stage:
    of = locked(account, pipeline_id)
    count = of.stages.count()
    if count >= MAX_STAGES:
        raise Problem("invalid", fields={"name": f"A pipeline has at most {MAX_STAGES} stages."})
    made = Stage.objects.create(account=account, pipeline=of, name=named(name, "name", 80), position=count)
    tell(of, actor, now, "pipeline.changed", fields=["stages"], stage=str(made.id))
    return made


@transaction.atomic
def rename_stage(*, account: Account, stage_id: Any, actor: Actor, now: datetime, name: str) -> Stage:
    found = queries.stage(account, stage_id)
    of = locked(account, found.pipeline_id)
    text = named(name, "name", 80)
    if found.name != text:
        found.name = text
        found.save(update_fields=["name"])
        tell(of, actor, now, "pipeline.changed", fields=["stages"], stage=str(found.id))
    return found


@transaction.atomic
def move_stage(*, account: Account, stage_id: Any, by: int, actor: Actor, now: datetime) -> None:
    """Swap a stage with its neighbour before (`by` -1) or after (+1); at the edge nothing happens."""
    of = locked(account, queries.stage(account, stage_id).pipeline_id)
    order = list(of.stages.all())
    at = next(place for place, one in enumerate(order) if str(one.id) == str(stage_id))
    to = at + (1 if by > 0 else -1)
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    _number(order)
    tell(of, actor, now, "pipeline.changed", fields=["stages"], stage=str(stage_id))


@transaction.atomic
def delete_stage(*, account: Account, stage_id: Any, into: Any, actor: Actor, now: datetime) -> None:
    """Delete a stage; its opportunities go `into` another one of the pipeline (which is no reached stage: no events of
    theirs). Problem("invalid") for the last stage or a target elsewhere."""
    of = locked(account, queries.stage(account, stage_id).pipeline_id)
    found = locked_stage(account, stage_id)
    others = [one for one in of.stages.all() if one.id != found.id]
    if not others:
        raise Problem("invalid", "A pipeline needs a stage.")
    target = next((one for one in others if str(one.id) == str(into)), None)
    if target is None:
        raise Problem("invalid", fields={"into": "Choose another stage of this pipeline."})
    Opportunity.objects.filter(stage=found).update(stage=target)
    found.delete()
    _number(others)
    tell(of, actor, now, "pipeline.changed", fields=["stages"], stage=str(stage_id), into=str(target.id))


def _number(order: list[Stage]) -> None:
    for place, one in enumerate(order):
        one.position = place
    Stage.objects.bulk_update(order, ["position"])
