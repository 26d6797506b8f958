"""Make a one-time link. Nothing is sent here; the URL is computed from the id and the keyring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction

from admitone.accounts.idempotency import Idempotency, claim
from admitone.accounts.models import Account, User
from admitone.accounts.queries import get
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.contacts.models import Contact
from admitone.contacts.services import ensure_contact
from admitone.events import Actor, Draft, record_many
from admitone.links.models import OneTimeLink
from admitone.links.services.special import special_terms
from admitone.links.terms import special_of
from admitone.logic.bookings import clean_utm
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_text, storable
from admitone.logic.links import POLICIES, check_terms, clean_offered
from admitone.statements import insert

MAX_METADATA = 50


class Terms(TypedDict, total=False):
    """What may be said about a link. `special` is what it does otherwise than its calendar: see `special_terms`."""

    contact_policy: str
    max_uses: int
    not_before: datetime | None
    expires_at: datetime | None
    offered: Sequence[tuple[int, int]] | None
    label: str
    note: str
    metadata: Mapping[str, Any] | None
    utm: Mapping[str, str] | None
    source_kind: str
    source_id: str
    created_by: User | None
    replaces: UUID | None
    special: Mapping[str, Any] | None


@transaction.atomic
def issue(
    *,
    account: Account,
    calendar: Calendar | None = None,
    group: CalendarGroup | None = None,
    actor: Actor,
    now: datetime,
    contact: Contact | None = None,
    person: Mapping[str, str] | None = None,
    idempotency: Idempotency | None = None,
    **terms: Unpack[Terms],
) -> OneTimeLink:
    """A new active link of a calendar or a group; the earlier one when the same idempotency key made it.

    `person` (name, email, phone as typed) names the contact by its address and makes it if it is new.
    """
    if any(one.account_id != account.id for one in (calendar, group, contact) if one is not None):
        raise Problem("not_found")
    one_of(calendar, group)
    link_id = uuid4()
    before = claim(idempotency, kind="one_time_link", resource_id=link_id, now=now)
    if before:
        return OneTimeLink.objects.select_related("calendar", "group", "contact", "created_by").get(id=before)
    check_terms(
        now=now,
        max_uses=terms.get("max_uses", 1),
        not_before=terms.get("not_before"),
        expires_at=terms.get("expires_at"),
    )
    if person is not None:
        contact = ensure_contact(account=account, person=person, source="link", actor=actor, now=now, prefix="contact.")
    link = build(link_id=link_id, account=account, calendar=calendar, group=group, contact=contact, now=now, **terms)
    insert(link)
    record_many([event_of(link, "one_time_link.created", actor, now)])
    return link


def one_of(calendar: Calendar | None, group: CalendarGroup | None) -> Calendar | CalendarGroup:
    """What links are to open. Problem("invalid") unless exactly one of the two is named."""
    target = calendar or group
    if target is None:
        raise Problem("invalid", fields={"calendar": "Name a calendar or a group."})
    if calendar is not None and group is not None:
        raise Problem("invalid", fields={"group": "Name a calendar or a group, not both."})
    return target


def build(
    *,
    link_id: UUID,
    account: Account,
    calendar: Calendar | None,
    group: CalendarGroup | None = None,
    contact: Contact | None,
    now: datetime,
    **terms: Unpack[Terms],
) -> OneTimeLink:
    """The row of a link whose terms passed `check_terms`, cleaned and not yet written. Problem("invalid")."""
    offered = terms.get("offered")
    return OneTimeLink(
        id=link_id,
        account=account,
        calendar=calendar,
        group=group,
        contact=contact,
        contact_policy=_policy(terms.get("contact_policy", "prefill"), contact),
        max_uses=terms.get("max_uses", 1),
        not_before=terms.get("not_before"),
        expires_at=terms.get("expires_at"),
        offered=clean_offered(list(offered) if offered is not None else None, now_min=to_min_floor(now)),
        label=text_of("label", terms.get("label", ""), 120),
        note=text_of("note", terms.get("note", ""), 1000),
        metadata=clean_metadata(terms.get("metadata")),
        utm=clean_utm(terms.get("utm") or {}),
        source_kind=terms.get("source_kind", "by_hand"),
        source_id=terms.get("source_id", ""),
        created_by=terms.get("created_by"),
        replaces_id=terms.get("replaces"),
        created_at=now,
        **special_terms(calendar, terms.get("special") or {}),
    )


def reissue(
    *,
    account: Account,
    link_id: UUID,
    actor: Actor,
    now: datetime,
    created_by: User | None = None,
    series: int | None = None,
) -> OneTimeLink:
    """A new link on the terms of an old one, whatever became of that; an expiry keeps its length, offered times that
    are over are left out. Problem("invalid") if none is left: a limited offer never becomes the whole calendar.

    `series`: so many appointments at most, those of the old link's that were given up.
    """
    old = get(account, OneTimeLink, link_id, "calendar", "group", "contact")
    target = old.calendar or old.group
    if target is None or target.deleted_at is not None:
        raise Problem("not_found", "The calendar or group of this link has been deleted.")
    span = old.expires_at - old.created_at if old.expires_at else None
    still = [(s, e) for s, e in old.offered or [] if s > to_min_floor(now)]
    if old.offered and not still:
        sentence = "All times that the old link offered are over. Create a new link and choose its times."
        raise Problem("invalid", sentence, fields={"offered": sentence})
    return issue(
        account=account,
        calendar=old.calendar,
        group=old.group,
        actor=actor,
        now=now,
        contact=old.contact,
        contact_policy=old.contact_policy,
        expires_at=now + max(span, timedelta(hours=1)) if span else None,
        offered=still if old.offered else None,
        label=old.label,
        note=old.note,
        metadata=old.metadata,
        utm=old.utm,
        special=special_of(old) | ({"series": min(old.series, series)} if series and old.series > 1 else {}),
        source_kind="reissue",
        source_id=str(old.id),
        created_by=created_by,
        replaces=old.id,
    )


def event_of(link: OneTimeLink, kind: str, actor: Actor, now: datetime, **more: Any) -> Draft:
    found = {
        "link": str(link.id),
        "calendar": str(link.calendar_id) if link.calendar_id else None,
        "group": str(link.group_id) if link.group_id else None,
        "contact": str(link.contact_id) if link.contact_id else None,
        "source": link.source_kind,
        **more,
    }
    return Draft(link.account_id, actor, now, kind, "one_time_link", link.id, found)


def text_of(name: str, raw: str, limit: int) -> str:
    try:
        return clean_text(raw, limit)
    except ValueError as error:
        raise Problem("invalid", fields={name: str(error)}) from error


def clean_metadata(raw: Mapping[str, Any] | None) -> dict[str, Any]:
    """At most 50 pairs of short text keys and plain values; carried to bookings, events and webhooks."""
    found = dict(raw or {})
    plain = all(
        isinstance(key, str) and len(key) <= 64 and (value is None or isinstance(value, (str, int, float, bool)))
        for key, value in found.items()
    )
    plain = plain and not any(isinstance(value, float) and not isfinite(value) for value in found.values())
    if not plain or len(found) > MAX_METADATA or any(isinstance(v, str) and len(v) > 500 for v in found.values()):
        raise Problem("invalid", fields={"metadata": "Use at most 50 pairs of short keys and plain values."})
    return {storable(key): storable(value) if isinstance(value, str) else value for key, value in found.items()}


def _policy(policy: str, contact: Contact | None) -> str:
    if policy not in POLICIES:
        raise Problem("invalid", fields={"contact_policy": f"Choose one of {', '.join(POLICIES)}."})
    if policy != "prefill" and (contact is None or not contact.email):
        raise Problem("invalid", fields={"contact": "This policy needs a contact with an email address."})
    return policy
