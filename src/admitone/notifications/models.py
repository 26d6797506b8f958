"""What owners wrote into a calendar's table of notices; all the rest is standard (logic/notices.py)."""

from django.db import models
from django.db.models import Q

from admitone.logic.ids import uuid7


class CalendarNotice(models.Model):
    """A notice that was added, or a change to the standard one named by `standard`. Blank words are the standard ones.

    `offset_minutes` is before the start (reminder) or after the end (follow_up); `addresses` are those of audience extra.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="calendar_notices")
    calendar = models.ForeignKey("calendars.Calendar", models.CASCADE, related_name="notices")
    standard = models.CharField(max_length=40, blank=True)
    occasion = models.CharField(max_length=12)
    audience = models.CharField(max_length=8)
    channel = models.CharField(max_length=8)
    offset_minutes = models.IntegerField(null=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    addresses = models.JSONField(default=list, blank=True)
    enabled = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "standard"], condition=~Q(standard=""), name="notice_standard_once"
            )
        ]

    def __str__(self) -> str:
        return self.standard or f"{self.occasion} to {self.audience} by {self.channel}"
