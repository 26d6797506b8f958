from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.manage.forms import ZoneField


class SetupForm(forms.Form):
    token = forms.CharField(
        max_length=200,
        label=_("Set-up token"),
        help_text=_(
            "Printed in the terminal when the server started, and in the file setup-token of the data directory."
        ),
    )
    name = forms.CharField(max_length=120, label=_("Your name"), help_text=_("Guests see it as their host."))
    email = forms.EmailField(label=_("Email"))
    password = forms.CharField(
        max_length=200,
        strip=False,
        label=_("Password"),
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(render_value=True),
    )
    business = forms.CharField(max_length=120, label=_("Business or practice"))
    timezone = ZoneField(help_text=_("Your working hours are in this zone."))
