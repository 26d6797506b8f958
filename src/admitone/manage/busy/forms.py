"""The form for a new busy calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Host


class SourceForm(forms.Form):
    host = forms.ChoiceField(label=_("Whose calendar"))
    name = forms.CharField(required=False, max_length=120, label=_("Name"), help_text=_("Only you see it."))
    url = forms.CharField(
        max_length=2000,
        label=_("Feed address"),
        help_text=_("The secret iCal address (.ics) of Google, Outlook, iCloud or another calendar."),
    )

    def __init__(self, hosts: Sequence[Host], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["host"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(host.id), host.name) for host in hosts]
