"""What filters of triggers share: rows of the account that they name, and publication refusing those that are gone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar
from admitone.contacts.models import Tag
from admitone.events.models import Event
from admitone.forms.models import Form
from admitone.pipelines.models import Pipeline, Stage
from admitone.workflows.models import InboundHook
from admitone.workflows.registry import Faults, Trigger, params


def gone(name: str, rows: QuerySet[Any], ids: Collection[UUID]) -> Faults:
    """A fault at `name` unless every id is among the rows."""
    wanted = set(ids)
    if not wanted or rows.filter(pk__in=wanted).count() == len(wanted):
        return {}
    return {name: _("Something chosen here has been deleted. Choose again.")}


def calendars(account: Account) -> QuerySet[Calendar]:
    return Calendar.objects.filter(account=account, deleted_at=None)


def forms(account: Account) -> QuerySet[Form]:
    return Form.objects.filter(account=account, deleted_at=None)


def pipelines(account: Account) -> QuerySet[Pipeline]:
    return Pipeline.objects.filter(account=account, deleted_at=None)


def stages(account: Account, pipeline: UUID | None = None) -> QuerySet[Stage]:
    rows = Stage.objects.filter(account=account, pipeline__deleted_at=None)
    return rows.filter(pipeline=pipeline) if pipeline else rows


def tags(account: Account) -> QuerySet[Tag]:
    return Tag.objects.filter(account=account)


def hooks(account: Account) -> QuerySet[InboundHook]:
    return InboundHook.objects.filter(account=account, deleted_at=None)


def chosen(fact: Any, ids: Collection[object]) -> bool:
    """Whether an event's fact is one of the ids or words; none chosen means any."""
    return not ids or fact in map(str, ids)


class CalendarTrigger(Trigger):
    """Something happened in a calendar: to an appointment, or to a link."""

    @params
    class Params:
        calendars: tuple[UUID, ...] = ()

    labels = {"calendars": gettext_lazy("Calendars")}
    helps = {"calendars": gettext_lazy("None chosen means any.")}
    editors = {"calendars": "calendars"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return chosen(event.facts.get("calendar"), params.calendars)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return gone("calendars", calendars(account), params.calendars)
