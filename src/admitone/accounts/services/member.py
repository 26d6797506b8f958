"""Who belongs to a sub-account, and as what. `by` is the role of whoever asks: only owners make and unmake owners."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.accounts import permissions, values
from admitone.accounts.models import Account, Membership, User
from admitone.accounts.queries import get
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.faults import cleaned


def add_member(
    *, account: Account, actor: Actor, user: User, role: str, now: datetime, facts: dict[str, Any] | None = None
) -> Membership:
    """Inside the caller's transaction; somebody who is in already keeps the higher role."""
    membership, made = Membership.objects.get_or_create(
        account=account, user=user, defaults={"role": role, "created_at": now}
    )
    if not made and not permissions.at_least(membership.role, role):
        membership.role = role
        membership.save(update_fields=["role"])
    tell(membership, actor, now, "member.joined", **(facts or {}))
    return membership


def change_role(
    *, account: Account, actor: Actor, by: str, membership_id: UUID | str, role: str, now: datetime
) -> Membership:
    """Problem("forbidden" | "last_owner" | "invalid" | "not_found")."""
    wanted = cleaned({"role": role}, {"role": values.role})["role"]
    permissions.require(by, "manage_team")
    with transaction.atomic():
        membership = locked(account, membership_id)
        if "owner" in (membership.role, wanted):
            permissions.require(by, "manage_owners")
        if membership.role == wanted:
            return membership
        keep_an_owner(account, membership, wanted)
        membership.role = wanted
        membership.save(update_fields=["role"])
        tell(membership, actor, now, "member.changed")
    return membership


def remove_member(*, account: Account, actor: Actor, by: str, membership_id: UUID | str, now: datetime) -> None:
    """The person keeps their sign-in. Anybody may remove themselves. Problem("forbidden" | "last_owner" | "not_found")."""
    with transaction.atomic():
        membership = locked(account, membership_id)
        if actor != Actor.user(membership.user_id):
            permissions.require(by, "manage_owners" if membership.role == "owner" else "manage_team")
        keep_an_owner(account, membership, "")
        tell(membership, actor, now, "member.removed")
        membership.delete()


def locked(account: Account, membership_id: UUID | str) -> Membership:
    """The membership, with all of the sub-account's rows locked: two owners cannot step down at the same moment."""
    list(Membership.objects.select_for_update().filter(account=account).order_by("id").values_list("id"))
    return get(account, Membership, membership_id)


def keep_an_owner(account: Account, membership: Membership, role: str) -> None:
    others = Membership.objects.filter(account=account, role="owner", user__is_active=True).exclude(pk=membership.pk)
    if membership.role == "owner" and role != "owner" and not others.exists():
        raise Problem("last_owner")


def tell(membership: Membership, actor: Actor, now: datetime, kind: str, **facts: Any) -> None:
    record(
        account_id=membership.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="member",
        subject_id=membership.id,
        facts={"user": str(membership.user_id), "role": membership.role, **facts},
    )
