"""What the calendar's dialogs ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Calendar, Host
from admitone.manage.calendars.forms import day


class MoveForm(forms.Form):
    date = day(_("Date"), required=True)
    time = forms.CharField(max_length=12, label=_("Starts at"))
    tell = forms.BooleanField(required=False, label=_("Tell the guest"), initial=True)


class CancelForm(forms.Form):
    reason = forms.CharField(
        required=False, max_length=1000, label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2})
    )
    tell = forms.BooleanField(required=False, label=_("Tell the guest"), initial=True)


class BlockForm(forms.Form):
    whose = forms.ChoiceField(label=_("Who or what is blocked"))
    date = day(_("From"), required=True)
    time = forms.CharField(max_length=12, label=_("Time it begins"))
    end_date = day(_("Until"), required=True)
    end_time = forms.CharField(max_length=12, label=_("Time it ends"))
    note = forms.CharField(required=False, max_length=200, label=_("Note"), help_text=_("Only your team sees it."))

    def __init__(self, hosts: Sequence[Host], calendars: Sequence[Calendar], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        people = [(f"host:{one.id}", one.name) for one in hosts]
        named = [(f"calendar:{one.id}", one.name) for one in calendars]
        groups = [(_("Hosts, in all calendars"), people), (_("One calendar"), named)]
        field.choices = [(name, rows) for name, rows in groups if rows]
