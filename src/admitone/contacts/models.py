"""People an account deals with. One row per email address; phone-only people one row per number."""

from django.db import models
from django.db.models import Q

from admitone.logic.ids import uuid7


class Contact(models.Model):
    """`email_key` is the address lower-cased; `phone` is E.164. Both may be empty only once erased."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    email_key = models.CharField(max_length=254, null=True)
    phone = models.CharField(max_length=20, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    locale = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=32, blank=True)
    custom = models.JSONField(default=dict)  # key of a CustomField -> its value
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    owner = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="owned_contacts")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged_from")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "email_key"], name="contact_email_once"),
            models.UniqueConstraint(
                fields=["account", "phone"], condition=Q(email_key=None) & ~Q(phone=""), name="contact_phone_once"
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="contact_list")]

    def __str__(self) -> str:
        return self.name or self.email or self.phone


class Tag(models.Model):
    """A word that contacts are marked with; `name_key` is the name lower-cased."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)
    name_key = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name_key"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class ContactTag(models.Model):
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="contact_tags")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="contact_tags")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "tag"], name="contact_tag_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.tag_id}"


class CustomField(models.Model):
    """A value that an account keeps about its contacts; `key` never changes, `options` belong to kind choice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="custom_fields")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    options = models.JSONField(default=list)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="custom_field_once")]

    def __str__(self) -> str:
        return self.label


class Note(models.Model):
    """Something a colleague or a workflow wrote down about a contact; `by` is an actor's kind and id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="notes")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="notes")
    text = models.TextField(max_length=4000)
    by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["contact", "-id"], name="note_list")]

    def __str__(self) -> str:
        return self.text[:60]


class Task(models.Model):
    """Something to do about a contact, by somebody, by a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="tasks")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="tasks")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="contact_tasks")
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["contact", "-id"], name="task_list")]

    def __str__(self) -> str:
        return self.title


class ContactImport(models.Model):
    """A CSV file on its way in. `status`: staged, running, done. `mapping` is {column number: field}."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey("accounts.Account", models.CASCADE, related_name="contact_imports")
    filename = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=12, default="staged")
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    total = models.IntegerField(default=0)
    created = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """`result`: "" (not yet), created, updated, failed."""

    batch = models.ForeignKey(ContactImport, models.CASCADE, related_name="rows")
    number = models.IntegerField()
    cells = models.JSONField(default=list)
    result = models.CharField(max_length=8, blank=True)
    error = models.TextField(blank=True)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="import_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"row {self.number}"

    @property
    def words(self) -> str:
        """What is written in the row, to know it again by."""
        return " · ".join(cell for cell in self.cells if cell)
