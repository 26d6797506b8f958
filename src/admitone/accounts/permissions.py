"""Who may do what in a sub-account. Calendar levels of members are in calendars/access.py."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from admitone.accounts.models import Account, AgencyAdmin, Membership, User
from admitone.accounts.queries import as_uuid
from admitone.logic.errors import Problem

Role = Literal["owner", "admin", "member"]
RANK: dict[str, int] = {"member": 1, "admin": 2, "owner": 3}

#: action -> the lowest role that may do it
ACTIONS: dict[str, Role] = {
    "view": "member",
    "manage_calendars": "admin",
    "manage_contacts": "admin",
    "manage_forms": "admin",
    "manage_pipelines": "admin",
    "manage_workflows": "admin",
    "manage_settings": "admin",
    "manage_team": "admin",
    "manage_api_keys": "admin",
    "manage_owners": "owner",
}


def with_role(accounts: QuerySet[Account], user_id: UUID) -> QuerySet[Account]:
    """Annotate each account with what the user is in it, at no further statement; read it by `role_of`."""
    mine = Membership.objects.filter(account=OuterRef("pk"), user=user_id)
    agency = AgencyAdmin.objects.filter(agency=OuterRef("agency"), user=user_id)
    return accounts.annotate(member_role=Subquery(mine.values("role")[:1]), is_agency_admin=Exists(agency))


def role_of(account: Account) -> Role | None:
    """The role on an account that `with_role` annotated."""
    return "owner" if account.is_agency_admin else account.member_role  # type: ignore[attr-defined]


def role(user: User, account: Account) -> Role | None:
    """owner, admin, member or None; an agency's admins are owners of its sub-accounts."""
    found = with_role(Account.objects.filter(pk=account.pk), user.pk).first()
    return role_of(found) if found and user.is_active else None


def at_least(role: str | None, wanted: str) -> bool:
    return RANK.get(role or "", 0) >= RANK[wanted]


def allows(role: str | None, action: str) -> bool:
    """May this role do `action` (a key of ACTIONS)?"""
    return at_least(role, ACTIONS[action])


def may(user: User, account: Account, action: str) -> bool:
    return allows(role(user, account), action)


def require(role: str | None, action: str) -> None:
    """Raise Problem("forbidden") unless the role may do `action`."""
    if not allows(role, action):
        raise Problem("forbidden")


def accounts_of(user: User) -> QuerySet[Account]:
    """Every sub-account the user may enter, by name, annotated by `with_role`."""
    mine = Membership.objects.filter(account=OuterRef("pk"), user=user.pk)
    agency = AgencyAdmin.objects.filter(agency=OuterRef("agency"), user=user.pk)
    return with_role(Account.objects.filter(Exists(mine) | Exists(agency)), user.pk).order_by("name", "id")


def colleague(account: Account, user_id: Any) -> User:
    """The active user with this id who may enter the sub-account. Raises Problem("invalid") at `owner`."""
    key = as_uuid(user_id)
    user = User.objects.filter(id=key, is_active=True).first() if key else None
    if user is None or not accounts_of(user).filter(id=account.id).exists():
        raise Problem("invalid", fields={"owner": _("Choose somebody of the team.")})
    return user
