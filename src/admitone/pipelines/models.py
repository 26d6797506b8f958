"""Pipelines, their stages, and the opportunities that pass through them."""

from django.db import models
from django.db.models import Q

from admitone.logic.ids import uuid7

STATUSES = ("open", "won", "lost", "abandoned")


class Pipeline(models.Model):
    """`currency` (ISO 4217) is what its new opportunities are counted in unless they say otherwise."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="pipelines")
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="pipeline_list")]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """A column of the board; positions count from 0 without gaps."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="stages")
    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="stages")
    name = models.CharField(max_length=80)
    position = models.IntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Opportunity(models.Model):
    """A deal with a contact. `value_minor` is in the currency's smallest unit; a higher `position` is nearer the top."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="opportunities")
    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="opportunities")
    stage = models.ForeignKey(Stage, models.RESTRICT, related_name="opportunities")
    contact = models.ForeignKey("contacts.Contact", models.CASCADE, related_name="opportunities")
    name = models.CharField(max_length=200)
    value_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    owner = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="opportunities")
    status = models.CharField(max_length=12, default="open")
    position = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="opportunity_status"),
            models.CheckConstraint(condition=Q(value_minor__gte=0), name="opportunity_value"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="opportunity_list"),
            models.Index(fields=["stage", "status", "-position"], name="opportunity_board"),
        ]

    def __str__(self) -> str:
        return self.name
