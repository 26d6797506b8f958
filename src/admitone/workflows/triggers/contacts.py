from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from admitone.events.models import Event
from admitone.workflows.registry import Trigger, params, trigger


@trigger("contact.created")
class ContactCreated(Trigger):
    """A contact is new, by a booking, a form, an import or by hand."""

    label = _("Contact created")
    category = _("Contacts")
    events = ("contact.created",)

    @params
    class Params:
        sources: tuple[str, ...] = ()

    labels = {"sources": _("How the contact came")}
    helps = {"sources": _("None named means any.")}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return not params.sources or event.facts.get("source") in params.sources


@trigger("contact.changed")
class ContactChanged(Trigger):
    """Details of a contact were edited."""

    label = _("Contact changed")
    category = _("Contacts")
    events = ("contact.changed",)

    @params
    class Params:
        fields: tuple[str, ...] = ()

    labels = {"fields": _("Details")}
    helps = {"fields": _("None named means any.")}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return not params.fields or bool(set(params.fields) & set(event.facts.get("fields", ())))
