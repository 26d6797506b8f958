"""Invitations by email. The token is computed from the row's id and the keyring; only its hash is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from admitone.accounts import permissions, values
from admitone.accounts.invitations import hashed, token_for
from admitone.accounts.models import Account, Invitation, Membership, User
from admitone.accounts.queries import get
from admitone.accounts.services.member import add_member
from admitone.accounts.services.user import create_user
from admitone.accounts.tasks import send_invitation
from admitone.events import Actor, record
from admitone.logic.errors import Problem
from admitone.logic.faults import cleaned
from admitone.logic.ids import uuid7

LASTS = timedelta(days=7)
LEVELS = ("view", "book", "manage")


def invite(
    *,
    account: Account,
    actor: Actor,
    by: str,
    email: str,
    role: str,
    now: datetime,
    calendars: Mapping[str, str] | None = None,
    invited_by: User | None = None,
) -> Invitation:
    """Mail an offer of `role`, good for 7 days; an older offer to the address ends. `calendars` maps id to level.

    Problem("forbidden") if `by` may not give that role, Problem("invalid") by field.
    """
    clean = cleaned({"email": email, "role": role}, {"email": values.user_email, "role": values.role})
    permissions.require(by, "manage_owners" if clean["role"] == "owner" else "manage_team")
    refuse_member(account, clean["email"])
    row_id = uuid7()
    with transaction.atomic():
        pending(account).filter(email=clean["email"]).update(revoked_at=now)
        invitation = Invitation.objects.create(
            id=row_id,
            account=account,
            calendars=clean_levels(calendars or {}),
            token_hash=hashed(token_for(row_id)),
            invited_by=invited_by,
            created_at=now,
            expires_at=now + LASTS,
            **clean,
        )
        tell(invitation, actor, now, "member.invited")
        send_invitation.enqueue(invitation_id=str(invitation.id))
    return invitation


def pending(account: Account) -> Any:
    return Invitation.objects.filter(account=account, accepted_at=None, revoked_at=None)


def refuse_member(account: Account, email: str) -> None:
    if Membership.objects.filter(account=account, user__email=email).exists():
        raise Problem("invalid", fields={"email": _("This person is already in the team.")})


def clean_levels(calendars: Mapping[str, str]) -> dict[str, str]:
    if any(level not in LEVELS for level in calendars.values()):
        raise Problem("invalid", fields={"calendars": _("Choose view, book or manage for each calendar.")})
    return {str(key): level for key, level in calendars.items()}


def revoke_invitation(
    *, account: Account, actor: Actor, by: str, invitation_id: UUID | str, now: datetime
) -> Invitation:
    """Problem("not_found") once it is accepted or ended already."""
    permissions.require(by, "manage_team")
    invitation = get(account, Invitation, invitation_id)
    with transaction.atomic():
        if not pending(account).filter(pk=invitation.pk).update(revoked_at=now):
            raise Problem("not_found")
        invitation.revoked_at = now
        tell(invitation, actor, now, "member.changed", state="revoked")
    return invitation


def accept_invitation(
    *, invitation: Invitation, now: datetime, user: User | None = None, name: str = "", password: str = ""
) -> Membership:
    """Join as `user` (whose address must be the invited one), or as a new person with name and password.

    Problem("not_found") if the invitation has ended meanwhile, "forbidden" for another person, "invalid" by field.
    """
    if user and user.email != invitation.email:
        raise Problem("forbidden")
    with transaction.atomic():
        claim(invitation, now)
        who = user or new_person(invitation, name, password)
        facts = {"invitation": str(invitation.id)}
        return add_member(
            account=invitation.account, actor=Actor.user(who.id), user=who, role=invitation.role, now=now, facts=facts
        )


def claim(invitation: Invitation, now: datetime) -> None:
    """Conditional, so that an invitation is accepted once whatever races."""
    open_row = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if not open_row.update(accepted_at=now):
        raise Problem("not_found")


def new_person(invitation: Invitation, name: str, password: str) -> User:
    clean = cleaned({"name": name}, values.PERSON)
    return create_user(
        email=invitation.email,
        password=password,
        timezone=invitation.account.timezone,
        locale=invitation.account.locale,
        **clean,
    )


def tell(invitation: Invitation, actor: Actor, now: datetime, kind: str, **facts: str) -> None:
    record(
        account_id=invitation.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="invitation",
        subject_id=invitation.id,
        facts={"role": invitation.role, **facts},
    )
