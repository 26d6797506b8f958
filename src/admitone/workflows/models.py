"""Workflow > immutable versions > enrollments > step runs. A document is JSON; its shape is in documents.py."""

from django.db import models

from admitone.logic.ids import uuid7


class Workflow(models.Model):
    """`status`: draft, published, paused. `draft` is being edited; what runs is the published version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="workflows")
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=12, default="draft")
    settings = models.JSONField(default=dict)  # of the published version, so that entering needs no document
    draft = models.JSONField(default=dict)
    published_version = models.IntegerField(null=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="workflow_list")]

    def __str__(self) -> str:
        return self.name


class WorkflowVersion(models.Model):
    """A document as it was published; never changed, running enrollments keep theirs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField()
    by = models.CharField(max_length=80, blank=True)  # actor kind and id

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workflow", "number"], name="workflow_version_once")]

    def __str__(self) -> str:
        return f"{self.workflow_id} #{self.number}"


class Subscription(models.Model):
    """A published workflow waits for a kind of event: one row a trigger and kind, rewritten on publication."""

    account_id = models.UUIDField()
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="subscriptions")
    kind = models.CharField(max_length=64)
    trigger = models.CharField(max_length=64)
    filters = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["account_id", "kind"], name="subscription_by_kind")]

    def __str__(self) -> str:
        return f"{self.trigger} of {self.workflow_id}"


class Enrollment(models.Model):
    """One contact's way through one version. `status`: active, waiting, done, stopped, failed.

    `path` is the position (logic/steps.py), null once it is over; `context` holds ids (contact, link, booking, calendar)
    that values are read from; `outputs` maps step names to what they made; `awaits` names what an event has to be about.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="enrollments")
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="enrollments")
    version = models.ForeignKey(WorkflowVersion, models.CASCADE, related_name="enrollments")
    contact = models.ForeignKey("contacts.Contact", models.SET_NULL, null=True, related_name="enrollments")
    trigger = models.CharField(max_length=64)
    cause_event_id = models.UUIDField(null=True)
    cause_facts = models.JSONField(default=dict)
    depth = models.SmallIntegerField(default=0)
    once = models.CharField(max_length=80, null=True)  # what may enter this workflow only once
    status = models.CharField(max_length=12, default="active")
    reason = models.TextField(blank=True)  # why it stopped or failed
    fence = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    path = models.JSONField(null=True)
    context = models.JSONField(default=dict)
    outputs = models.JSONField(default=dict)
    resume_at = models.DateTimeField(null=True)
    waiting_for = models.JSONField(null=True)  # kinds of events that end the wait
    awaits = models.CharField(max_length=80, blank=True)
    visits = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workflow", "cause_event_id"], name="enrollment_once_per_event"),
            models.UniqueConstraint(fields=["workflow", "once"], name="enrollment_once"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="enrollment_list"),
            models.Index(fields=["workflow", "status", "-id"], name="enrollment_by_status"),
            models.Index(fields=["awaits"], name="enrollment_awaits", condition=~models.Q(awaits="")),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id}: {self.contact_id} ({self.status})"


class InboundHook(models.Model):
    """An address that other programs post to. `schema` {path: type} was learned from what came; `sample` came last.

    `mapping` says which paths name the contact: {"email": path, "phone": path, "name": path}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="inbound_hooks")
    name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)
    schema = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    sample = models.JSONField(null=True)
    sample_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class InboundRequest(models.Model):
    """A body that a hook received; runs read their `hook` values from it. Kept for 30 days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hook = models.ForeignKey(InboundHook, models.CASCADE, related_name="requests")
    body = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["hook", "-id"], name="inbound_request_list")]

    def __str__(self) -> str:
        return f"{self.hook_id} {self.at}"


class Clockwork(models.Model):
    """The next moment at which a trigger of a published workflow looks at the calendar: schedules, date reminders."""

    account_id = models.UUIDField()
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="clockworks")
    trigger = models.CharField(max_length=64)
    place = models.SmallIntegerField()  # index of the trigger in the document
    filters = models.JSONField(default=dict)
    next_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workflow", "place"], name="clockwork_once")]

    def __str__(self) -> str:
        return f"{self.trigger} of {self.workflow_id}"


class DripGate(models.Model):
    """How many enrollments a drip step has let through in the current period, or to how many a step has given turns."""

    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="drip_gates")
    step = models.CharField(max_length=40)
    opens_at = models.DateTimeField()  # of the period that is being filled
    passed = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workflow", "step"], name="drip_gate_once")]

    def __str__(self) -> str:
        return f"{self.step} of {self.workflow_id}"


class BulkEnrollment(models.Model):
    """Many contacts enter at once. `source` says which (ids, a tag, a filter, all); `cursor` how far it has come."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="bulk_enrollments")
    workflow = models.ForeignKey(Workflow, models.CASCADE, related_name="bulk_enrollments")
    source = models.JSONField(default=dict)
    status = models.CharField(max_length=12, default="running")  # running, done, stopped
    total = models.IntegerField(default=0)
    enrolled = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    cursor = models.UUIDField(null=True)
    by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.total} into {self.workflow_id}"


class StepRun(models.Model):
    """One visit of one step, as honest as it can be told. `status`: running, waiting, done, skipped, retrying, failed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enrollment = models.ForeignKey(Enrollment, models.CASCADE, related_name="runs")
    step = models.CharField(max_length=40)
    type = models.CharField(max_length=64)
    visit = models.IntegerField()
    status = models.CharField(max_length=12, default="running")
    attempts = models.SmallIntegerField(default=0)
    outcome = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    message_id = models.UUIDField(null=True)  # the message it sent: its own row tells how delivery went
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "step", "visit"], name="step_run_once")]

    def __str__(self) -> str:
        return f"{self.step} #{self.visit} ({self.status})"
