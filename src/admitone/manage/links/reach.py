"""Which links a signed-in person may see, make and change: their level on the link's calendar."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from django.db.models import Q

from admitone.accounts import permissions
from admitone.accounts.queries import get
from admitone.calendars import access
from admitone.calendars.groups import groups
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.links.models import Batch, OneTimeLink
from admitone.logic.errors import Problem
from admitone.manage.context import AccountRequest


class Reach:
    """The person's levels in this sub-account, read at most once."""

    def __init__(self, request: AccountRequest) -> None:
        self.request = request
        self.everything = permissions.at_least(request.role, "admin")

    @cached_property
    def levels(self) -> dict[UUID, str]:
        return access.levels_of(self.request.account, self.request.user.pk)

    def at(self, calendar_id: UUID | None) -> str | None:
        """view, book, manage, or None for a calendar that is not theirs."""
        if self.everything:
            return "manage"
        return self.levels.get(calendar_id) if calendar_id else None

    def may(self, calendar_id: UUID | None, level: access.Level) -> bool:
        return access.reaches(self.at(calendar_id), level)

    def ids(self, level: access.Level = "view") -> list[UUID] | None:
        """The calendars of at least this level; None means all."""
        if self.everything:
            return None
        return [key for key, have in self.levels.items() if access.reaches(have, level)]

    @cached_property
    def group_levels(self) -> dict[UUID, str]:
        """Group id -> the lowest level on any of its calendars; groups with one that is not theirs are left out."""
        rows = Calendar.objects.filter(account=self.request.account, deleted_at=None, group__isnull=False)
        found: dict[UUID, list[str]] = {}
        for group_id, calendar_id in rows.values_list("group_id", "id"):
            found.setdefault(group_id, []).append(self.levels.get(calendar_id, ""))
        return {key: min(levels, key=access.LEVELS.index) for key, levels in found.items() if all(levels)}

    def at_group(self, group_id: UUID) -> str | None:
        """view, book, manage, or None for a group that is not theirs."""
        return "manage" if self.everything else self.group_levels.get(group_id)

    def at_target(self, of: OneTimeLink | Batch) -> str | None:
        """The level on the calendar or group that a link or batch opens."""
        return self.at_group(of.group_id) if of.group_id else self.at(of.calendar_id)

    def may_target(self, of: OneTimeLink | Batch, level: access.Level) -> bool:
        return access.reaches(self.at_target(of), level)

    def group_ids(self, level: access.Level = "view") -> list[UUID] | None:
        """The groups of at least this level; None means all."""
        if self.everything:
            return None
        return [key for key, have in self.group_levels.items() if access.reaches(have, level)]

    def groups(self, level: access.Level = "view") -> list[CalendarGroup]:
        """The same as rows, by name, deleted ones left out."""
        rows, ids = groups(self.request.account), self.group_ids(level)
        return list(rows if ids is None else rows.filter(id__in=ids))

    def scope(self, level: access.Level = "view", prefix: str = "") -> Q:
        """Of rows with a calendar and a group behind `prefix` those within reach."""
        if self.everything:
            return Q()
        calendars = Q(**{f"{prefix}calendar_id__in": self.ids(level)})
        return calendars | Q(**{f"{prefix}group_id__in": self.group_ids(level)})

    def calendars(self, level: access.Level = "view") -> list[Calendar]:
        """The same as rows, by name, deleted ones left out."""
        rows = Calendar.objects.filter(account=self.request.account, deleted_at=None).select_related("schedule")
        ids = self.ids(level)
        return list((rows if ids is None else rows.filter(id__in=ids)).order_by("name", "id"))

    def require(self, calendar_id: UUID | None, level: access.Level) -> None:
        """Problem("not_found") for a calendar that is not theirs, ("forbidden") for too low a level."""
        if not self.may(calendar_id, "view"):
            raise Problem("not_found")
        if not self.may(calendar_id, level):
            raise Problem("forbidden")

    def require_target(self, of: OneTimeLink | Batch, level: access.Level) -> None:
        """The same for what a link or batch opens."""
        if not self.may_target(of, "view"):
            raise Problem("not_found")
        if not self.may_target(of, level):
            raise Problem("forbidden")

    def link(self, link_id: UUID, level: access.Level = "view") -> OneTimeLink:
        """The link, if the person's level on its calendar or group reaches `level`."""
        link = get(self.request.account, OneTimeLink, link_id, "calendar__schedule", "group", "contact", "created_by")
        self.require_target(link, level)
        return link
