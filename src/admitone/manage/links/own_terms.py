"""What a new link may do otherwise than its calendar: the fields under "More options"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Calendar
from admitone.links.services.special import NAMES
from admitone.logic.plan import CalendarPlan


class OwnTermsForm(forms.Form):
    """The services say what is wrong with a value; `offer` leaves only the fields that the calendars can keep."""

    duration = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1440,
        label=_("Length in minutes"),
        help_text=_("Empty: what the calendar offers."),
    )
    host = forms.ChoiceField(
        required=False, label=_("Only with"), help_text=_("Guests are told whom they meet and cannot choose another.")
    )
    location = forms.CharField(
        required=False,
        max_length=500,
        label=_("Place"),
        help_text=_("An address or a video link, instead of the calendar's."),
    )
    seats = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        label=_("Largest party"),
        help_text=_("Places that one booking may take. Empty: one."),
    )
    series = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=52,
        label=_("Longest series"),
        help_text=_("Appointments that one booking may repeat. Empty: one."),
    )

    def offer(self, calendars: Sequence[Calendar]) -> None:
        """Without a calendar, as for a group's link, nothing of this can be agreed on."""
        plans = [calendar.compiled for calendar in calendars]
        hosts = [(plan.name, _hosts(plan)) for plan in plans if plan.type.choice]
        kept = {
            "duration": any(not plan.type.seated for plan in plans),
            "host": bool(hosts),
            "location": bool(plans),
            "seats": any(plan.type.seated for plan in plans),
            "series": any(plan.series_max > 1 for plan in plans),
        }
        for name, stays in kept.items():
            if not stays:
                del self.fields[name]
        if hosts:
            grouped = hosts if len(plans) > 1 else hosts[0][1]
            self.fields["host"].choices = [("", _("Whoever the calendar chooses")), *grouped]  # type: ignore[attr-defined]

    def special(self) -> dict[str, Any]:
        """What was said, as links.services takes it."""
        said = {name: self.cleaned_data.get(name) for name in NAMES}
        return {name: value for name, value in said.items() if value not in (None, "")}

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in NAMES if name in self.fields]

    @property
    def opens_own(self) -> bool:
        """Something stands in these fields, or is wrong with them."""
        return any(field.value() or field.errors for field in self.own_fields)


def _hosts(plan: CalendarPlan) -> list[tuple[str, str]]:
    return [(host.id, host.name) for host in plan.hosts]
