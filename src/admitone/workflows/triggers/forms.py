from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.events.models import Event
from admitone.workflows.registry import Trigger, params, trigger


@trigger("form.submitted")
class FormSubmitted(Trigger):
    """Somebody sent a form. Each submission enters by itself."""

    label = _("Form submitted")
    category = _("Forms")
    events = ("form.submitted",)

    @params
    class Params:
        forms: tuple[UUID, ...] = ()

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return not params.forms or event.facts.get("form") in map(str, params.forms)
