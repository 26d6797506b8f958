"""Forms, their versions, and what came in through them."""

from django.db import models

from admitone.logic.form_rules import Rule, rules_of
from admitone.logic.forms import Field, fields_of
from admitone.logic.ids import uuid7


class Form(models.Model):
    """`fields` and `rules` are the documents of logic/forms.py and logic/form_rules.py. `version` counts up whenever one
    of them or the consent text changes, `consent_version` whenever that text does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="forms")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    fields = models.JSONField(default=list)
    rules = models.JSONField(default=list)
    version = models.IntegerField(default=1)
    consent_text = models.TextField(blank=True)
    consent_version = models.IntegerField(default=0)
    button = models.CharField(max_length=60, blank=True)
    thanks_message = models.TextField(blank=True)
    redirect_url = models.CharField(max_length=500, blank=True)
    brand_color = models.CharField(max_length=7, blank=True)
    embed_origins = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="form_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def questions(self) -> list[Field]:
        return fields_of(self.fields)

    @property
    def disqualifiers(self) -> list[Rule]:
        return rules_of(self.rules)


class FormVersion(models.Model):
    """What a form asked from `created_at` on. Never changed: answers are read by the version they were given to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.ForeignKey(Form, models.CASCADE, related_name="versions")
    version = models.IntegerField()
    fields = models.JSONField(default=list)
    rules = models.JSONField(default=list)
    consent_text = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "version"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.version}"

    @property
    def questions(self) -> list[Field]:
        return fields_of(self.fields)


class Submission(models.Model):
    """One filled-in form. `answers` maps keys of fields to values; `meta` says how it came: source, utm, consent, and the
    rule that disqualified it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="submissions")
    form = models.ForeignKey(Form, models.CASCADE, related_name="submissions")
    contact = models.ForeignKey("contacts.Contact", models.CASCADE, related_name="submissions")
    form_version = models.IntegerField(default=0)  # 0: before versions were kept
    answers = models.JSONField(default=dict)
    meta = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["form", "-id"], name="submission_list")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.created_at:%Y-%m-%d %H:%M}"
