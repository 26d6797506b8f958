"""Payments that providers tell of, secret calendar feeds, and connections to calendar servers with what was written there."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from admitone.logic.ids import uuid7


class PaymentSettings(models.Model):
    """`secret_sealed` is the signing secret of the account's Stripe webhook; `heard_at` when it last spoke validly."""

    account = models.OneToOneField(
        "accounts.Account", models.CASCADE, primary_key=True, related_name="payment_settings"
    )
    secret_sealed = models.TextField(blank=True)
    heard_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.account_id)


class Payment(models.Model):
    """One payment, whatever number of messages tells of it. `told_at`: payment.received was recorded.

    A first message that names nobody waits a little for one that does.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="payments")
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="payments")
    provider_id = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "provider_id"], name="payment_once")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class HostFeed(models.Model):
    """A secret calendar feed of one host's appointments in one sub-account; another id is another address."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="host_feeds")
    host = models.ForeignKey("calendars.Host", models.CASCADE, related_name="feeds")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "host"], name="host_feed_once")]

    def __str__(self) -> str:
        return str(self.host_id)


class CalendarConnection(models.Model):
    """One host's account at a calendar server, in one sub-account; `kind` names an entry of remote.py's registry.

    `config_sealed` is JSON: {"url","user","password"} or OAuth tokens. `write_to` is the remote id of the calendar that
    appointments are written to, "" for none. `error` is why nothing can be written or signed in to now.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="calendar_connections")
    host = models.ForeignKey("calendars.Host", models.CASCADE, related_name="calendar_connections")
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    login = models.CharField(max_length=254, blank=True)  # who signed in, for people
    config_sealed = models.TextField()
    write_to = models.CharField(max_length=1000, blank=True)
    error = models.TextField(blank=True)
    alerted_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)  # the server last answered
    ended_at = models.DateTimeField(null=True)  # disconnected: gone from every list, its events are being removed
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "host"], name="connection_by_host")]

    def __str__(self) -> str:
        return self.name


class RemoteCalendar(models.Model):
    """A calendar that a connection reaches; with a `source` its appointments block the host."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.ForeignKey(CalendarConnection, models.CASCADE, related_name="calendars")
    remote_id = models.CharField(max_length=1000)
    name = models.CharField(max_length=200)
    writable = models.BooleanField(default=True)
    source = models.OneToOneField("calendars.BusySource", models.SET_NULL, null=True, related_name="remote_calendar")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="remote_calendar_once")]

    def __str__(self) -> str:
        return self.name


class ExternalEvent(models.Model):
    """One booking's entry in the calendar that a connection writes to. `state`: waiting, written, removed, failed.

    `leased_until` lets one worker at a time write it; `fence` grows with every claim and every change of the booking, so
    that a writer notices that there is more to do.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.ForeignKey(CalendarConnection, models.CASCADE, related_name="events")
    booking = models.ForeignKey("booking.Booking", models.CASCADE, related_name="external_events")
    calendar = models.CharField(max_length=1000, blank=True)  # the remote calendar it stands in
    remote_id = models.CharField(max_length=1200, blank=True)
    etag = models.CharField(max_length=254, blank=True)
    sequence = models.IntegerField(default=-1)
    state = models.CharField(max_length=8, default="waiting")
    error = models.TextField(blank=True)
    tries = models.SmallIntegerField(default=0)  # in vain, since it was last asked for
    fence = models.IntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "booking"], name="external_event_once")]
        indexes = [models.Index(fields=["state", "updated_at"], name="external_event_by_state")]

    def __str__(self) -> str:
        return f"{self.state} {self.remote_id}"
