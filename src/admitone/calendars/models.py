"""Calendars and what decides when they are open: hosts, schedules, overrides, busy sources."""

from django.db import models
from django.db.models import Q

from admitone.logic.ids import uuid7
from admitone.logic.plan import CalendarPlan, decode


class Host(models.Model):
    """A person who can be booked. Belongs to the agency, so that being busy in one sub-account blocks the others (P6)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey("accounts.Agency", models.CASCADE, related_name="hosts")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="hosts")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    video_url = models.URLField(blank=True, max_length=500)  # their own room, for calendars of location_kind "host"
    account = models.ForeignKey("accounts.Account", models.SET_NULL, null=True, related_name="+")  # that made them
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "user"], condition=Q(user__isnull=False), name="host_user_once")
        ]

    def __str__(self) -> str:
        return self.name


class Schedule(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="schedules")
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=64)
    holiday_country = models.CharField(max_length=2, blank=True)  # "": open on public holidays
    holiday_subdivision = models.CharField(max_length=40, blank=True)
    holidays_read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Hours(models.Model):
    """One weekly window in the schedule's wall-clock; minutes of the local day, `end` 1440 = 24:00. Weekday 0 = Monday.

    `every` 2: every other week, those whose logic.availability.week_number leaves `phase`.
    """

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="hours")
    weekday = models.SmallIntegerField()
    start = models.SmallIntegerField()
    end = models.SmallIntegerField()
    every = models.SmallIntegerField(default=1)
    phase = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["weekday", "start"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6), start__gte=0, end__lte=1440, start__lt=models.F("end")),
                name="hours_in_a_day",
            ),
            models.CheckConstraint(
                condition=Q(every__range=(1, 2), phase__gte=0, phase__lt=models.F("every")), name="hours_in_a_fortnight"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start}-{self.end}"


class Override(models.Model):
    """Other hours on one local date; `windows` is [[start, end], ...] in minutes. `replace` without any = closed."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="overrides")
    date = models.DateField()
    windows = models.JSONField(default=list)
    mode = models.CharField(max_length=8, default="replace")  # replace, add, subtract

    class Meta:
        ordering = ["date", "mode"]
        constraints = [models.UniqueConstraint(fields=["schedule", "date", "mode"], name="override_once_per_mode")]

    def __str__(self) -> str:
        return f"{self.date} {self.mode} {self.windows}"


