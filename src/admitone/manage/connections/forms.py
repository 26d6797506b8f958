"""Forms of connections: signing in at a CalDAV server, and choosing calendars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calendars.models import Host
from admitone.integrations.connections import calendars_of
from admitone.integrations.models import CalendarConnection


class PasswordForm(forms.Form):
    password = forms.CharField(
        max_length=254,
        label=_("App password"),
        help_text=_("Stored encrypted and never shown."),
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
    )


class CalDavForm(PasswordForm):
    host = forms.ChoiceField(label=_("Whose calendar"))
    url = forms.CharField(max_length=900, label=_("Server address"))
    user = forms.CharField(max_length=254, label=_("User name"), help_text=_("Often an email address."))
    name = forms.CharField(required=False, max_length=120, label=_("Name"), help_text=_("Only you see it."))

    def __init__(self, hosts: Sequence[Host], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["host"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(host.id), host.name) for host in hosts]
        if len(hosts) == 1:
            field.initial, field.widget = str(hosts[0].id), forms.HiddenInput()


class ChooseForm(forms.Form):
    """Before anything was chosen, all calendars are ticked and the first that can be written to is proposed."""

    blocks = forms.MultipleChoiceField(
        required=False,
        label=_("Busy times are read from"),
        help_text=_("Appointments in these calendars block the same times here."),
        widget=forms.CheckboxSelectMultiple,
    )
    write_to = forms.ChoiceField(
        required=False,
        label=_("Appointments are written to"),
        help_text=_("New appointments appear there, move with changes, and go when they are cancelled."),
        widget=forms.RadioSelect,
    )

    def __init__(self, row: CalendarConnection, *args: Any, **options: Any) -> None:
        found = calendars_of(row)
        writable = [one for one in found if one.writable]
        fresh = not row.write_to and not any(one.source_id for one in found)
        blocks = [str(one.id) for one in found if one.source_id or fresh]
        target = next((str(one.id) for one in writable if one.remote_id == row.write_to or fresh), "")
        super().__init__(*args, **options)
        self.initial = {"blocks": blocks, "write_to": target}
        many, single = self.fields["blocks"], self.fields["write_to"]
        assert isinstance(many, forms.ChoiceField) and isinstance(single, forms.ChoiceField)
        many.choices = [(str(one.id), one.name) for one in found]
        single.choices = [("", _("No calendar")), *((str(one.id), one.name) for one in writable)]

    def chosen(self) -> dict[str, Any]:
        """What connecting.choose takes."""
        target = self.cleaned_data["write_to"]
        return {
            "blocks": [UUID(key) for key in self.cleaned_data["blocks"]],
            "write_to": UUID(target) if target else "",
        }


class DisconnectForm(forms.Form):
    remove_entries = forms.BooleanField(
        required=False,
        label=_("Also delete upcoming appointments there"),
        help_text=_("Those that were written from here; past ones stay."),
    )
