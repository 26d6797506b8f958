"""Reads: which way an account's mail takes, and the list of its messages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from admitone.accounts.addresses import is_private_base
from admitone.accounts.hooking import hook_url
from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.accounts.sealing import unseal
from admitone.accounts.system_mail import default_sender, smtp_options
from admitone.logic.errors import Problem
from admitone.logic.tokens import UNSUBSCRIBE
from admitone.messaging.channels import channels
from admitone.messaging.channels.email_anymail import AnymailParams
from admitone.messaging.channels.email_smtp import SmtpParams
from admitone.messaging.channels.outbox import OutboxParams
from admitone.messaging.channels.sms_twilio import LANDLINE, TwilioParams
from admitone.messaging.esps import ESPS, SMTP
from admitone.messaging.models import ChannelHealth, EmailSettings, Message, MessageTemplate, OptOut, SmsSettings
from admitone.statements import Prepared

OWN_EMAIL = Prepared(lambda account: EmailSettings.objects.filter(account_id=account), account=UUID)
OPT_OUT = Prepared(
    lambda account, channel, address: OptOut.objects.filter(account_id=account, channel=channel, address=address),
    account=UUID,
    channel=str,
    address=str,
)
NAMED = Prepared(lambda account: Account.objects.filter(pk=account).only("name"), account=UUID)
STATUSES = ("queued", "sending", "sent", "delivered", "outbox", "failed", "bounced", "complained", "received")
BEGINNING = 100  # characters of a text that lists show


@dataclass(frozen=True, slots=True)
class Route:
    """The channel's key, its params and who the mail is from."""

    channel: str
    params: Any
    from_name: str
    from_email: str
    reply_to: str

    @property
    def carrier(self) -> str:
        """Who carries it: the service's key, else the channel's."""
        return self.params.provider if isinstance(self.params, AnymailParams) else self.channel


def delivering(account: Account | UUID, channel: str = "email") -> bool:
    """Whether messages of this account leave the house: by its own service or server, or (email) the installation's."""
    if channel == "sms":
        return bool(sms_settings(account).provider)
    return bool(settings.ENV.smtp_url) or has_own(email_settings(account))


def has_own(own: EmailSettings) -> bool:
    return own.provider in ESPS or bool(own.host)


def route(account: Account | UUID, channel: str = "email") -> Route:
    """Own service or server, else the installation's, else the outbox. Raises SealBroken if SECRET_KEY has changed."""
    if channel == "sms":
        return sms_route(account, sms_settings(account))
    own = email_settings(account)
    name = own.from_name or account_name(account)
    if own.provider in ESPS:
        return Route("email_anymail", AnymailParams(own.provider, esp_options(own)), name, own.from_email, own.reply_to)
    if own.host:
        return Route("email_smtp", own_params(own), name, own.from_email, own.reply_to)
    return house_route(account, own)


def way_of(message: Message) -> Route:
    """The way this message takes; news about a channel that fails must not take that channel."""
    if message.kind == "channel.failing":
        return house_route(message.account_id, email_settings(message.account_id))
    return route(message.account_id, message.channel)


def house_route(account: Account | UUID, own: EmailSettings) -> Route:
    """The way of who has no server, and of news about one that fails."""
    name = own.from_name or account_name(account)
    # The installation's server is trusted with its own sender only; answers still go to the account's address.
    sender, reply_to = default_sender(settings.ENV.smtp_url), own.reply_to or own.from_email
    if settings.ENV.smtp_url:
        return Route("email_smtp", system_params(settings.ENV.smtp_url), name, sender, reply_to)
    return Route("outbox", OutboxParams(), name, sender, reply_to)


def sms_route(account: Account | UUID, own: SmsSettings) -> Route:
    """Twilio, a gateway, or the outbox; `from_email` is the number or name the SMS comes from."""
    if own.provider == "twilio":
        return Route("sms_twilio", twilio_params(own), "", own.sender, "")
    if own.provider == "http":
        params = channels()["sms_http"].Params(secret=unseal(own.secret_sealed), sender=own.sender, **own.config)
        return Route("sms_http", params, "", own.sender, "")
    return Route("outbox", OutboxParams(), "", own.sender, "")


