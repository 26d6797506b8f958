"""The secret calendar feed of a host's appointments in one sub-account: made, given another address, withdrawn, read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from admitone.accounts import addresses, permissions
from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account
from admitone.booking.models import TOGETHER, Booking, Seat
from admitone.booking.queries import COUNTED
from admitone.calendars.models import Host
from admitone.calendars.queries import bookable
from admitone.events import Actor, record
from admitone.integrations.models import HostFeed
from admitone.logic import ics
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.kinds import SEATED
from admitone.logic.tokens import FEED
from admitone.notifications.appointments import where

BEHIND = timedelta(days=90)
BATCH = 500
#: A change of what the feed says of the same rows makes every reader read it again.
EDITION = "1"
#: What an entry is made of; `updated_at` alone does not change when a contact is erased or a calendar renamed.
SEEN = (
    "id", "start_min", "end_min", "status", "sequence", "name", "phone", "location_kind", "location", "seats",
    "updated_at", "calendar__name",
)  # fmt: skip


def feeds_of(account: Account, hosts: Sequence[Host]) -> dict[UUID, HostFeed]:
    """Host id -> the feed of that host in the account; one statement."""
    return {row.host_id: row for row in HostFeed.objects.filter(account=account, host__in=hosts)}


def feed_url(feed: HostFeed) -> str:
    return addresses.absolute(f"/feed/{keyring().sign(FEED, feed.id)}.ics")


def make_feed(*, account: Account, host_id: UUID, actor: Actor, now: datetime) -> HostFeed:
    """The host's feed, a new one if there is none. Problem("not_found") for a host the account may not book."""
    with transaction.atomic():
        host = _host(account, host_id)
        feed, is_new = HostFeed.objects.get_or_create(account=account, host=host, defaults={"created_at": now})
        if is_new:
            _tell(feed, "host_feed.created", actor, now)
    return feed


def rotate_feed(*, account: Account, host_id: UUID, actor: Actor, now: datetime) -> HostFeed:
    """Another address; whoever has the old one reads nothing from now on. Problem("not_found")."""
    with transaction.atomic():
        host = _host(account, host_id)
        HostFeed.objects.filter(account=account, host=host).delete()
        feed = HostFeed.objects.create(account=account, host=host, created_at=now)
        _tell(feed, "host_feed.rotated", actor, now)
    return feed


def revoke_feed(*, account: Account, host_id: UUID, actor: Actor, now: datetime) -> None:
    """No feed any more. Problem("not_found")."""
    with transaction.atomic():
        feed = HostFeed.objects.select_for_update().filter(account=account, host=_host(account, host_id)).first()
        if feed is None:
            return
        _tell(feed, "host_feed.revoked", actor, now)
        feed.delete()


def _host(account: Account, host_id: UUID) -> Host:
    host = bookable(account).filter(id=host_id).first()
    if host is None:
        raise Problem("not_found")
    return host


def _tell(feed: HostFeed, kind: str, actor: Actor, now: datetime) -> None:
    facts = {"host": str(feed.host_id)}
    record(
        account_id=feed.account_id,
        actor=actor,
        now=now,
        kind=kind,
        subject_kind="host",
        subject_id=feed.host_id,
        facts=facts,
    )


def by_token(token: str) -> HostFeed | None:
    """The feed behind an address, with account and host; None for anything else, and once its person left the team."""
    feed_id = keyring().verify(FEED, token)
    feed = HostFeed.objects.select_related("account", "host__user").filter(id=feed_id).first() if feed_id else None
    if feed is None:
        return None
    person = feed.host.user
    return None if person and permissions.role(person, feed.account) is None else feed


def appointments(feed: HostFeed, now: datetime) -> QuerySet[Booking]:
    """All that the host leads or joins in this account, from 90 days back; what was cancelled or declined is gone."""
    since = to_min_floor(now - BEHIND) // 1440 * 1440
    rows = Booking.objects.filter(account=feed.account_id, start_min__gte=since, status__in=COUNTED)
    joins = Exists(Seat.objects.filter(booking=OuterRef("pk"), session__occupancy__host=feed.host_id))
    rows = rows.filter(Q(host=feed.host_id) | Q(host_reason=TOGETHER) & joins)
    return rows.order_by("start_min", "calendar_id", "id")


def etag(feed: HostFeed, now: datetime) -> str:
    """A quoted digest of all that the feed would say; one statement, read in batches."""
    digest = hashlib.sha256(f"{EDITION} {feed.id} {_title(feed)} {feed.account.slug}".encode())
    for row in appointments(feed, now).values_list(*SEEN).iterator(chunk_size=BATCH):
        digest.update(repr(row).encode())
    return f'"{digest.hexdigest()[:32]}"'


def lines(feed: HostFeed, now: datetime) -> Iterator[str]:
    """The file (RFC 5545, RFC 7986) in pieces, entry by entry; the guests of one class at one time are one entry."""
    with translation.override((feed.host.user.locale if feed.host.user else "") or feed.account.locale):
        yield ics.feed_head(_title(feed))
        rows = appointments(feed, now).select_related("calendar").iterator(chunk_size=BATCH)
        for _time, guests in groupby(rows, key=_together):
            yield _entry(feed, list(guests))
        yield ics.FEED_TAIL


def _title(feed: HostFeed) -> str:
    return f"{feed.host.name} ({feed.account.name})"


def _together(row: Booking) -> tuple[Any, ...]:
    return row.start_min, row.end_min, row.calendar_id, "" if row.calendar.kind in SEATED else row.id


def _entry(feed: HostFeed, guests: list[Booking]) -> str:
    """No addresses of guests: whoever has the feed's address reads it without a sign-in."""
    first, calendar = guests[0], guests[0].calendar
    home = f"/app/{feed.account.slug}/"
    if calendar.kind in SEATED:
        places = sum(one.seats for one in guests)
        summary = _("%(calendar)s (%(count)d guests)") % {"calendar": calendar.name, "count": places}
        url = f"{home}calendar/sessions/{calendar.id}/{first.start_min}/"
        key, sequence = f"{calendar.id}-{first.start_min}-{first.end_min}", 0
    else:
        summary, url = f"{first.name}: {calendar.name}", f"{home}bookings/{first.id}/"
        key, sequence = str(first.id), first.sequence
    return ics.feed_entry(
        ics.Entry(
            uid=ics.uid(key),
            sequence=sequence,
            start_min=first.start_min,
            end_min=first.end_min,
            summary=summary,
            description="\n".join(one.name for one in guests) if len(guests) > 1 else "",
            location=where(first),
            url=addresses.absolute(url),
            pending=all(one.status == "pending" for one in guests),
            changed_at=max(one.updated_at for one in guests),
        )
    )
