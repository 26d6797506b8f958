from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.events.models import Event
from admitone.workflows.filters import CalendarTrigger
from admitone.workflows.registry import Faults, params, trigger

Source = Literal["by_hand", "api", "workflow", "bulk", "reissue"]
MAX_LEAD = 24 * 365  # hours


class LinkTrigger(CalendarTrigger):
    category = _("One-time links")
    provides = frozenset({"one_time_link", "calendar"})

    @params
    class Params:
        calendars: tuple[UUID, ...] = ()
        sources: tuple[Source, ...] = ()

    labels = {**CalendarTrigger.labels, "sources": _("How the link was made")}
    helps = {**CalendarTrigger.helps, "sources": _("None chosen means any.")}
    words = {
        "sources": {
            "by_hand": _("By hand"),
            "api": _("API"),
            "workflow": _("By a workflow"),
            "bulk": _("Many at once"),
            "reissue": _("As a new link for an old one"),
        }
    }

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        here = super().matches(params, event)
        return here and (not params.sources or event.facts.get("source") in params.sources)


@trigger("one_time_link.created")
class LinkCreated(LinkTrigger):
    """A link was made. Links that this workflow makes do not start it again."""

    label = _("One-time link created")
    events = ("one_time_link.created",)


@trigger("one_time_link.opened")
class LinkOpened(LinkTrigger):
    """Its page was probably opened by a person."""

    label = _("One-time link opened")
    events = ("one_time_link.opened",)


@trigger("one_time_link.used")
class LinkUsed(LinkTrigger):
    """It booked."""

    label = _("One-time link used")
    events = ("one_time_link.used",)
    provides = frozenset({"one_time_link", "calendar", "appointment"})


@trigger("one_time_link.attempted")
class LinkAttempted(LinkTrigger):
    """Somebody tried to book with a link that no longer works."""

    label = _("Dead one-time link tried")
    events = ("one_time_link.attempted",)


@trigger("one_time_link.deleted")
class LinkDeleted(LinkTrigger):
    """A link was withdrawn while unused."""

    label = _("One-time link deleted")
    events = ("one_time_link.deleted",)


@trigger("one_time_link.expiring")
class LinkExpiring(LinkTrigger):
    """An unused link is about to expire: once per link, so many hours ahead. Links that live shorter are left out."""

    label = _("One-time link about to expire")
    events = ("one_time_link.expiring",)

    @params
    class Params:
        hours: int = 24
        calendars: tuple[UUID, ...] = ()
        sources: tuple[Source, ...] = ()

    labels = {"hours": _("Hours before it expires"), **LinkTrigger.labels}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return event.facts.get("hours") == params.hours and super().matches(params, event)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        if not 1 <= params.hours <= MAX_LEAD:
            return {"hours": translated("Choose an hour to a year.")}
        return super().check(params, account)


@trigger("one_time_link.expired")
class LinkExpired(LinkTrigger):
    """A link expired unused."""

    label = _("One-time link expired")
    events = ("one_time_link.expired",)