def twilio_params(own: SmsSettings) -> TwilioParams:
    """Twilio refuses an address of ours that it cannot reach, and the message with it."""
    status_url = "" if is_private_base() else hook_url(own.account_id, "twilio/status")
    return TwilioParams(
        account_sid=own.account_sid,
        auth_token=unseal(own.secret_sealed),
        sender=own.config.get("messaging_service") or own.sender,
        status_url=status_url,
        api=settings.ENV.twilio_url,
    )


def sms_settings(account: Account | UUID) -> SmsSettings:
    """The stored row, or an unsaved one with the defaults."""
    found = SmsSettings.objects.filter(account_id=key_of(account)).first()
    return found or SmsSettings(account_id=key_of(account))


def sender(account: Account | UUID) -> tuple[str, str]:
    """(name, address) in the From line of the account's mail."""
    own = email_settings(account)
    address = own.from_email if has_own(own) else default_sender(settings.ENV.smtp_url)
    return own.from_name or account_name(account), address


def reply_to(account: Account | UUID) -> str:
    """Where answers go by the account's own wish, or ""."""
    own = email_settings(account)
    return own.reply_to or ("" if has_own(own) else own.from_email)


def email_settings(account: Account | UUID) -> EmailSettings:
    """The stored row, or an unsaved one with the defaults."""
    return OWN_EMAIL.first(account=key_of(account)) or EmailSettings(account_id=key_of(account))


def esp_options(own: EmailSettings) -> dict[str, str]:
    """The values of the service's fields, secrets among them. Raises SealBroken."""
    return dict(json.loads(unseal(own.provider_sealed) or "{}")) if own.provider != SMTP else {}


def failing(account: Account | UUID) -> list[ChannelHealth]:
    """Channels by which nothing gets out at the moment."""
    rows = ChannelHealth.objects.filter(account_id=key_of(account), failing_since__isnull=False)
    return list(rows.order_by("channel"))


@dataclass(frozen=True, slots=True)
class Standing:
    """`failing` holds (channel, the provider's words) of channels by which nothing gets out."""

    delivering: bool
    failing: list[tuple[str, str]]


def standing(account: Account) -> Standing:
    """Whether mail leaves at all, and what fails: one statement, asked by every signed-in page."""
    names = ("email_settings__provider", "email_settings__host")
    health = ("channel_health__channel", "channel_health__words", "channel_health__failing_since")
    rows = list(Account.objects.filter(pk=account.pk).order_by("channel_health__channel").values_list(*names, *health))
    own = any(provider in ESPS or host for provider, host, *_rest in rows)
    failing = [(channel, words) for _provider, _host, channel, words, since in rows if since]
    return Standing(own or bool(settings.ENV.smtp_url), failing)


def failing_row(account: Account | UUID, channel: str) -> ChannelHealth | None:
    return next((row for row in failing(account) if row.channel == channel), None)


def own_params(own: EmailSettings) -> SmtpParams:
    return SmtpParams(own.host, own.port, own.security, own.username, unseal(own.password_sealed))


def system_params(url: str) -> SmtpParams:
    options = smtp_options(url)
    security = "tls" if options["use_ssl"] else "starttls" if options["use_tls"] else "none"
    return SmtpParams(
        options["host"], options["port"], security, options["username"], options["password"], options["timeout"]
    )


def listing(
    account: Account, *, status: str = "", kind: str = "", search: str = "", channel: str = ""
) -> QuerySet[Message]:
    """The account's messages, newest first, without their bodies but their `beginning`. `search`: address and subject."""
    rows = Message.objects.filter(account=account).order_by("-id").defer("text", "html", "ics")
    rows = rows.annotate(beginning=Substr("text", 1, BEGINNING))
    if channel:
        rows = rows.filter(channel=channel)
    if status:
        rows = rows.filter(status__in=("queued", "sending") if status == "queued" else (status,))
    if kind:
        rows = rows.filter(kind__startswith=kind)
    if search:
        rows = rows.filter(Q(to__icontains=search) | Q(subject__icontains=search))
    return rows


