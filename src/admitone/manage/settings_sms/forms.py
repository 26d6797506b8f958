from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.calls.models import PhoneNumber
from admitone.messaging.caps import HIGHEST
from admitone.messaging.models import SmsSettings
from admitone.messaging.sms import SmsProvider

PROVIDERS = [("", _("Nobody yet")), ("twilio", "Twilio"), ("http", _("Another gateway (HTTP)"))]
GATEWAY_BODY = '{"to": "{to}", "from": "{from}", "text": "{text}"}'
GATEWAY_HEADERS = "Authorization: Bearer {secret}"


def secret_input() -> forms.PasswordInput:
    return forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"})


class ProviderForm(forms.Form):
    """What every provider has. A stored secret is never shown; an empty field keeps it."""

    provider = ""
    own: tuple[str, ...] = ()
    needs_secret = False

    sender = forms.CharField(max_length=40, required=False, label=_("Number or name"))
    daily_cap = forms.IntegerField(min_value=1, max_value=HIGHEST, required=False, label=_("SMS a day"))
    to = forms.CharField(max_length=40, required=False, label=_("Send the test to"))

    @classmethod
    def shown(cls, data: Any, stored: SmsSettings) -> ProviderForm:
        form = cls(data, initial=cls.initial_of(stored))
        kept = stored.provider == cls.provider and bool(stored.secret_sealed)
        form.fields["secret"].required = cls.needs_secret and not kept
        return form

    @property
    def own_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.own]

    @classmethod
    def initial_of(cls, stored: SmsSettings) -> dict[str, Any]:
        same = stored.provider == cls.provider
        return {"sender": stored.sender, "daily_cap": stored.daily_cap} | (cls.stored_of(stored) if same else {})

    @classmethod
    def stored_of(cls, stored: SmsSettings) -> dict[str, Any]:
        return {}

    def typed(self) -> SmsProvider:
        data = self.cleaned_data
        values = {name: data[name] for name in self.own if name != "secret"}
        return SmsProvider(
            self.provider, data["sender"], secret=data.get("secret") or None, daily_cap=data["daily_cap"], **values
        )


class TwilioForm(ProviderForm):
    provider = "twilio"
    needs_secret = True
    own = ("account_sid", "secret", "messaging_service")

    account_sid = forms.CharField(max_length=64, label=_("Account SID"))
    secret = forms.CharField(max_length=200, required=False, label=_("Auth token"), widget=secret_input())
    messaging_service = forms.CharField(
        max_length=64,
        required=False,
        label=_("Messaging service SID"),
        help_text=_("Only if you have one; it chooses the number."),
    )

    @classmethod
    def stored_of(cls, stored: SmsSettings) -> dict[str, Any]:
        service = stored.config.get("messaging_service", "")
        return {"account_sid": stored.account_sid, "messaging_service": service}


class GatewayForm(ProviderForm):
    provider = "http"
    own = ("url", "method", "format", "headers", "body", "secret", "accepted")

    url = forms.CharField(max_length=1000, label=_("Address"))
    method = forms.ChoiceField(choices=[(name, name) for name in ("POST", "PUT", "GET")], label=_("Method"))
    format = forms.ChoiceField(choices=[("json", "JSON"), ("form", _("Form"))], label=_("Format"))
    headers = forms.CharField(
        max_length=4000,
        required=False,
        label=_("Headers"),
        help_text=_("One a line. {secret} stands for the secret below."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    body = forms.CharField(
        max_length=4000,
        label=_("What is sent"),
        help_text=_("{to}, {digits} (the number without +), {from}, {text}, {id} and {secret} are filled in."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    secret = forms.CharField(max_length=500, required=False, label=_("Secret"), widget=secret_input())
    accepted = forms.CharField(
        max_length=200,
        required=False,
        label=_("Text of success"),
        help_text=_("Without it in the answer, an SMS counts as refused. Left empty, the status code decides."),
    )

    @classmethod
    def initial_of(cls, stored: SmsSettings) -> dict[str, Any]:
        return {"headers": GATEWAY_HEADERS, "body": GATEWAY_BODY} | super().initial_of(stored)

    @classmethod
    def stored_of(cls, stored: SmsSettings) -> dict[str, Any]:
        names = ("url", "method", "format", "body", "accepted")
        headers = "\n".join(f"{name}: {value}" for name, value in stored.config.get("headers", {}).items())
        return {name: stored.config.get(name, "") for name in names} | {"headers": headers}


FORMS: dict[str, type[ProviderForm]] = {"twilio": TwilioForm, "http": GatewayForm}


class NumberForm(forms.Form):
    """A phone number whose missed calls count."""

    number = forms.CharField(max_length=40, label=_("Number that people call"))
    label = forms.CharField(max_length=80, required=False, label=_("Name"))
    provider = forms.ChoiceField(
        choices=[("twilio", _("Twilio rings your phone")), ("", _("Your own phone system reports missed calls"))],
        required=False,
        initial="twilio",
        label=_("How calls are taken"),
    )
    forward_to = forms.CharField(
        max_length=40,
        required=False,
        label=_("Rings at"),
        help_text=_("Your phone. Left empty, every call counts as missed."),
    )
    ring_seconds = forms.IntegerField(
        initial=20,
        label=_("For how long"),
        help_text=_("Shorter than your voicemail waits: what it takes was not missed."),
    )
    quiet_hours = forms.IntegerField(
        initial=24,
        label=_("Count a caller again after"),
        help_text=_("Somebody who calls again sooner gets no second SMS."),
    )
    active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    @classmethod
    def initial_of(cls, row: PhoneNumber) -> dict[str, Any]:
        return {name: getattr(row, name) for name in cls.base_fields}


class OptOutForm(forms.Form):
    channel = forms.ChoiceField(choices=[("sms", _("SMS")), ("email", _("Email"))], label=_("Channel"))
    address = forms.CharField(max_length=254, label=_("Number or address"))
