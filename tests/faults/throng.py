"""A sub-account for the long storm of everything: `python -m tests.faults.throng begin URL` makes it, with calendars that
write to a CalDAV server and imports that have begun; `… state ID` tells what its rows say. Both print JSON.

It runs in a process of its own with the server's environment.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from admitone.cli.boot import boot

if TYPE_CHECKING:
    from admitone.accounts.models import Account
    from admitone.calendars.models import Calendar

IMPORTS, ROWS = 3, 1500


def begin(radicale: str, now: datetime) -> dict[str, Any]:
    from tests import factories

    from admitone.calendars.models import Host
    from admitone.calendars.services import TeamHost, set_team
    from admitone.events import SYSTEM

    account = factories.account(name="Throng", slug="throng", timezone="UTC")
    hosts = [factories.host(account), factories.host(account)]
    fields: dict[str, Any] = {"timezone": "UTC", "range_days": 120, "reissue_on_decline": True}
    alone = factories.calendar(account, host=hosts[0], series_max=3, **fields)
    room = factories.calendar(account, host=hosts[1], kind="class", capacity=2, waitlist=True, **fields)
    team = factories.calendar(account, host=hosts[0], series_max=3, approval=True, **fields)
    members = [TeamHost(host.id) for host in hosts]
    set_team(account=account, calendar_id=team.id, actor=SYSTEM, now=now, kind="round_robin", hosts=members)
    for host, name in zip(Host.objects.filter(agency=account.agency).order_by("name"), ("Work", "Room"), strict=True):
        connect(account, host.id, radicale, name, now)
    upload(account, now)
    calendars: dict[str, Calendar] = {"alone": alone, "room": room, "team": team}
    _, secret = factories.api_key(account, ["read", "write"])
    return {"account": str(account.id), "key": secret} | {name: str(one.id) for name, one in calendars.items()}


def connect(account: Account, host: Any, url: str, name: str, now: datetime) -> None:
    from tests.radicale_server import PASSWORD, USER

    from admitone.events import SYSTEM
    from admitone.integrations import connecting

    row = connecting.connect_caldav(
        account=account, host_id=host, url=url, user=USER, password=PASSWORD, actor=SYSTEM, now=now
    )
    there = row.calendars.get(name=name)
    connecting.choose(account=account, connection_id=row.id, blocks=None, write_to=there.id, actor=SYSTEM, now=now)


def upload(account: Account, now: datetime) -> None:
    from admitone.contacts.importing import stage, start
    from admitone.events import SYSTEM

    who: dict[str, Any] = {"account": account, "actor": SYSTEM, "now": now}
    for n in range(IMPORTS):
        lines = "".join(f"row-{n}-{line}@import.example,Fair\n" for line in range(ROWS))
        batch = stage(filename=f"{n}.csv", content=f"Email,Tags\n{lines}".encode(), **who)
        start(import_id=batch.id, mapping={0: "email", 1: "tags"}, options={}, **who)


def state(account_id: str, now: datetime) -> dict[str, Any]:
    """What contradicts itself, and what was counted."""
    from uuid import UUID

    from tests.faults.mayhem import faults
    from tests.faults.test_team_races import overlaps, oversold

    from admitone.contacts.models import Contact, ContactImport, ContactTag
    from admitone.jobs.models import Job
    from admitone.links.models import Batch, OneTimeLink
    from admitone.links.services.offering import lines, offer_next

    key = UUID(account_id)
    batches = Batch.objects.filter(account=key)
    links = Counter(OneTimeLink.objects.filter(account=key, source_kind="bulk").values_list("source_id", flat=True))
    people = Contact.objects.filter(account=key, source="import")
    return {
        "faults": [f"{what}: {row}" for what, row in faults(key)],
        "overlaps": overlaps(),
        "oversold": oversold(),
        "dead": list(Job.objects.filter(status="dead").values_list("task", "last_error")),
        "batches": [[one.status, one.done, one.failed, links[str(one.id)]] for one in batches],
        "imports": list(ContactImport.objects.filter(account=key).values_list("status", "created", "failed")),
        "people": [people.count(), ContactTag.objects.filter(contact__in=people).count()],
        "offers forgotten": sum(offer_next(calendar_id=one, start=start, now=now) for one, start in lines(now)),
        "entries": entries(key),
    }


def entries(account: Any) -> dict[str, Any]:
    """What the hosts' calendars have to hold: address of the entry -> start, and rows that are not as they should be."""
    from admitone.booking.models import Booking
    from admitone.booking.queries import hosts_of
    from admitone.integrations.entries import carries
    from admitone.integrations.models import ExternalEvent
    from admitone.logic.clock import from_min

    rows = ExternalEvent.objects.filter(connection__account=account).select_related("booking", "connection")
    written = {(one.connection.host_id, one.booking_id): one for one in rows if one.state == "written"}
    standing = Booking.objects.filter(account=account).select_related("host", "calendar")
    due = {(host.id, one.id) for one in standing if carries(one) for host in hosts_of(one)}
    return {
        "undone": [f"{one.state}: {one.error}" for one in rows if one.state not in ("written", "removed")],
        "missing": len(due - set(written)),
        "too many": len(set(written) - due),
        "files": {one.remote_id: f"{from_min(one.booking.start_min):%Y%m%dT%H%M%SZ}" for one in written.values()},
    }


def main(act: str, argument: str) -> dict[str, Any]:
    boot()
    from django.utils import timezone

    return {"begin": begin, "state": state}[act](argument, timezone.now())


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.stdout.write(json.dumps(main(*sys.argv[1:]), default=str) + "\n")
