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
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

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
