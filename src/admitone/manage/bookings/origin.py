"""Where an appointment came from: the one-time link that it used, and the link that was made in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admitone.accounts.addresses import one_time_url
from admitone.booking.models import Booking
from admitone.links.models import OneTimeLink
from admitone.links.queries import facts
from admitone.logic.links import listed_status


@dataclass(frozen=True, slots=True)
class Origin:
    """`code` is the end of the link's address, as the list of links shows it; `newer` is the latest link that replaces it."""

    link: OneTimeLink
    status: str
    code: str
    newer: OneTimeLink | None = None
    newer_status: str = ""
    newer_url: str = ""

    @property
    def is_replaced(self) -> bool:
        return self.newer_status == "active"


def origin_of(booking: Booking, now: datetime) -> Origin | None:
    """The link behind the appointment, with its replacement; one statement, none for other sources."""
    key = booking.one_time_link_id
    if key is None:
        return None
    rows = OneTimeLink.objects.filter(account=booking.account_id)
    found = list((rows.filter(id=key) | rows.filter(replaces_id=key)).order_by("created_at", "id"))
    link = next((row for row in found if row.id == key), None)
    if link is None:
        return None
    newer = next((row for row in reversed(found) if row.id != key), None)
    status = listed_status(facts(link), now)
    code = one_time_url(link.id)[-6:]
    if newer is None:
        return Origin(link, status, code)
    return Origin(link, status, code, newer, listed_status(facts(newer), now), one_time_url(newer.id))
