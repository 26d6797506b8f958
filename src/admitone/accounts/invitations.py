"""The emailed half of an invitation: computed, never stored, so that a copy of the database opens no door."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from admitone.accounts.keyring import keyring
from admitone.accounts.models import Invitation
from admitone.logic.errors import Problem

PURPOSE = "i1"


def token_for(invitation_id: UUID) -> str:
    return keyring().sign(PURPOSE, invitation_id)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_invitation(token: str, now: datetime) -> Invitation:
    """The invitation behind an emailed token. Problem("not_found") if unknown, ended, expired or accepted."""
    invitation_id = keyring().verify(PURPOSE, token)
    row = (
        Invitation.objects.select_related("account", "invited_by")
        .filter(pk=invitation_id, token_hash=hashed(token), accepted_at=None, revoked_at=None, expires_at__gt=now)
        .first()
        if invitation_id
        else None
    )
    if row is None:
        raise Problem("not_found")
    return row
