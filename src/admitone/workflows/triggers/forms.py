from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.events.models import Event
from admitone.workflows.filters import chosen, forms, gone
from admitone.workflows.registry import Faults, Trigger, params, trigger


@trigger("form.submitted")
class FormSubmitted(Trigger):
    """Somebody sent a form. Each submission enters by itself."""

    label = _("Form submitted")
    category = _("Forms")
    events = ("form.submitted",)

    @params
    class Params:
        forms: tuple[UUID, ...] = ()

    labels = {"forms": _("Forms")}
    helps = {"forms": _("None chosen means any.")}
    editors = {"forms": "forms"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return chosen(event.facts.get("form"), params.forms)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return gone("forms", forms(account), params.forms)
