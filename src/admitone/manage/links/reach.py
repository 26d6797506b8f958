"""Which links a signed-in person may see, make and change: their level on the link's calendar."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from admitone.accounts import permissions
from admitone.accounts.queries import get
from admitone.calendars import access
from admitone.calendars.models import Calendar
from admitone.links.models import OneTimeLink
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

    def link(self, link_id: UUID, level: access.Level = "view") -> OneTimeLink:
        """The link, if the person's level on its calendar reaches `level`."""
        link = get(self.request.account, OneTimeLink, link_id, "calendar__schedule", "contact", "created_by")
        self.require(link.calendar_id, level)
        return link
