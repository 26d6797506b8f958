"""The demo's key to the sub-account that has a calendar of every type."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from admitone.accounts.models import Account


def ensure_team_key(account: Account, secret: str, now: datetime) -> dict[str, str]:
    """team_account and team_api_key, issued on first need; one that was withdrawn stays so."""
    from admitone.accounts.models import ApiKey
    from admitone.accounts.services import issue_api_key
    from admitone.events import SYSTEM

    if not ApiKey.objects.filter(account=account, name="Demo").exists():
        scopes = ["read", "write", "admin"]
        issue_api_key(account=account, actor=SYSTEM, name="Demo", scopes=scopes, now=now, secret=secret)
    return {"team_account": account.slug, "team_api_key": secret}
