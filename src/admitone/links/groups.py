"""What a link of a group opens: the calendars its guest chooses among, and how the page looks before the choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from admitone.calendars.busy import stale
from admitone.calendars.groups import group_plan
from admitone.calendars.models import BusySource, Calendar, CalendarGroup
from admitone.links.models import OneTimeLink
from admitone.logic.plan import CalendarPlan, decode


@dataclass(frozen=True, slots=True)
class Choice:
    """A calendar of the group that takes bookings. `stale`: a busy source of its hosts has to be read again first."""

    plan: CalendarPlan
    stale: bool


def choices(group_id: UUID, now: datetime) -> tuple[Choice, ...]:
    """The active calendars of a group in its order, those for one-time links only too. One statement."""
    sources = BusySource.objects.filter(stale(now), host__calendar_hosts__calendar=OuterRef("pk"))
    rows = Calendar.objects.filter(group_id=group_id, active=True, deleted_at=None).annotate(stale=Exists(sources))
    rows = rows.order_by("group_order", "id")
    return tuple(Choice(decode(plan), stale) for plan, stale in rows.values_list("plan", "stale"))


def chosen(found: tuple[Choice, ...], reference: str) -> Choice | None:
    """The choice with this calendar id or slug."""
    return next((one for one in found if reference in (one.plan.calendar_id, one.plan.slug)), None)


def color_of(link: OneTimeLink) -> str:
    """The brand colour of mails about a link: its calendar's, of a group that of the first calendar; "" for none."""
    if link.calendar is not None:
        return link.calendar.brand_color
    rows = Calendar.objects.filter(group_id=link.group_id, deleted_at=None).order_by("group_order", "id")
    return rows.values_list("brand_color", flat=True).first() or ""


def plan_before_choice(link: OneTimeLink, group: CalendarGroup, found: tuple[Choice, ...]) -> CalendarPlan:
    """The group in the shape of a plan: its name and text, the brand and contact of its first calendar, no hours."""
    return group_plan(group, link.account, [one.plan for one in found])
