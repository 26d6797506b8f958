"""Forms of groups: a new one and its details."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Calendar


class DetailsForm(forms.Form):
    name = forms.CharField(max_length=120, label=_("Name"), help_text=_("Guests read it on the group's page."))
    slug = forms.CharField(
        max_length=60, label=_("Address"), help_text=_("A new address takes effect at once; the old one is gone.")
    )
    description = forms.CharField(
        required=False, max_length=2000, label=_("Description"), widget=forms.Textarea(attrs={"rows": 3})
    )


class NewForm(forms.Form):
    """`calendars` stand in the order of the list; it can be turned afterwards."""

    name = forms.CharField(max_length=120, label=_("Name"), help_text=_("Guests read it on the group's page."))
    calendars = forms.MultipleChoiceField(
        required=False,
        label=_("Calendars"),
        help_text=_("A calendar belongs to one group at most: it leaves the one it is in."),
        widget=forms.CheckboxSelectMultiple,
    )
    description = forms.CharField(
        required=False, max_length=2000, label=_("Description"), widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, calendars: list[Calendar], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["calendars"].choices = [(str(each.id), each.name) for each in calendars]  # type: ignore[attr-defined]
        if not calendars:
            del self.fields["calendars"]
