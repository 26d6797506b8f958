"""The forms of a schedule beside its week and dates."""

from __future__ import annotations

from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Schedule
from admitone.logic import public_holidays


class NameForm(forms.Form):
    name = forms.CharField(max_length=120, label=_("Name"), help_text=_("Guests do not see it."))


class HolidayForm(forms.Form):
    """Regions are offered once the country is saved; another country starts without one."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    subdivision = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, schedule: Schedule, data: Any = None) -> None:
        stored = {"country": schedule.holiday_country, "subdivision": schedule.holiday_subdivision}
        super().__init__(data, initial=stored)
        country, subdivision = self.fields["country"], self.fields["subdivision"]
        assert isinstance(country, forms.ChoiceField) and isinstance(subdivision, forms.ChoiceField)
        country.choices = [("", _("Open on public holidays")), *countries()]
        regions = public_holidays.subdivisions(schedule.holiday_country) if schedule.holiday_country else ()
        subdivision.choices = [("", _("The whole country")), *regions]
        self.has_regions = bool(regions)
        if data is not None and data.get("country") != schedule.holiday_country:
            self.data = {"country": data.get("country", "")}


def countries() -> list[tuple[str, str]]:
    """By their names in the reader's language."""
    names = Locale.parse(to_locale(get_language() or "en")).territories
    return sorted(((code, names.get(code, code)) for code in public_holidays.countries()), key=lambda one: one[1])
