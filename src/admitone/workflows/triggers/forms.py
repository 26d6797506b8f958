from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.events.models import Event
from admitone.workflows.filters import calendars, chosen, forms, gone
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


@trigger("form.disqualified")
class RuledOut(FormSubmitted):
    """An answer ruled somebody out: on the form's own page, or in a calendar that asks the form. Nothing was booked."""

    label = _("Guest ruled out by a form")
    events = ("form.disqualified",)

    @params
    class Params:
        """With `calendars`, only guests of these: none from the form's own page."""

        forms: tuple[UUID, ...] = ()
        calendars: tuple[UUID, ...] = ()

    labels = {**FormSubmitted.labels, "calendars": _("Calendars")}
    helps = {**FormSubmitted.helps, "calendars": _("None chosen means any, and the form's own page.")}
    editors = {**FormSubmitted.editors, "calendars": "calendars"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return super().matches(params, event) and chosen(event.facts.get("calendar"), params.calendars)

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return super().check(params, account) | gone("calendars", calendars(account), params.calendars)
