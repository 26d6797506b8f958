"""Messages as they were rendered, sent and received; each account's providers, templates and opt-outs."""

from django.db import models
from django.db.models import Q

from admitone.logic.ids import uuid7


class EmailSettings(models.Model):
    """How an account's mail leaves: its SMTP server, or the ESP named by `provider` with `provider_sealed` (JSON).

    Sealed texts are Fernet under a key derived from the secret key. `daily_cap` limits what workflows send a day.
    """

    account = models.OneToOneField("accounts.Account", models.CASCADE, primary_key=True, related_name="email_settings")
    host = models.CharField(max_length=253, blank=True)
    port = models.IntegerField(default=587)
    security = models.CharField(max_length=8, default="starttls")  # starttls, tls, none
    username = models.CharField(max_length=254, blank=True)
    password_sealed = models.TextField(blank=True)
    from_name = models.CharField(max_length=120, blank=True)
    from_email = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    provider = models.CharField(max_length=24, default="smtp")  # smtp, or a name of messaging/esps.py
    provider_sealed = models.TextField(blank=True)
    daily_cap = models.IntegerField(null=True)
    tested_at = models.DateTimeField(null=True)
    test_ok = models.BooleanField(default=False)
    test_answer = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class SmsSettings(models.Model):
    """How an account's SMS leave: `provider` is twilio, http (a gateway with a URL of its own) or "" (the outbox).

    `secret_sealed` is Twilio's auth token or the gateway's secret; `config` holds what is not secret, by provider.
    """

    account = models.OneToOneField("accounts.Account", models.CASCADE, primary_key=True, related_name="sms_settings")
    provider = models.CharField(max_length=24, blank=True)
    sender = models.CharField(max_length=20, blank=True)  # E.164 or an alphanumeric sender
    account_sid = models.CharField(max_length=64, blank=True)
    secret_sealed = models.TextField(blank=True)
    config = models.JSONField(default=dict)
    daily_cap = models.IntegerField(null=True)
    tested_at = models.DateTimeField(null=True)
    test_ok = models.BooleanField(default=False)
    test_answer = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.provider


class OptOut(models.Model):
    """Nobody writes to this address through workflows: `address` is lower-cased, or E.164 when `channel` is sms."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="opt_outs")
    channel = models.CharField(max_length=16)
    address = models.CharField(max_length=254)
    source = models.CharField(max_length=24)  # unsubscribe_link, one_click, stop, complaint, bounce, by_hand
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "channel", "address"], name="opt_out_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"


class ChannelHealth(models.Model):
    """Whether an account's messages of a channel get out: `failing_since` the first refusal after the last success."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="channel_health")
    channel = models.CharField(max_length=16)
    failing_since = models.DateTimeField(null=True)
    words = models.TextField(blank=True)  # the provider's own, of the latest refusal
    alerted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "channel"], name="channel_health_once")]

    def __str__(self) -> str:
        return f"{self.channel} {self.failing_since or 'well'}"


class DailyCount(models.Model):
    """How many messages workflows have sent on `day`, a date of the account's own zone; kept while there is a cap."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="daily_counts")
    channel = models.CharField(max_length=16)
    day = models.DateField()
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "channel", "day"], name="daily_count_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.channel}: {self.n}"


class MessageTemplate(models.Model):
    """A text to start from; `subject` is empty for SMS. Merge fields are rendered by whoever sends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="message_templates")
    channel = models.CharField(max_length=16, default="email")
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="message_template_list")]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """`status`: queued, sending (intent recorded), sent, delivered, outbox (no provider: kept here), failed, bounced,
    complained; received for `direction` in. `key` makes a send once. `to` is who it goes to, of an incoming one us.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="messages")
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="messages")
    channel = models.CharField(max_length=16, default="email")  # email, sms
    direction = models.CharField(max_length=3, default="out")
    provider = models.CharField(max_length=24, blank=True)  # key of the channel that carried it
    kind = models.CharField(max_length=48)  # booking.created.guest, reminder, link.sent ...
    key = models.CharField(max_length=160, unique=True)
    booking_id = models.UUIDField(null=True, db_index=True)
    link_id = models.UUIDField(null=True, db_index=True)
    to = models.CharField(max_length=254)
    sender = models.CharField(max_length=254, blank=True)  # of an incoming one
    unsubscribe = models.BooleanField(default=False)  # carries List-Unsubscribe and a line to opt out
    from_name = models.CharField(max_length=120, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    ics = models.TextField(blank=True)
    ics_method = models.CharField(max_length=10, blank=True)
    status = models.CharField(max_length=12, default="queued")
    error = models.TextField(blank=True)
    attempts = models.SmallIntegerField(default=0)
    interrupted = models.SmallIntegerField(default=0)  # found in `sending` after a crash
    provider_id = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="message_list"),
            models.Index(fields=["provider_id"], name="message_by_provider", condition=~Q(provider_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
