"""Reads of one-time links: what a token opens, the owner's list, and why a pasted link works or does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import Combinable

from admitone.accounts.addresses import one_time_url
from admitone.accounts.keyring import keyring
from admitone.accounts.models import Account, User
from admitone.accounts.queries import as_uuid
from admitone.booking.payload import made_by
from admitone.calendars.busy import FRESH_FOR, unread_since
from admitone.calendars.models import BusySource, Calendar, CalendarGroup
from admitone.links.groups import Choice, choices, chosen, plan_before_choice
from admitone.links.models import OneTimeLink
from admitone.links.terms import agreed
from admitone.logic.bookings import Person
from admitone.logic.clock import from_min, iso
from admitone.logic.errors import Problem
from admitone.logic.identity import storable
from admitone.logic.intake import known
from admitone.logic.links import LinkFacts, listed_status, status
from admitone.logic.plan import CalendarPlan
from admitone.logic.tokens import ONE_TIME
from admitone.messaging.models import Message
from admitone.statements import Prepared

TAIL = 6  # characters
NEWEST = 5000  # links whose tail is searched
STATUSES = ("active", "used", "deleted", "expired")
SORTS: dict[str, tuple[str | Combinable, ...]] = {
    "created": ("created_at", "id"),
    "-created": ("-created_at", "id"),
    "expires": (F("expires_at").asc(nulls_last=True), "id"),
    "-expires": (F("expires_at").desc(nulls_last=True), "id"),
    "used": (F("used_at").asc(nulls_last=True), "id"),
    "-used": (F("used_at").desc(nulls_last=True), "id"),
    "label": ("label", "id"),
    "-label": ("-label", "id"),
}


def _opening(key: UUID, moment: datetime) -> QuerySet[OneTimeLink]:
    rows = OneTimeLink.objects.select_related("calendar", "group", "contact", "created_by", "account")
    sources = BusySource.objects.filter(unread_since(moment), host__calendar_hosts__calendar=OuterRef("calendar"))
    return rows.annotate(stale=Exists(sources)).filter(id=key)


#: The link, all it names, and whether a busy source of its hosts was not read since a moment.
OPENING = Prepared(_opening, key=UUID, moment=datetime)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link as its page sees it. `state` is active, not_open, used, deleted, expired or paused; a dead link's plan is
    for brand and owner only: its page shows no slots, no slug and no way to the calendar.

    A group's link has `choices`; until its guest chose, `plan` is the group's and offers no time."""

    link: OneTimeLink
    plan: CalendarPlan
    state: str
    person: Person | None
    stale: bool = False  # a busy source of its hosts has to be read again before booking
    choices: tuple[Choice, ...] = ()

    @property
    def of_group(self) -> bool:
        return self.link.group_id is not None

    @property
    def has_chosen(self) -> bool:
        return not self.of_group or any(one.plan is self.plan for one in self.choices)

    def choose(self, reference: str) -> Opened:
        """The same, opened for the calendar with this id or slug; "" is right only for a calendar's own link.

        Raises Problem("invalid") if the link does not lead to that calendar at this moment.
        """
        if not self.of_group:
            if reference in ("", self.plan.calendar_id, self.plan.slug):
                return self
            raise Problem("invalid", fields={"calendar": "This link is for another calendar."})
        one = chosen(self.choices, reference)
        if one is None:
            sentence = "This calendar cannot be chosen." if reference else "Choose a calendar."
            raise Problem("invalid", fields={"calendar": sentence})
        return replace(self, plan=one.plan, stale=one.stale)

    @property
    def offered(self) -> list[list[int]] | None:
        return self.link.offered

    @property
    def maker(self) -> tuple[str, str]:
        """Name and address of who made the link, empty if a program did."""
        user = self.link.created_by
        return (user.get_full_name(), user.email) if user else ("", "")


def facts(link: OneTimeLink) -> LinkFacts:
    return LinkFacts(link.uses, link.max_uses, link.deleted_at, link.not_before, link.expires_at)


def link_id_of(token: str) -> UUID:
    """The id in a token, without asking the database. Raises Problem("link_unknown") for anything forged."""
    link_id = keyring().verify(ONE_TIME, token)
    if link_id is None:
        raise Problem("link_unknown")
    return link_id


def opened(token: str, now: datetime) -> Opened:
    """What a token opens: one statement, two for a group's link. Raises Problem("link_unknown")."""
    link = OPENING.first(key=link_id_of(token), moment=now - FRESH_FOR)
    if link is None:
        raise Problem("link_unknown")
    if link.calendar is not None:
        is_stale: bool = link.stale  # type: ignore[attr-defined]  # the annotation
        plan = agreed(link, link.calendar.compiled)
        return Opened(link, plan, state_of(link, now), person_of(link), is_stale)
    group = link.group
    assert group is not None  # of calendar and group the database wants exactly one
    found = tuple(replace(one, plan=agreed(link, one.plan)) for one in choices(group.id, now))
    plan = plan_before_choice(link, group, found)
    return Opened(link, plan, state_of(link, now), person_of(link), choices=found)


