"""Session > Occupancy and Seat > Booking. The database itself refuses overlaps and oversold seats (booking/guards.py)."""

from django.db import models
from django.db.models import F, Q

from admitone.logic.ids import uuid7

#: `host_reason` of an appointment with several hosts: its occupancy rows name them all.
TOGETHER = "together"


class Session(models.Model):
    """One meeting time of a calendar, in epoch minutes; `capacity` seats."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField()
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, related_name="sessions")
    start_min = models.BigIntegerField()
    end_min = models.BigIntegerField()
    capacity = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(start_min__lt=F("end_min")), name="session_has_length")]
        indexes = [models.Index(fields=["calendar", "start_min"], name="session_by_start")]

    def __str__(self) -> str:
        return f"{self.start_min}-{self.end_min}"


class Occupancy(models.Model):
    """A host is taken. No two rows of one host may overlap; buffers are checked under the host's lock, not here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="occupancy")
    host = models.ForeignKey("calendars.Host", models.PROTECT, related_name="occupancy")
    start_min = models.BigIntegerField()
    end_min = models.BigIntegerField()
    buffer_before = models.IntegerField(default=0)
    buffer_after = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(start_min__lt=F("end_min")), name="occupancy_has_length")]
        indexes = [models.Index(fields=["host", "end_min", "start_min"], name="occupancy_by_host")]

    def __str__(self) -> str:
        return f"{self.host_id} {self.start_min}-{self.end_min}"


class Booking(models.Model):
    """`status`: pending, confirmed, cancelled, declined, completed, no_show. `sequence` is the iCalendar SEQUENCE (RFC 5545 3.8.7.4)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="bookings")
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, related_name="bookings")
    contact = models.ForeignKey("contacts.Contact", models.PROTECT, related_name="bookings")
    host = models.ForeignKey("calendars.Host", models.PROTECT, related_name="bookings")
    host_reason = models.CharField(max_length=16, blank=True)  # why this host: logic.assignment.Choice.reason, TOGETHER
    one_time_link_id = models.UUIDField(null=True, db_index=True)
    status = models.CharField(max_length=12, default="confirmed")
    start_min = models.BigIntegerField()
    end_min = models.BigIntegerField()
    local_date = models.DateField()  # in the schedule's zone: the per-day limit counts it
    seats = models.SmallIntegerField(default=1)
    guests = models.JSONField(default=list)  # others of the party: [{"name", "email"}]
    series_id = models.UUIDField(null=True, db_index=True)  # that of the series' first booking
    series_n = models.SmallIntegerField(default=0)  # place in the series, from 1
    answer_by = models.DateTimeField(null=True)  # of a pending booking: then it is declined by itself
    form_id = models.UUIDField(null=True)  # forms.Form, no key: the answers outlive it
    form_version = models.IntegerField(default=0)
    answers = models.JSONField(default=dict)  # by the keys of that version's fields
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True, max_length=2000)
    consent_text = models.TextField(blank=True)
    consent_version = models.IntegerField(default=0)
    consent_at = models.DateTimeField(null=True)
    location_kind = models.CharField(max_length=12, default="none")
    location = models.CharField(max_length=500, blank=True)
    guest_timezone = models.CharField(max_length=64)
    guest_locale = models.CharField(max_length=10, default="en")
    offered = models.JSONField(null=True)  # the link's offered times: its guest may move only among them
    terms = models.JSONField(default=dict)  # of its link: duration, host (logic.wishes.with_terms); a move keeps them
    source = models.CharField(max_length=16)  # one_time_link, scheduling_link, permanent_link, by_hand, api, workflow
    metadata = models.JSONField(default=dict)
    utm = models.JSONField(default=dict)
    sequence = models.IntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=8, blank=True)  # guest, host, system
    cancel_reason = models.TextField(blank=True, max_length=1000)
    rescheduled_from_min = models.BigIntegerField(null=True)
    completed_at = models.DateTimeField(null=True)  # it was told once, so a no-show that is taken back tells nothing
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "start_min"], name="booking_by_time"),
            models.Index(fields=["calendar", "local_date"], name="booking_by_day"),
            models.Index(fields=["end_min"], condition=Q(status="confirmed"), name="booking_to_complete"),
            models.Index(fields=["answer_by"], condition=Q(status="pending"), name="booking_to_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.start_min}"


class Seat(models.Model):
    """Seat `n` (0 .. capacity-1) of a session, taken by a booking. The pair is unique: a seat cannot be sold twice."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="seat_rows")
    n = models.IntegerField()
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="seat_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "n"], name="seat_once"),
            models.CheckConstraint(condition=Q(n__gte=0), name="seat_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} #{self.n}"


class WaitlistEntry(models.Model):
    """Somebody who wants a seat at a full time. `status`: waiting, offered, booked, expired, left. First come, first served."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="waitlist")
    calendar = models.ForeignKey("calendars.Calendar", models.CASCADE, related_name="waitlist_entries")
    contact = models.ForeignKey("contacts.Contact", models.PROTECT, related_name="waitlist_entries")
    start_min = models.BigIntegerField()
    end_min = models.BigIntegerField()
    seats = models.SmallIntegerField(default=1)
    status = models.CharField(max_length=8, default="waiting")
    link_id = models.UUIDField(null=True, unique=True)
    guest_timezone = models.CharField(max_length=64)
    guest_locale = models.CharField(max_length=10, default="en")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "start_min", "contact"],
                condition=Q(status__in=("waiting", "offered")),
                name="waitlist_once",
            )
        ]
        indexes = [models.Index(fields=["calendar", "start_min", "status", "id"], name="waitlist_queue")]

    def __str__(self) -> str:
        return f"{self.status} {self.start_min}"


class SeatHold(models.Model):
    """Seats of a time kept for the holder of one link until `until`; everybody else sees them as taken."""

    link_id = models.UUIDField(primary_key=True)
    calendar = models.ForeignKey("calendars.Calendar", models.CASCADE, related_name="seat_holds")
    start_min = models.BigIntegerField()
    end_min = models.BigIntegerField()
    seats = models.SmallIntegerField(default=1)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["calendar", "start_min"], name="hold_by_start")]

    def __str__(self) -> str:
        return f"{self.seats} at {self.start_min}"
