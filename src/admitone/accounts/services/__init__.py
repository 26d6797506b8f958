"""Every write of agencies, sub-accounts, people and keys: one function, one transaction, one event."""

from admitone.accounts.services.account import (
    Founded,
    create_account,
    create_agency_and_owner,
    tick_setup,
    update_account,
)
from admitone.accounts.services.api_key import issue_api_key, note_key_use, revoke_api_key
from admitone.accounts.services.invitation import accept_invitation, invite, revoke_invitation
from admitone.accounts.services.member import add_member, change_role, remove_member
from admitone.accounts.services.user import update_profile

__all__ = [
    "Founded",
    "accept_invitation",
    "add_member",
    "change_role",
    "create_account",
    "create_agency_and_owner",
    "invite",
    "issue_api_key",
    "note_key_use",
    "remove_member",
    "revoke_api_key",
    "revoke_invitation",
    "tick_setup",
    "update_account",
    "update_profile",
]
