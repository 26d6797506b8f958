"""Reads of pipelines, stages and opportunities."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.contacts.models import Contact
from admitone.logic.errors import Problem
from admitone.logic.identity import storable
from admitone.pipelines.models import Opportunity, Pipeline, Stage

#: Cards of one column; the list shows them all.
SHOWN = 50
SORTS = {
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
    "value": ("value_minor", "id"),
    "-value": ("-value_minor", "-id"),
    "created": ("created_at", "id"),
    "-created": ("-created_at", "-id"),
}


@dataclass
class Column:
    """A stage with its open opportunities: how many, what they are worth by currency, and the first of them."""

    stage: Stage
    count: int = 0
    totals: dict[str, int] = field(default_factory=dict)
    cards: list[Opportunity] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.count - len(self.cards)


def pipelines(account: Account) -> QuerySet[Pipeline]:
    """The account's pipelines by name, deleted ones left out."""
    return Pipeline.objects.filter(account=account, deleted_at=None).order_by("name", "id")


def deleted(account: Account) -> QuerySet[Pipeline]:
    return Pipeline.objects.filter(account=account).exclude(deleted_at=None).order_by("-deleted_at", "id")


def pipeline(account: Account, pipeline_id: Any, *, deleted: bool = False) -> Pipeline:
    """Raises Problem("not_found"), unless `deleted` also for a deleted one."""
    key = as_uuid(pipeline_id)
    rows = Pipeline.objects.filter(account=account)
    found = (rows if deleted else rows.filter(deleted_at=None)).filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def stage(account: Account, stage_id: Any) -> Stage:
    """A stage of a pipeline that is there, with its pipeline. Raises Problem("not_found")."""
    key = as_uuid(stage_id)
    rows = Stage.objects.select_related("pipeline").filter(account=account, pipeline__deleted_at=None)
    found = rows.filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def opportunities(
    account: Account,
    *,
    pipeline: Pipeline | None = None,
    stage: Stage | None = None,
    status: str | None = None,
    contact: Contact | None = None,
    search: str = "",
    sort: str = "",
) -> QuerySet[Opportunity]:
    """Those of pipelines that are there, with contact, owner, stage and pipeline joined."""
    rows = Opportunity.objects.filter(account=account, pipeline__deleted_at=None, contact__erased_at=None)
    wanted = {"pipeline": pipeline, "stage": stage, "status": status, "contact": contact}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if text := storable(search).strip():
        rows = rows.filter(
            Q(name__icontains=text) | Q(contact__name__icontains=text) | Q(contact__email__icontains=text)
        )
    rows = rows.select_related("contact", "owner", "stage", "pipeline")
    return rows.order_by(*SORTS[sort]) if sort in SORTS else rows


def opportunity(account: Account, opportunity_id: Any) -> Opportunity:
    """Raises Problem("not_found")."""
    key = as_uuid(opportunity_id)
    found = opportunities(account).filter(id=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def board(of: Pipeline) -> list[Column]:
    """Every stage with its open opportunities, the latest arrival on top. Three statements."""
    columns = {one.id: Column(one) for one in of.stages.all()}
    rows = Opportunity.objects.filter(pipeline=of, status="open", contact__erased_at=None)
    for stage_id, currency, count, total in (
        rows.order_by().values_list("stage_id", "currency").annotate(Count("id"), Sum("value_minor"))
    ):
        columns[stage_id].count += count
        if total:
            columns[stage_id].totals[currency] = int(total)
    place = Window(RowNumber(), partition_by=[F("stage_id")], order_by=[F("position").desc(), F("id").desc()])
    cards = rows.annotate(place=place).filter(place__lte=SHOWN).select_related("contact", "owner")
    for card in cards.order_by("-position", "-id"):
        columns[card.stage_id].cards.append(card)
    return list(columns.values())