def state_of(link: OneTimeLink, now: datetime) -> str:
    """The link's status, or what its calendar or group makes of an active one: paused, or deleted with it."""
    found = status(facts(link), now)
    target = target_of(link)
    if found in ("active", "not_open") and target is not None and target.deleted_at is not None:
        return "deleted"
    if found == "active" and target is not None and not target.active:
        return "paused"
    return found


def target_of(link: OneTimeLink) -> Calendar | CalendarGroup | None:
    """What the link opens."""
    return link.calendar or link.group


def name_of(link: OneTimeLink) -> str:
    """The name of the calendar or group that the link opens."""
    target = target_of(link)
    return target.name if target else ""


def person_of(link: OneTimeLink) -> Person | None:
    contact = link.contact
    if contact is None or contact.erased_at is not None:
        return None
    return Person(str(contact.id), contact.name, contact.email, contact.phone)


def known_of(found: Opened) -> dict[str, Any]:
    """What the link knows of its calendar's booking form, from its metadata and its contact; the guest cannot change it."""
    if found.plan.form is None:
        return {}
    contact = found.link.contact if found.person else None
    person = {name: getattr(found.person, name) for name in ("name", "email", "phone")} if found.person else None
    return known(found.plan, found.link.metadata, contact.custom if contact else {}, person)


def having_status(wanted: str, now: datetime) -> Q:
    """The rows of one listed status; the four are disjoint and cover every row (held to logic.links by a test)."""
    used = Q(uses__gte=F("max_uses"))
    deleted = Q(deleted_at__isnull=False)
    expired = Q(expires_at__isnull=False, expires_at__lte=now)
    return {
        "used": used,
        "deleted": ~used & deleted,
        "expired": ~used & ~deleted & expired,
        "active": ~used & ~deleted & ~expired,
    }[wanted]


def listing(
    account: Account,
    *,
    now: datetime,
    calendar: UUID | None = None,
    calendars: list[UUID] | None = None,
    group: UUID | None = None,
    groups: list[UUID] | None = None,
    status: str | None = None,
    contact: UUID | None = None,
    source: str | None = None,
    search: str = "",
    sort: str = "-created",
) -> QuerySet[OneTimeLink]:
    """The account's links, filtered; `calendars` and `groups` limit a member to what they may see."""
    rows = OneTimeLink.objects.filter(account=account).select_related("calendar", "group", "contact", "created_by")
    if calendar:
        rows = rows.filter(calendar_id=calendar)
    if group:
        rows = rows.filter(group_id=group)
    if calendars is not None:
        rows = rows.filter(Q(calendar_id__in=calendars) | Q(group_id__in=groups or ()))
    if status:
        rows = rows.filter(having_status(status, now))
    if contact:
        rows = rows.filter(contact_id=contact)
    if source:
        rows = rows.filter(source_kind=source)
    if text := storable(search).strip():
        rows = rows.filter(_matches(account, text))
    return rows.order_by(*SORTS.get(sort, SORTS["-created"]))


def _matches(account: Account, text: str) -> Q:
    """Label, contact, note, or the link itself: pasted whole, or its last characters as the list shows them."""
    pasted = token_in(text)
    if pasted:
        return Q(id=pasted)
    key = as_uuid(text)
    if key:
        return Q(id=key)
    return (
        Q(id__in=ending_with(account, text))
        | Q(label__icontains=text)
        | Q(contact__name__icontains=text)
        | Q(contact__email__icontains=text)
        | Q(note__icontains=text)
    )


def token_in(text: str) -> UUID | None:
    """The link id of a pasted URL or bare token, whatever stands around it."""
    try:
        path = urlsplit(text.strip()).path
    except ValueError:  # an address in brackets that is none
        return None
    return keyring().verify(ONE_TIME, path.rstrip("/").rsplit("/", 1)[-1])


def ending_with(account: Account, text: str) -> list[UUID]:
    """Ids of links whose token ends with these characters, among the newest; tokens are computed, so not in the database."""
    if len(text) != TAIL or not text.isascii() or " " in text:
        return []
    ids = OneTimeLink.objects.filter(account=account).order_by("-created_at", "id").values_list("id", flat=True)
    keys = keyring()
    return [link_id for link_id in ids[:NEWEST] if keys.sign(ONE_TIME, link_id).endswith(text)]


def tail(link: OneTimeLink) -> str:
    """The last characters of the link's address, by which people tell links apart."""
    return keyring().sign(ONE_TIME, link.id)[-TAIL:]


def counts(
    account: Account, now: datetime, *, calendar: UUID | None = None, group: UUID | None = None
) -> dict[str, int]:
    """How many links of each status; one statement."""
    return tally(listing(account, now=now, calendar=calendar, group=group), now)


def tally(rows: QuerySet[OneTimeLink], now: datetime) -> dict[str, int]:
    """How many of these links have each status; one statement."""
    return rows.aggregate(**{name: Count("id", filter=having_status(name, now)) for name in STATUSES})


