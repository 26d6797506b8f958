from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.accounts.sealing import SealBroken
from admitone.messaging.caps import HIGHEST
from admitone.messaging.email_services import EmailService
from admitone.messaging.esps import Esp
from admitone.messaging.models import EmailSettings
from admitone.messaging.queries import esp_options
from admitone.messaging.services import MailServer

SECURITIES = [
    ("starttls", _("STARTTLS (usually port 587)")),
    ("tls", _("TLS from the start (usually port 465)")),
    ("none", _("None (only inside your own network)")),
]
STORED = ("host", "port", "security", "username", "from_name", "from_email", "reply_to")


class SenderForm(forms.Form):
    """What the settings of a mail server and of a service share."""

    from_name = forms.CharField(max_length=120, required=False, label=_("Name"))
    from_email = forms.EmailField(required=False, label=_("Address"))
    reply_to = forms.EmailField(required=False, label=_("Answers go to"))
    daily_cap = forms.IntegerField(min_value=1, max_value=HIGHEST, required=False, label=_("Mails a day"))
    to = forms.EmailField(required=False, label=_("Send the test to"))


class EmailForm(SenderForm):
    """A stored password is never shown; an empty field keeps it."""

    host = forms.CharField(max_length=253, required=False, label=_("Server"))
    port = forms.IntegerField(min_value=1, max_value=65535, label=_("Port"))
    security = forms.ChoiceField(choices=SECURITIES, label=_("Encryption"))
    username = forms.CharField(max_length=254, required=False, label=_("User name"))
    password = forms.CharField(
        max_length=500,
        required=False,
        strip=False,
        label=_("Password"),
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )

    @classmethod
    def initial_of(cls, stored: EmailSettings, to: str) -> dict[str, Any]:
        return {name: getattr(stored, name) for name in (*STORED, "daily_cap")} | {"to": to}

    def server(self) -> MailServer:
        """What was typed; without a user name there is no password to keep."""
        typed = {name: self.cleaned_data[name] for name in STORED}
        password = (self.cleaned_data["password"] or None) if typed["username"] else ""
        return MailServer(**typed, password=password)


class ServiceForm(SenderForm):
    """The fields of one email service. Stored keys are never shown; an empty field keeps them."""

    def __init__(self, data: Any, *, esp: Esp, stored: EmailSettings, to: str) -> None:
        same = stored.provider == esp.key
        shown = {name: value for name, value in options_of(stored).items() if name not in esp.secrets} if same else {}
        sender = {name: getattr(stored, name) for name in ("from_name", "from_email", "reply_to", "daily_cap")}
        super().__init__(data, initial={**shown, **sender, "to": to})
        self.esp = esp
        self.fields["from_email"].required = True
        for one in esp.fields:
            self.fields[one.name] = forms.CharField(
                max_length=500,
                required=one.required and not (same and one.secret),
                label=one.label,
                help_text=one.help,
                widget=secret_input(same) if one.secret else forms.TextInput(),
            )
        if esp.regions:
            choices = [(name, REGIONS.get(name, name.upper())) for name in esp.regions]
            self.fields["region"] = forms.ChoiceField(choices=choices, required=False, label=_("Region"))

    @property
    def own(self) -> list[forms.BoundField]:
        return [self[name] for name in self.esp.names]

    def service(self) -> EmailService:
        values = {name: self.cleaned_data.get(name) or "" for name in self.esp.names}
        sender = {name: self.cleaned_data[name] for name in ("from_name", "from_email", "reply_to")}
        return EmailService(self.esp.key, values, **sender)


REGIONS = {"us": _("United States"), "eu": _("European Union"), "global": _("Global")}


def secret_input(kept: bool) -> forms.PasswordInput:
    attrs = {"autocomplete": "new-password", "placeholder": _("Unchanged") if kept else ""}
    return forms.PasswordInput(render_value=False, attrs=attrs)


def options_of(stored: EmailSettings) -> dict[str, str]:
    """Nothing, if the secret key has changed: then everything has to be typed again."""
    try:
        return esp_options(stored)
    except SealBroken:
        return {}
