from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.events.models import Event
from admitone.workflows.registry import Trigger, params, trigger


class LinkTrigger(Trigger):
    category = _("One-time links")
    provides = frozenset({"one_time_link", "calendar"})

    @params
    class Params:
        calendars: tuple[UUID, ...] = ()
        sources: tuple[str, ...] = ()

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        facts = event.facts
        there = not params.calendars or facts.get("calendar") in map(str, params.calendars)
        return there and (not params.sources or facts.get("source") in params.sources)


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


@trigger("one_time_link.expired")
class LinkExpired(LinkTrigger):
    """A link expired unused."""

    label = _("One-time link expired")
    events = ("one_time_link.expired",)
