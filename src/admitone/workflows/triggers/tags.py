from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.events.models import Event
from admitone.workflows.filters import chosen, gone, tags
from admitone.workflows.registry import Faults, Trigger, params, trigger


class TagTrigger(Trigger):
    category = _("Contacts")

    @params
    class Params:
        tags: tuple[UUID, ...] = ()

    labels = {"tags": _("Tags")}
    helps = {"tags": _("None chosen means any.")}
    editors = {"tags": "tags"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return chosen(event.facts.get("tag"), params.tags)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return gone("tags", tags(account), params.tags)


@trigger("contact.tag_added")
class TagAdded(TagTrigger):
    """A contact got a tag that it did not have."""

    label = _("Tag added")
    events = ("tag.added",)


@trigger("contact.tag_removed")
class TagRemoved(TagTrigger):
    """A tag was taken off a contact."""

    label = _("Tag removed")
    events = ("tag.removed",)
