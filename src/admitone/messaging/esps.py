"""Services that send email by an HTTP API: what each needs to know, and how it signs what it reports. One row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class EspField:
    """One thing an owner types; `name` is what django-anymail calls it. Secrets are sealed and never shown."""

    name: str
    label: Any
    secret: bool = True
    required: bool = True
    help: Any = ""


@dataclass(frozen=True, slots=True)
class Esp:
    """`signed_by` is the field whose key signs its reports; "" where only the secret address protects them.

    `regions` maps a region to its API's address ("" is the usual one). `metadata` and `headers`: may a message carry them?
    `once` is the header by which the service itself sends a repeated request only once.
    """

    key: str
    label: str
    fields: tuple[EspField, ...]
    signed_by: str = ""
    regions: Mapping[str, str] = field(default_factory=dict)
    metadata: bool = True
    headers: bool = True
    once: str = ""

    @property
    def backend(self) -> str:
        return f"anymail.backends.{self.key}"

    @property
    def webhook(self) -> tuple[str, str]:
        """Module and class that read its reports."""
        return f"anymail.webhooks.{self.key}", f"{LABELS[self.key]}TrackingWebhookView"

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields if one.secret)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields) + (("region",) if self.regions else ())


API_KEY = EspField("api_key", _("API key"))
SIGNS = _("Without it, what becomes of a mail after it was handed over is not known.")
MAILGUN_REGIONS = {"us": "", "eu": "https://api.eu.mailgun.net/v3"}
SENDGRID_REGIONS = {"global": "", "eu": "https://api.eu.sendgrid.com/v3/"}
SPARKPOST_REGIONS = {"us": "", "eu": "https://api.eu.sparkpost.com/api/v1/"}

LABELS = {
    "mailgun": "Mailgun",
    "postmark": "Postmark",
    "sendgrid": "SendGrid",
    "brevo": "Brevo",
    "resend": "Resend",
    "mailersend": "MailerSend",
    "sparkpost": "SparkPost",
    "mailjet": "Mailjet",
}
#: Every service by its key, in the order of the choice.
ESPS: dict[str, Esp] = {
    one.key: one
    for one in (
        Esp("brevo", LABELS["brevo"], (API_KEY,)),
        Esp(
            "mailersend",
            LABELS["mailersend"],
            (
                EspField("api_token", _("API token")),
                EspField("signing_secret", _("Signing secret of the webhook"), required=False, help=SIGNS),
            ),
            signed_by="signing_secret",
            metadata=False,
            headers=False,  # refused on all but its largest plan
        ),
        Esp(
            "mailgun",
            LABELS["mailgun"],
            (
                API_KEY,
                EspField("sender_domain", _("Sending domain"), secret=False, required=False),
                EspField("webhook_signing_key", _("HTTP webhook signing key"), required=False, help=SIGNS),
            ),
            signed_by="webhook_signing_key",
            regions=MAILGUN_REGIONS,
        ),
        Esp("mailjet", LABELS["mailjet"], (API_KEY, EspField("secret_key", _("Secret key")))),
        Esp(
            "postmark",
            LABELS["postmark"],
            (
                EspField("server_token", _("Server API token")),
                EspField("message_stream", _("Message stream"), secret=False, required=False),
            ),
        ),
        Esp(
            "resend",
            LABELS["resend"],
            (API_KEY, EspField("signing_secret", _("Signing secret of the webhook"), required=False, help=SIGNS)),
            signed_by="signing_secret",
            once="Idempotency-Key",
        ),
        Esp(
            "sendgrid",
            LABELS["sendgrid"],
            (
                API_KEY,
                EspField(
                    "tracking_webhook_verification_key",
                    _("Verification key of the event webhook"),
                    required=False,
                    help=SIGNS,
                ),
            ),
            signed_by="tracking_webhook_verification_key",
            regions=SENDGRID_REGIONS,
        ),
        Esp("sparkpost", LABELS["sparkpost"], (API_KEY,), regions=SPARKPOST_REGIONS),
    )
}


#: Channels, and who passes SMS on to us.
OTHERS = {
    "email_smtp": "SMTP",
    "outbox": "",
    **dict.fromkeys(("sms_twilio", "twilio"), "Twilio"),
    **dict.fromkeys(("sms_http", "http"), _("SMS gateway")),
}


def label_of(provider: str) -> str:
    """What people call whoever carried a message."""
    return str(LABELS.get(provider) or OTHERS.get(provider, provider))
