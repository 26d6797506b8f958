"""Waiting lists on the booking page: the full times, joining, and one's own place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from admitone.accounts.client import client_address, network_of
from admitone.booking.queries import openings
from admitone.booking.services.waiting import clean_waiting, join
from admitone.events import GUEST
from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.identity import email_key
from admitone.public import dates, picker, seals
from admitone.public.door import Door
from admitone.public.forms import ShownForm, WaitForm
from admitone.public.pages import Visit, page, with_query
from admitone.public.picker import Picker, Reader, Slot

#: So many full times are listed at once.
MOST = 30
AHEAD = 62 * 24 * 60


def shown(visit: Visit, door: Door, reader: Reader, seen: Picker) -> dict[str, Any]:
    """For _waitlist.html: the full times of the month that is shown; nothing where no list is kept."""
    if not door.plan.waitlist:
        return {}
    slots = full_times(visit, door, reader, seen)
    # In the owner's preview nothing can be joined.
    return {"full": slots, "wait_path": "" if door.kind == "preview" else wait_path(door), "wait_keep": visit.keep()}


def wait_path(door: Door) -> str:
    return f"{door.path if door.is_one_time else f'/c/{door.plan.calendar_id}'}/wait"


def full_times(visit: Visit, door: Door, reader: Reader, seen: Picker) -> tuple[Slot, ...]:
    first, end = to_min_ceil(visit.now), to_min_floor(visit.now) + AHEAD
    month = picker.parse_month(seen.month.iso) if seen.month else None
    if month is not None and seen.count:
        low, end = picker.month_bounds(month, reader.zone)
        first = max(first, low)
    if first >= end:
        return ()
    asked = openings(
        door.plan, now=visit.now, first=first, end=end, offered=door.offered, party=door.party, link=door.link_id
    )
    starts = [start for start, left in sorted(asked.room().items()) if left < door.party]
    return picker.labels(starts[:MOST], reader)


def ask(
    visit: Visit, door: Door, reader: Reader, start: int, *, values: dict[str, str] | None = None,
    problem: Problem | None = None, code: str = "",
) -> HttpResponse:  # fmt: skip
    """The form that joins."""
    person = door.person if door.person and not door.needs_code else None
    known = {"name": person.name, "email": person.email} if person else {}
    fields = problem.fields if problem else {}
    form: ShownForm = WaitForm(locked=door.is_locked, values={**known, **(values or {})}, errors=fields)
    context = {
        "door": door,
        "slot": picker.labels([start], reader)[0],
        "zone": dates.zone_label(reader.zone),
        "form": form,
        "closed": bool(problem and problem.code == "waitlist_closed"),
        "attempt": {"code": code, "fields": fields},
        "seal": seals.seal("wait", door.scope),
        "back": with_query(door.path, visit.keep()),
        "action": with_query(f"{wait_path(door)}/{start}", visit.keep()),
        "masked": "",
    }
    status = problem.status if problem else 403 if code else 200
    return page(visit, "public/wait.html", context, plan=door.plan, status=status)


def take_place(visit: Visit, door: Door, start: int, values: dict[str, str]) -> Any:
    """Join; the contact of a link that is bound to somebody is theirs."""
    person = door.person
    raw: dict[str, Any] = {**values, "party": door.party, "locale": visit.speech.language}
    if person and door.is_locked:
        raw |= {"name": person.name or person.email, "email": person.email}
    if visit.zone():
        raw["timezone"] = visit.zone()
    guest = clean_waiting(door.plan, raw)
    same = person is not None and email_key(person.email) == email_key(guest.email)
    return join(
        plan=door.plan,
        start=start,
        guest=guest,
        actor=GUEST,
        now=visit.now,
        contact_id=UUID(person.id) if person and same else None,
        offered=door.offered,
        client=network_of(client_address(visit.request)),
    )
