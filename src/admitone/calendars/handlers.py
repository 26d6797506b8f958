"""What calendars do when something below them changes."""

from __future__ import annotations

from datetime import datetime

from admitone.calendars.plans import recompile_account
from admitone.events.handlers import on
from admitone.events.models import Event


@on("account.changed", consumer="calendars.plans")
def account_changed(event: Event, now: datetime) -> None:
    """Plans hold their account's name, slug and language."""
    recompile_account(event.account_id)