def my_last_unbound(user: User, target: Calendar | CalendarGroup, now: datetime) -> OneTimeLink | None:
    """The newest link that this person made by hand and that is meant for nobody yet: unused, not mailed, and without
    contact, label, note, opening, offered times or terms of its own."""
    own = Q(duration=None, host=None, location="", seats=1, series=1)
    plain = own & Q(
        contact=None, label="", note="", offered__isnull=True, not_before=None, max_uses=1, source_kind="by_hand"
    )
    of = Q(group=target) if isinstance(target, CalendarGroup) else Q(calendar=target)
    rows = OneTimeLink.objects.filter(having_status("active", now), plain, of, created_by=user)
    mailed = Message.objects.filter(link_id=OuterRef("id"), account=target.account_id)
    return rows.filter(~Exists(mailed)).order_by("-created_at", "id").first()


def open_links(calendar_id: UUID, now: datetime) -> QuerySet[OneTimeLink]:
    """The links that pausing or deleting the calendar would close."""
    return OneTimeLink.objects.filter(having_status("active", now), calendar_id=calendar_id).select_related("contact")


def open_group_links(group_id: UUID, now: datetime) -> QuerySet[OneTimeLink]:
    """The links that pausing or deleting the group would close."""
    return OneTimeLink.objects.filter(having_status("active", now), group_id=group_id).select_related("contact")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`code` names the case, `sentence` says it to the owner; `link` is None when it is not this account's."""

    code: str
    sentence: str
    link: OneTimeLink | None = None


SENTENCES = {
    "active": "This link works: it can be used once more or for the first time.",
    "not_open": "This link does not work yet: it opens at {not_before}.",
    "used": "This link does not work any more: it was used at {used_at}.",
    "deleted": "This link does not work: it was deleted at {deleted_at}, or its calendar or group was.",
    "expired": "This link does not work any more: it expired at {expires_at}.",
    "paused": "This link does not work at the moment: its calendar or group is paused.",
    "unknown": "This is not a one-time link of this sub-account, or its address was cut off when it was copied.",
}


def explain(account: Account, pasted: str, now: datetime) -> Explanation:
    """Why a pasted URL or token works or does not, in one sentence."""
    link_id = token_in(pasted) or as_uuid(pasted.strip())
    rows = OneTimeLink.objects.select_related("calendar", "group", "contact", "created_by")
    link = rows.filter(id=link_id, account=account).first() if link_id else None
    if link is None:
        return Explanation("unknown", SENTENCES["unknown"])
    code = state_of(link, now)
    times = {name: getattr(link, name) for name in ("not_before", "used_at", "deleted_at", "expires_at")}
    sentence = SENTENCES[code].format(**{name: iso(at) if at else "an unknown time" for name, at in times.items()})
    return Explanation(code, sentence, link)


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link as the API and webhooks show it."""

    link: OneTimeLink
    booking_ids: list[str]

    def as_dict(self, now: datetime) -> dict[str, Any]:
        link = self.link
        return {
            "id": str(link.id),
            "url": one_time_url(link.id),
            "status": listed_status(facts(link), now),
            "calendar": str(link.calendar_id) if link.calendar_id else None,
            "group": str(link.group_id) if link.group_id else None,
            "duration": link.duration,
            "host": str(link.host_id) if link.host_id else None,
            "location": link.location,
            "seats": link.seats,
            "series": link.series,
            "contact": str(link.contact_id) if link.contact_id else None,
            "contact_policy": link.contact_policy,
            "max_uses": link.max_uses,
            "uses": link.uses,
            "not_before": iso(link.not_before) if link.not_before else None,
            "expires_at": iso(link.expires_at) if link.expires_at else None,
            "offered": offered_iso(link.offered),
            "label": link.label,
            "note": link.note,
            "metadata": link.metadata,
            "source": link.source_kind,
            "created_at": iso(link.created_at),
            "used_at": iso(link.used_at) if link.used_at else None,
            "deleted_at": iso(link.deleted_at) if link.deleted_at else None,
            "booking_ids": self.booking_ids,
        }


def offer_url(link: OneTimeLink) -> str:
    """Of a link that was made for a party: its page asks for as many places."""
    return one_time_url(link.id) + (f"?party={link.seats}" if link.seats > 1 else "")


def offered_iso(offered: list[list[int]] | None) -> list[dict[str, str]] | None:
    return None if offered is None else [{"start": iso(from_min(s)), "end": iso(from_min(e))} for s, e in offered]


def views(links: list[OneTimeLink]) -> list[LinkView]:
    """The links with the bookings they made, every date of a series too."""
    made = made_by([link.id for link in links])
    return [LinkView(link, made.get(link.id, [])) for link in links]


def maker_contact(opened: Opened) -> Mapping[str, str]:
    """Who a guest is told to contact: what the calendar publishes (custom), else the maker's or the host's name."""
    plan = opened.plan
    if plan.contact_policy == "custom":
        return {"name": plan.contact_name, "email": plan.contact_email, "phone": plan.contact_phone}
    name = opened.maker[0] if plan.contact_policy == "maker" else ""
    name = name or (plan.hosts[0].name if plan.hosts else plan.account_name)
    return {"name": name, "email": plan.contact_email, "phone": plan.contact_phone}
