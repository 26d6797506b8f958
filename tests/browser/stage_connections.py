"""Connected calendars of the demo's clinic: one that works, one that cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from admitone.accounts.models import Account
from admitone.calendars.models import BusySource
from admitone.calendars.services import create_host
from admitone.events import Actor
from admitone.integrations.connections import sealed
from admitone.integrations.models import CalendarConnection, RemoteCalendar

SECRETS = {"url": "https://dav.invalid/", "user": "mara@example.com", "password": "x"}


def fill(account: Account, calendar: Any, actor: Actor, now: datetime) -> dict[str, Any]:
    """The id of the one that fails; their host is bookable nowhere else."""
    host = create_host(account=account, name="Dr. Connected", actor=actor, now=now)
    calendar(host)
    values = {"account": account, "host": host, "kind": "caldav", "login": "mara@example.com", "created_at": now}
    fine = CalendarConnection.objects.create(name="Fastmail", config_sealed=sealed(SECRETS), write_to="a", **values)
    bad = CalendarConnection.objects.create(name="Home server", config_sealed=sealed(SECRETS), **values)
    for row, error in ((fine, ""), (bad, "The user name or the password is not accepted.")):
        for key, name in (("a", "Private"), ("b", "Family and friends"), ("c", "Public holidays")):
            source = None
            if key == "a":
                read = now - timedelta(minutes=3 if not error else 60)
                facts = {"kind": "caldav", "name": name, "config_sealed": "", "error": error, "fetched_at": read}
                source = BusySource.objects.create(account=account, host=host, tried_at=now, created_at=now, **facts)
            RemoteCalendar.objects.create(connection=row, remote_id=key, name=name, writable=key != "c", source=source)
    return {"connection_id": bad.id, "kind": "google"}
