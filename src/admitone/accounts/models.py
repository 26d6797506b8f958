"""Agency > Account (sub-account, the tenant) > people with roles, and the keys of programs."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from admitone.logic.ids import uuid7

ROLES = ("owner", "admin", "member")


class Agency(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Blob(models.Model):
    """A small uploaded file kept in the database (logo <= 100 kB, re-encoded by Pillow)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.UUIDField(db_index=True)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=60)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "sha256"], name="blob_once_per_account")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Account(models.Model):
    """A sub-account: the tenant that owns calendars, contacts and links. `slug` is the first part of its URLs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="accounts")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=10, default="en")
    public_email = models.EmailField(blank=True)
    public_phone = models.CharField(max_length=20, blank=True)
    is_demo = models.BooleanField(default=False)
    setup = models.JSONField(default=dict)  # step -> ISO instant at which it was ticked or dismissed
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)  # always stored lower-cased
    name = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    locale = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = UserManager()

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class AgencyAdmin(models.Model):
    """May enter every sub-account of the agency as its owner, and make new ones."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="admins")
    user = models.ForeignKey(User, models.CASCADE, related_name="agencies")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "user"], name="agency_admin_once")]

    def __str__(self) -> str:
        return f"{self.user} of {self.agency}"


class Membership(models.Model):
    """`role` is owner, admin or member; a member sees only the calendars granted by calendars.CalendarAccess."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, default="member")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.role} of {self.account}"


class Invitation(models.Model):
    """An emailed offer of a role; only the hash of its token is stored. `calendars` maps calendar id to a level."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=16, default="member")
    calendars = models.JSONField(default=dict)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} to {self.account}"


class ApiKey(models.Model):
    """A program's key: `ao_` + 43 characters, shown once, stored as SHA-256. `scopes`: read, write, admin."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"


class IdempotencyKey(models.Model):
    """A request already answered: looked up before anything else, written with what it made, kept for 24 hours."""

    scope = models.CharField(max_length=64)  # an API key's id, a link's id or a calendar's id
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    resource_kind = models.CharField(max_length=32)
    resource_id = models.UUIDField()
    status = models.SmallIntegerField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class RateCount(models.Model):
    """Fixed windows: `bucket` names limit, subject and window start; one UPSERT a request."""

    bucket = models.CharField(primary_key=True, max_length=160)
    count = models.IntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.bucket}: {self.count}"
