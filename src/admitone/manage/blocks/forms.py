"""The form for a new blocked time, on the sub-account's clock or the calendar's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Host
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date, parse_time
from admitone.manage.calendars.forms import day
from admitone.manage.calendars.reading import local_minute


class BlockForm(forms.Form):
    whose = forms.ChoiceField(label=_("Who or what is blocked"))
    start_date = day(_("From"), required=True)
    start_time = forms.CharField(max_length=12, label=_("Time it begins"))
    end_date = day(_("Until"), required=True)
    end_time = forms.CharField(max_length=12, label=_("Time it ends"))
    note = forms.CharField(required=False, max_length=200, label=_("Note"), help_text=_("Only your team sees it."))

    def __init__(self, hosts: Sequence[Host], data: Any = None, *, calendar: bool = False) -> None:
        super().__init__(data)
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        own = [("calendar", _("This calendar"))] if calendar else []
        field.choices = [*own, *((str(host.id), host.name) for host in hosts)]

    def read(self, zone: str) -> dict[str, Any]:
        """start and end in epoch minutes, the note; Problem("invalid") names the fields that cannot be read."""
        errors: dict[str, str] = {}
        found: dict[str, Any] = {"note": self.cleaned_data["note"]}
        for name in ("start", "end"):
            try:
                found[name] = self._minute(name, zone)
            except ValueError as error:
                errors[f"{name}_time"] = str(error)
        if errors:
            raise Problem("invalid", fields=errors)
        return found

    def _minute(self, name: str, zone: str) -> int:
        at = local_minute(
            zone, clean_date(self.cleaned_data[f"{name}_date"]), parse_time(self.cleaned_data[f"{name}_time"])
        )
        if at is None:
            raise ValueError(_("That time does not exist: the clocks go forward over it."))
        return at
