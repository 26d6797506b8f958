"""What the lists and pages of one-time links show, from the filters in the address to rows ready to draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet

from admitone.accounts.addresses import one_time_url
from admitone.accounts.models import ApiKey, User
from admitone.accounts.queries import as_uuid
from admitone.booking.models import Booking
from admitone.events.models import Event
from admitone.links import queries
from admitone.links.models import OneTimeLink
from admitone.logic.clock import from_min
from admitone.logic.links import listed_status, status
from admitone.manage.links import wording
from admitone.manage.links.reach import Reach
from admitone.messaging.models import Message

PAGE = 50
MAX_SEARCH = 300
NAMES = ("status", "q", "calendar", "group", "source", "contact", "sort")


@dataclass(frozen=True, slots=True)
class Filters:
    """The list's address, cleaned: unknown values are left out. `within` fixes the calendar of a calendar's own list."""

    status: str = ""
    q: str = ""
    calendar: str = ""
    group: str = ""
    source: str = ""
    contact: str = ""
    sort: str = "-created"
    within: UUID | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], within: UUID | None = None) -> Filters:
        raw = {name: str(query.get(name, "")).replace("\x00", "").strip()[:MAX_SEARCH] for name in NAMES}
        return cls(
            status=raw["status"] if raw["status"] in queries.STATUSES else "",
            q=raw["q"],
            calendar=str(as_uuid(raw["calendar"]) or ""),
            group=str(as_uuid(raw["group"]) or ""),
            source=raw["source"] if raw["source"] in wording.SOURCES else "",
            contact=str(as_uuid(raw["contact"]) or ""),
            sort=raw["sort"] if raw["sort"] in queries.SORTS else "-created",
            within=within,
        )

    def rows(self, reach: Reach, now: datetime, *, status: bool = True) -> QuerySet[OneTimeLink]:
        """The links of the list; without `status` those of all its tabs together."""
        return queries.listing(
            reach.request.account,
            now=now,
            calendar=self.within or as_uuid(self.calendar),
            calendars=reach.ids(),
            group=as_uuid(self.group),
            groups=reach.group_ids(),
            status=self.status if status else None,
            contact=as_uuid(self.contact),
            source=self.source or None,
            search=self.q,
            sort=self.sort,
        )

    def query(self, **changes: str) -> str:
        """The address's query with some values changed, empty ones left out."""
        values = {name: getattr(self, name) for name in NAMES if name != "sort" or self.sort != "-created"}
        return urlencode({name: value for name, value in {**values, **changes}.items() if value})

    @property
    def is_set(self) -> bool:
        return any((self.status, self.q, self.calendar, self.group, self.source, self.contact))


@dataclass(frozen=True, slots=True)
class Row:
    """A link as a line of the list. `status` is one of the list's four or not_open; `bookings` are what it made."""

    link: OneTimeLink
    status: str
    tail: str
    url: str
    bookings: list[Booking]
    level: str

    @property
    def source(self) -> str:
        return str(wording.SOURCES.get(self.link.source_kind, self.link.source_kind))

    @property
    def can_send(self) -> bool:
        return self.status in ("active", "not_open") and self.level in ("book", "manage")

    @property
    def can_manage(self) -> bool:
        return self.level == "manage"

    @property
    def is_used(self) -> bool:
        return self.status == "used"


def rows_of(links: Iterable[OneTimeLink], reach: Reach, now: datetime) -> list[Row]:
    """Lines with their bookings: one statement for all of them."""
    links = list(links)
    made = bookings_of([link.id for link in links])
    return [row_of(link, reach, now, made.get(link.id, [])) for link in links]


def row_of(link: OneTimeLink, reach: Reach, now: datetime, bookings: list[Booking]) -> Row:
    level = reach.at_target(link) or ""
    return Row(link, status(queries.facts(link), now), queries.tail(link), one_time_url(link.id), bookings, level)


def bookings_of(link_ids: list[UUID]) -> dict[UUID, list[Booking]]:
    found: dict[UUID, list[Booking]] = {}
    for booking in Booking.objects.filter(one_time_link_id__in=link_ids).order_by("id"):
        if booking.one_time_link_id:
            found.setdefault(booking.one_time_link_id, []).append(booking)
    return found


def starts(booking: Booking) -> datetime:
    return from_min(booking.start_min)


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a link's history."""

    at: datetime
    text: str
    icon: str
    who: str


def history(link: OneTimeLink) -> list[Happening]:
    """What happened to a link, newest first: three statements however long it is."""
    events = list(Event.objects.filter(account_id=link.account_id, subject_id=link.id).order_by("-subject_seq")[:100])
    names = names_of(events)
    sent = Message.objects.filter(account=link.account_id, link_id=link.id).values_list("id", "to")
    receivers = {str(message): to for message, to in sent}
    return [happening(event, names, receivers) for event in events]


def happening(event: Event, names: dict[str, str], receivers: dict[str, str]) -> Happening:
    kind = event.kind.rpartition(".")[2]
    words, icon = wording.EVENTS.get(kind, (kind.replace("_", " ").capitalize(), "circle"))
    details = [str(wording.FIELDS.get(name, name)) for name in event.facts.get("fields", [])]
    to = receivers.get(str(event.facts.get("message", "")))
    more = ", ".join([*details, *([to] if to else [])])
    return Happening(event.at, f"{words}: {more}" if more else str(words), icon, names.get(event.actor_id, ""))


def names_of(events: list[Event]) -> dict[str, str]:
    """Actor id -> name, of people and of API keys."""
    people = [event.actor_id for event in events if event.actor_kind == "user"]
    keys = [event.actor_id for event in events if event.actor_kind == "api_key"]
    named = {str(user.pk): user.get_full_name() for user in User.objects.filter(pk__in=people)}
    if keys:
        named.update({str(key.pk): key.name for key in ApiKey.objects.filter(pk__in=keys)})
    return named


def listed(link: OneTimeLink, now: datetime) -> str:
    return listed_status(queries.facts(link), now)


def context_of(row: Row) -> dict[str, Any]:
    return {"row": row, "link": row.link}