class Holiday(models.Model):
    """A public holiday of the schedule's country: closed, unless `open` or the date has a replacement of its own."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=200)
    open = models.BooleanField(default=False)

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["schedule", "date"], name="holiday_once_per_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class CalendarGroup(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="calendar_groups")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    description = models.TextField(blank=True, max_length=2000)
    active = models.BooleanField(default=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "slug"], name="group_slug_once")]

    def __str__(self) -> str:
        return self.name


class OldGroupSlug(models.Model):
    """A slug that a group had: it leads to the group until another one takes it."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=60)
    group = models.ForeignKey(CalendarGroup, models.CASCADE, related_name="old_slugs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "slug"], name="old_group_slug_once")]

    def __str__(self) -> str:
        return self.slug


class Calendar(models.Model):
    """What a guest books. `plan` is the compiled CalendarPlan (logic/plan.py), rewritten by every calendar or schedule write."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="calendars")
    group = models.ForeignKey(CalendarGroup, models.SET_NULL, null=True, blank=True, related_name="calendars")
    group_order = models.SmallIntegerField(default=0)
    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="calendars")
    kind = models.CharField(max_length=24, default="personal")  # one of logic.kinds.KINDS
    strategy = models.CharField(max_length=12, default="availability")  # availability, equal
    count_days = models.IntegerField(default=30)
    guest_picks_host = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    description = models.TextField(blank=True, max_length=2000)
    active = models.BooleanField(default=True)
    access = models.CharField(max_length=12, default="public")  # public, one_time
    duration = models.IntegerField(default=30)
    durations = models.JSONField(default=list, blank=True)  # other lengths that guests may choose, in minutes
    interval = models.IntegerField(default=30)
    buffer_before = models.IntegerField(default=0)
    buffer_after = models.IntegerField(default=0)
    buffer_rule = models.CharField(max_length=8, default="max")
    alignment = models.CharField(max_length=8, default="window")
    notice = models.IntegerField(default=240)
    per_day_limit = models.IntegerField(null=True, blank=True)
    per_week_limit = models.IntegerField(null=True, blank=True)
    per_month_limit = models.IntegerField(null=True, blank=True)
    per_host_day_limit = models.IntegerField(null=True, blank=True)  # of this calendar, for each host of a team
    per_contact_limit = models.IntegerField(null=True, blank=True)  # appointments ahead of one contact
    cutoff_days = models.IntegerField(null=True, blank=True)  # bookable until `cutoff_at`, so many days before
    cutoff_at = models.IntegerField(default=1080)  # minutes of the local day
    range_kind = models.CharField(max_length=12, default="rolling")  # rolling, working, fixed, unlimited
    range_days = models.IntegerField(null=True, blank=True, default=60)
    range_first = models.DateField(null=True, blank=True)
    range_last = models.DateField(null=True, blank=True)
    capacity = models.IntegerField(default=1)
    max_party = models.SmallIntegerField(default=1)  # seats that one booking may take
    approval = models.BooleanField(default=False)
    approval_hours = models.IntegerField(default=24)
    reissue_on_decline = models.BooleanField(default=True)
    series_max = models.SmallIntegerField(default=1)  # appointments of a recurring booking; 1: none recur
    waitlist = models.BooleanField(default=False)
    waitlist_hold = models.IntegerField(default=120)  # minutes
    form = models.ForeignKey("forms.Form", models.SET_NULL, null=True, blank=True, related_name="calendars")
    form_first = models.BooleanField(default=False)
    location_kind = models.CharField(max_length=12, default="none")  # logic.calendars.LOCATION_KINDS
    location = models.CharField(max_length=500, blank=True)
    location_hidden = models.BooleanField(default=False)  # told to those who have booked
    room_provider = models.CharField(max_length=24, blank=True)  # of location_kind "room"
    phone = models.CharField(max_length=10, default="off")  # off, optional, required
    email_required = models.BooleanField(default=True)
    note = models.BooleanField(default=True)
    consent_text = models.TextField(blank=True, max_length=2000)
    consent_version = models.IntegerField(default=0)
    confirmation_message = models.TextField(blank=True, max_length=2000)
    redirect_url = models.URLField(blank=True, max_length=500)
    brand_color = models.CharField(max_length=7, blank=True)
    brand_radius = models.SmallIntegerField(default=10)
    logo = models.ForeignKey("accounts.Blob", models.SET_NULL, null=True, blank=True, related_name="+")
    contact_policy = models.CharField(max_length=8, default="maker")  # maker, host, custom
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=20, blank=True)
    reminder_hours = models.IntegerField(null=True, blank=True, default=24)
    zone_locked = models.BooleanField(default=False)
    guest_can_reschedule = models.BooleanField(default=True)
    guest_can_cancel = models.BooleanField(default=True)
    change_cutoff = models.IntegerField(default=0)  # minutes before the start
    reissue_on_cancel = models.BooleanField(default=False)
    embed_origins = models.JSONField(default=list, blank=True)
    busy_policy = models.CharField(max_length=8, default="block")  # block, allow
    plan = models.TextField(default="")  # logic.plan.encode(CalendarPlan)
    plan_version = models.IntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(duration__gt=0, interval__gt=0), name="calendar_positive_times"),
        ]
        indexes = [models.Index(fields=["account", "name"], name="calendar_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def compiled(self) -> CalendarPlan:
        """The stored plan, decoded once per text."""
        return decode(self.plan)


class CalendarSlug(models.Model):
    """Every slug a calendar ever had; the newest is Calendar.slug, older ones redirect to it."""

    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=60)
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="slugs")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "slug"], name="calendar_slug_once")]

    def __str__(self) -> str:
        return self.slug


class CalendarHost(models.Model):
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="calendar_hosts")
    host = models.ForeignKey(Host, models.CASCADE, related_name="calendar_hosts")
    priority = models.SmallIntegerField(default=0)
    weight = models.SmallIntegerField(default=1)
    required = models.BooleanField(default=True)
    schedule = models.ForeignKey(Schedule, models.SET_NULL, null=True, blank=True, related_name="calendar_hosts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "host"], name="calendar_host_once")]

    def __str__(self) -> str:
        return f"{self.host} in {self.calendar}"


class CalendarAccess(models.Model):
    """What a *member* may do with one calendar: `level` is view, book or manage. Owners and admins need no row."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="access_rows")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="calendar_access")
    level = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "user"], name="calendar_access_once")]

    def __str__(self) -> str:
        return f"{self.user} may {self.level} {self.calendar}"


class BusySource(models.Model):
    """Where a host's other appointments are read from; `kind` names an entry of the registry in calendars/busy.py (P8)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="busy_sources")
    host = models.ForeignKey(Host, models.CASCADE, related_name="busy_sources")
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=120, blank=True)
    config_sealed = models.TextField()  # Fernet: an ICS address is a secret
    etag = models.CharField(max_length=254, blank=True)
    fetched_at = models.DateTimeField(null=True)  # last success
    tried_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    alerted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or self.kind


class BusyBlock(models.Model):
    """One stored busy interval in epoch minutes, rounded outward."""

    source = models.ForeignKey(BusySource, models.CASCADE, related_name="blocks")
    host = models.ForeignKey(Host, models.CASCADE, related_name="+")
    start_min = models.BigIntegerField()
    end_min = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["host", "end_min", "start_min"], name="busy_by_host")]

    def __str__(self) -> str:
        return f"{self.start_min}-{self.end_min}"


class BlockedTime(models.Model):
    """Time that nobody can book: of a host in every calendar, or of one calendar. Epoch minutes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="blocked_times")
    host = models.ForeignKey(Host, models.CASCADE, null=True, related_name="blocked_times")
    calendar = models.ForeignKey(Calendar, models.CASCADE, null=True, related_name="blocked_times")
    start_min = models.BigIntegerField()
    end_min = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(host__isnull=False, calendar__isnull=True) | Q(host__isnull=True, calendar__isnull=False),
                name="blocked_for_one",
            ),
            models.CheckConstraint(condition=Q(start_min__lt=models.F("end_min")), name="blocked_has_length"),
        ]
        indexes = [
            models.Index(fields=["host", "end_min", "start_min"], name="blocked_by_host"),
            models.Index(fields=["calendar", "end_min", "start_min"], name="blocked_by_calendar"),
        ]

    def __str__(self) -> str:
        return f"{self.start_min}-{self.end_min}"
