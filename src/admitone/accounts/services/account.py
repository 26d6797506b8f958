"""Agencies and their sub-accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from admitone.accounts import values
from admitone.accounts.models import Account, Agency, AgencyAdmin, Membership, User
from admitone.accounts.services.user import create_user
from admitone.accounts.slugs import free_slug
from admitone.events import Actor, record
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.logic.faults import cleaned

SETUP_STEPS = ("zone", "hours", "location", "email", "address", "link", "dismissed")


@dataclass(frozen=True, slots=True)
class Founded:
    agency: Agency
    account: Account
    user: User


def create_agency_and_owner(
    *,
    business: str,
    name: str,
    email: str,
    password: str,
    timezone: str,
    now: datetime,
    locale: str = "en",
    slug: str = "",
    is_demo: bool = False,
    first_only: bool = False,
) -> Founded:
    """The agency, its first sub-account and their owner, all or nothing.

    `first_only`: Problem("not_found") if anybody can sign in already. Wrong values: Problem("invalid") by field.
    """
    person = cleaned({"name": name, "email": email}, values.PERSON)
    place = cleaned(
        {"name": business, "timezone": timezone, "locale": locale, **({"slug": slug} if slug else {})}, values.ACCOUNT
    )
    with transaction.atomic():
        if first_only:
            refuse_second_setup()
        user = create_user(**person, password=password, timezone=place["timezone"], locale=locale, is_demo=is_demo)
        agency = Agency.objects.create(name=place["name"], is_demo=is_demo, created_at=now)
        AgencyAdmin.objects.create(agency=agency, user=user)
        account = insert_account(agency, place, user, Actor.user(user.id), now)
    return Founded(agency, account, user)


def refuse_second_setup() -> None:
    """Two set-ups at the same moment: the second one waits for the first, then is refused."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_user IN SHARE ROW EXCLUSIVE MODE")
    if User.objects.exists():
        raise Problem("not_found")


def create_account(
    *, agency: Agency, actor: Actor, owner: User, name: str, timezone: str, now: datetime, **more: Any
) -> Account:
    """A further sub-account, owned by `owner`; `more` may hold slug and locale. Problem("invalid" | "slug_taken")."""
    more = {key: value for key, value in more.items() if value}
    place = cleaned({"name": name, "timezone": timezone, **more}, values.ACCOUNT)
    with transaction.atomic():
        return insert_account(agency, place, owner, actor, now)


def insert_account(agency: Agency, place: dict[str, Any], owner: User, actor: Actor, now: datetime) -> Account:
    """Inside the caller's transaction."""
    slug = place.pop("slug", "") or free_slug(place["name"])
    try:
        with transaction.atomic():
            account = Account.objects.create(agency=agency, slug=slug, is_demo=agency.is_demo, created_at=now, **place)
    except IntegrityError as error:
        raise slug_taken() from error
    Membership.objects.create(account=account, user=owner, role="owner", created_at=now)
    record(
        account_id=account.id,
        actor=actor,
        now=now,
        kind="account.created",
        subject_kind="account",
        subject_id=account.id,
        facts={"agency": str(agency.id), "owner": str(owner.id)},
    )
    return account


def slug_taken() -> Problem:
    return Problem("slug_taken", fields={"slug": _("That address is already in use. Choose another.")})


def update_account(*, account: Account, actor: Actor, now: datetime, **changes: Any) -> Account:
    """Set name, slug, timezone, locale, public_email or public_phone. Problem("invalid" | "slug_taken")."""
    place = cleaned(changes, values.ACCOUNT)
    changed = sorted(key for key, value in place.items() if getattr(account, key) != value)
    if not changed:
        return account
    before = {key: getattr(account, key) for key in changed}
    try:
        with transaction.atomic():
            for key in changed:
                setattr(account, key, place[key])
            account.save(update_fields=changed)
            record_change(account, actor, now, changed)
    except IntegrityError as error:
        for key, value in before.items():
            setattr(account, key, value)
        raise slug_taken() from error
    return account


def record_change(account: Account, actor: Actor, now: datetime, fields: list[str]) -> None:
    record(
        account_id=account.id,
        actor=actor,
        now=now,
        kind="account.changed",
        subject_kind="account",
        subject_id=account.id,
        facts={"fields": fields},
    )


def tick_setup(*, account: Account, actor: Actor, step: str, now: datetime) -> None:
    """Mark a step of the set-up list as settled; "dismissed" hides the list. Problem("invalid") for another step."""
    if step not in SETUP_STEPS:
        raise Problem("invalid", fields={"step": _("There is no such step.")})
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if step not in row.setup:
            row.setup = account.setup = {**row.setup, step: iso(now)}
            row.save(update_fields=["setup"])
            record_change(row, actor, now, ["setup"])
