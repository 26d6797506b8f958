"""The one-time link: stored facts only, status is derived by logic/links.py (used > deleted > expired > active)."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from admitone.logic.ids import uuid7


class OneTimeLink(models.Model):
    """`offered` is [[start_min, end_min], ...] or null for every open slot. The URL is computed from `id` and the keyring."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="one_time_links")
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, null=True, related_name="one_time_links")
    group = models.ForeignKey("calendars.CalendarGroup", models.PROTECT, null=True, related_name="one_time_links")
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="one_time_links")
    contact_policy = models.CharField(max_length=8, default="prefill")  # prefill, verify, refuse
    uses = models.IntegerField(default=0)
    max_uses = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    offered = models.JSONField(null=True)
    duration = models.IntegerField(null=True)  # minutes; else what the calendar says
    host = models.ForeignKey("calendars.Host", models.SET_NULL, null=True, related_name="+")
    location = models.CharField(max_length=500, blank=True)
    seats = models.SmallIntegerField(default=1)  # the largest party
    series = models.SmallIntegerField(default=1)  # the longest series
    label = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True, max_length=1000)  # shown to the guest
    metadata = models.JSONField(default=dict)
    utm = models.JSONField(default=dict)
    source_kind = models.CharField(max_length=16, default="by_hand")  # by_hand, api, workflow, bulk, reissue, waitlist
    source_id = models.CharField(max_length=80, blank=True)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    replaces_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField(null=True)  # "probably opened": after a human gesture, by POST
    gone_told_at = models.DateTimeField(null=True)  # the owner was told that all offered times are gone
    expired_told_at = models.DateTimeField(null=True)  # one_time_link.expired has been recorded
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(uses__gte=0, uses__lte=F("max_uses"), max_uses__gte=1), name="link_uses"
            ),
            models.CheckConstraint(
                condition=Q(calendar__isnull=False, group__isnull=True) | Q(calendar__isnull=True, group__isnull=False),
                name="link_opens_one",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at", "id"], name="link_list"),
            models.Index(fields=["calendar", "-created_at", "id"], name="link_calendar_list"),
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False, expired_told_at=None, deleted_at=None),
                name="link_expiring",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label or self.id}"


class LinkUse(models.Model):
    """Use number `n` (1 .. max_uses) of a link and the booking it made. The pair is unique (P1)."""

    link = models.ForeignKey(OneTimeLink, models.PROTECT, related_name="use_rows")
    n = models.IntegerField()
    booking = models.OneToOneField("booking.Booking", models.PROTECT, related_name="link_use")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "n"], name="link_use_once")]

    def __str__(self) -> str:
        return f"{self.link_id} #{self.n}"


class LinkCode(models.Model):
    """A code mailed to the bound address (policy `verify`): keyed hash, 15 minutes, five tries."""

    link = models.OneToOneField(OneTimeLink, models.CASCADE, primary_key=True, related_name="code")
    code_hash = models.CharField(max_length=64)
    tries = models.SmallIntegerField(default=0)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.link_id)


class ExpiryNotice(models.Model):
    """one_time_link.expiring has been recorded, so many hours ahead."""

    link = models.ForeignKey(OneTimeLink, models.CASCADE, related_name="expiry_notices")
    hours = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "hours"], name="expiry_notice_once")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.hours} h"


class LinkRequest(models.Model):
    """Somebody at a dead or empty link asked for a new one, or for a time. `status`: open, answered, dismissed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="link_requests")
    link = models.ForeignKey(OneTimeLink, models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=12, default="new_link")  # new_link, ask_time
    name = models.CharField(max_length=200)
    email = models.EmailField()
    note = models.TextField(blank=True, max_length=1000)
    status = models.CharField(max_length=12, default="open")
    new_link = models.ForeignKey(OneTimeLink, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "status", "-id"], name="link_request_list")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.email}"


class Batch(models.Model):
    """Many links on the same `terms`, made in the background. `kind`: count or contacts. `status`: queued, running, done,
    failed (given up; its rows keep what was made)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="link_batches")
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, null=True, related_name="link_batches")
    group = models.ForeignKey("calendars.CalendarGroup", models.PROTECT, null=True, related_name="link_batches")
    kind = models.CharField(max_length=8)
    terms = models.JSONField(default=dict)
    status = models.CharField(max_length=8, default="queued")
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="batch_list")]

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"


class BatchRow(models.Model):
    """Row `n` (from 1) of a batch: the person as typed, then the link or why there is none. `state`: waiting, made, failed.

    `link_id` is no foreign key: a purged link stays named, and a row that was made is never made again.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    n = models.IntegerField()
    contact = models.JSONField(null=True)
    state = models.CharField(max_length=8, default="waiting")
    link_id = models.UUIDField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "n"], name="batch_row_once"),
            models.UniqueConstraint(fields=["link_id"], name="batch_link_once"),
        ]
        indexes = [models.Index(fields=["batch", "n"], condition=Q(state="waiting"), name="batch_waiting")]

    def __str__(self) -> str:
        return f"{self.n}: {self.state}"
