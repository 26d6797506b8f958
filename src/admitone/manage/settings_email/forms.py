from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.messaging.models import EmailSettings
from admitone.messaging.services import MailServer

SECURITIES = [
    ("starttls", _("STARTTLS (usually port 587)")),
    ("tls", _("TLS from the start (usually port 465)")),
    ("none", _("None (only inside your own network)")),
]
STORED = ("host", "port", "security", "username", "from_name", "from_email", "reply_to")


class EmailForm(forms.Form):
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
    from_name = forms.CharField(max_length=120, required=False, label=_("Name"))
    from_email = forms.EmailField(required=False, label=_("Address"))
    reply_to = forms.EmailField(required=False, label=_("Answers go to"))
    to = forms.EmailField(required=False, label=_("Send the test to"))

    @classmethod
    def initial_of(cls, stored: EmailSettings, to: str) -> dict[str, Any]:
        return {name: getattr(stored, name) for name in STORED} | {"to": to}

    def server(self) -> MailServer:
        """What was typed; without a user name there is no password to keep."""
        typed = {name: self.cleaned_data[name] for name in STORED}
        password = (self.cleaned_data["password"] or None) if typed["username"] else ""
        return MailServer(**typed, password=password)
