"""Messages as they were rendered and sent, and each account's own mail server."""

from django.db import models

from admitone.logic.ids import uuid7


class EmailSettings(models.Model):
    """An account's SMTP server; `password_sealed` is Fernet under a key derived from the secret key."""

    account = models.OneToOneField("accounts.Account", models.CASCADE, primary_key=True, related_name="email_settings")
    host = models.CharField(max_length=253, blank=True)
    port = models.IntegerField(default=587)
    security = models.CharField(max_length=8, default="starttls")  # starttls, tls, none
    username = models.CharField(max_length=254, blank=True)
    password_sealed = models.TextField(blank=True)
    from_name = models.CharField(max_length=120, blank=True)
    from_email = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    tested_at = models.DateTimeField(null=True)
    test_ok = models.BooleanField(default=False)
    test_answer = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Message(models.Model):
    """`status`: queued, sending (intent recorded), sent, outbox (no server: kept here), failed. `key` makes a send once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="messages")
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="messages")
    channel = models.CharField(max_length=16, default="email")
    kind = models.CharField(max_length=48)  # booking.created.guest, reminder, link.sent ...
    key = models.CharField(max_length=160, unique=True)
    booking_id = models.UUIDField(null=True, db_index=True)
    link_id = models.UUIDField(null=True, db_index=True)
    to = models.CharField(max_length=254)
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

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="message_list")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