def counts(account: Account) -> dict[str, int]:
    """How many messages have each status; sending counts as queued."""
    rows = Message.objects.filter(account=account).values_list("status").annotate(n=Count("id")).order_by()
    found = dict.fromkeys(STATUSES, 0) | dict(rows)
    found["queued"] += found.pop("sending")
    return found


def templates(account: Account, channel: str = "") -> QuerySet[MessageTemplate]:
    """Message templates by name, without the deleted ones."""
    rows = MessageTemplate.objects.filter(account=account, deleted_at=None).order_by("name", "id")
    return rows.filter(channel=channel) if channel else rows


def template(account: Account, template_id: Any) -> MessageTemplate:
    """Problem("not_found"), also for a deleted one."""
    key = as_uuid(template_id)
    found = templates(account).filter(pk=key).first() if key else None
    if found is None:
        raise Problem("not_found")
    return found


def deleted_templates(account: Account, since: datetime) -> QuerySet[MessageTemplate]:
    """Those that can still be restored, the latest first."""
    return MessageTemplate.objects.filter(account=account, deleted_at__gte=since).order_by("-deleted_at")


def template_of(account: Account, template_id: Any, channel: str) -> MessageTemplate | None:
    """A template of this channel, a deleted one too; None for what is not there."""
    key = as_uuid(template_id)
    return MessageTemplate.objects.filter(account=account, pk=key, channel=channel).first() if key else None


def unsubscribing(token: str) -> Message | None:
    """The message whose address to unsubscribe this is."""
    message_id = keyring().verify(UNSUBSCRIBE, token)
    rows = Message.objects.select_related("account", "contact").filter(channel="email", direction="out")
    return rows.filter(pk=message_id).first() if message_id else None


def opted_out(account: Account | UUID, channel: str, address: str) -> bool:
    """Whether this address (E.164 for sms) asked not to be written to."""
    key = address.strip().lower()
    return bool(OPT_OUT.all(account=key_of(account), channel=channel, address=key))


def opted_out_of(account_id: UUID, addresses: Iterable[str]) -> set[str]:
    """Which of these addresses and numbers asked not to be written to."""
    known = {address.strip().lower(): address for address in addresses}
    rows = OptOut.objects.filter(account_id=account_id, address__in=known) if known else OptOut.objects.none()
    return {known[address] for address in rows.values_list("address", flat=True)}


def opt_outs(account: Account, *, search: str = "", channel: str = "") -> QuerySet[OptOut]:
    """Who opted out, the latest first; `search` is part of an address or number."""
    rows = OptOut.objects.filter(account=account).order_by("-at", "-id")
    if channel:
        rows = rows.filter(channel=channel)
    text, digits = search.replace(" ", ""), "".join(c for c in search if c.isdigit()).lstrip("0")
    found = Q(address__icontains=text) | (Q(channel="sms", address__contains=digits) if len(digits) > 2 else Q())
    return rows.filter(found) if text else rows


def is_landline(account: Account | UUID, contact_id: UUID | None, number: str) -> bool:
    """Whether the latest SMS to this contact's number came back because it cannot receive any."""
    if contact_id is None:
        return False
    rows = Message.objects.filter(account_id=key_of(account), contact_id=contact_id, channel="sms", to=number)
    rows = rows.filter(direction="out", status__in=("failed", "sent", "delivered")).order_by("-id")
    latest = rows.values_list("status", "error").first()
    return bool(latest and latest[0] == "failed" and latest[1].startswith(LANDLINE))


def key_of(account: Account | UUID) -> UUID:
    return account.pk if isinstance(account, Account) else account


def account_name(account: Account | UUID) -> str:
    if isinstance(account, Account):
        return account.name
    found = NAMED.first(account=account)
    return found.name if found else ""
