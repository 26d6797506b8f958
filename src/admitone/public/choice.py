"""Before the picker: a page of cards, one a calendar, for a group's own page and for a group's link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from admitone.calendars.queries import SLUG
from admitone.links.queries import Opened
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan
from admitone.public import dates, owner, seals
from admitone.public.forms import RequestForm
from admitone.public.pages import Visit, page, with_query


@dataclass(frozen=True, slots=True)
class Card:
    """A calendar to choose; `lengths` are all the minutes an appointment of it may last, `soonest` its next open time."""

    plan: CalendarPlan
    href: str
    soonest: str = ""

    @property
    def lengths(self) -> list[int]:
        return sorted({self.plan.rules.duration, *self.plan.durations})


def cards(
    plans: Iterable[CalendarPlan], address: Mapping[str, str], soonest: Mapping[str, str] | None = None
) -> list[Card]:
    """`address` maps calendar ids to where their card leads, `soonest` to their next open time in words."""
    near = soonest or {}
    return [Card(plan, address[plan.calendar_id], near.get(plan.calendar_id, "")) for plan in plans]


def made(visit: Visit, found: Opened) -> Opened:
    """The link opened for the calendar that ?calendar= names, or for the only one there is; else as it was."""
    if not found.of_group:
        return found
    wanted = visit.query.get("calendar", "")
    if not wanted and len(found.choices) == 1:
        wanted = found.choices[0].plan.calendar_id
    try:
        return found.choose(wanted)
    except Problem:
        return found


def back_of(visit: Visit, found: Opened, token: str) -> str:
    """Where the guest of a group's link chooses another calendar; "" where there is no other."""
    if not found.of_group or len(found.choices) < 2:
        return ""
    return with_query(f"/o/{token}", visit.keep("calendar", "host"))


def group_back(visit: Visit, plan: CalendarPlan) -> str:
    """The group's page that the guest came from, as ?group= says, or ""."""
    slug = visit.query.get("group", "")
    if not SLUG.fullmatch(slug):
        return ""
    return with_query(f"/{plan.account_slug}/g/{slug}", visit.keep("group", "host"))


def of_link(visit: Visit, found: Opened, token: str) -> HttpResponse:
    """The cards of a group's link, or a way to ask for a time where there is none. 409 after a lost choice."""
    here = {
        one.plan.calendar_id: with_query(f"/o/{token}", visit.keep("calendar", "host", calendar=one.plan.calendar_id))
        for one in found.choices
    }
    lost = visit.is_post or bool(visit.query.get("calendar"))
    context = {
        **shown(visit, found.plan, cards((one.plan for one in found.choices), here)),
        "link": found.link,
        "expires": expiry(visit, found),
        "contact": owner.of_link(found),
        "lost": lost,
        "path": f"/o/{token}",
        "ask": RequestForm(values=person(found)),
        "seal": seals.seal("request", str(found.link.id)),
    }
    return page(visit, "public/choice.html", context, plan=found.plan, status=409 if visit.is_post else 200)


def shown(visit: Visit, plan: CalendarPlan, found: list[Card]) -> dict[str, Any]:
    return {"cards": found, "contact": owner.of_plan(plan)}


def expiry(visit: Visit, found: Opened) -> str:
    if found.link.expires_at is None:
        return ""
    zone = visit.zone() or found.plan.schedule.timezone
    return dates.moment(to_min_floor(found.link.expires_at), zone, visit.speech.locale(zone))


def person(found: Opened) -> dict[str, str]:
    """The bound contact, for the form that asks; never where a code guards the link."""
    known = found.person
    if known is None or found.link.contact_policy == "verify":
        return {}
    return {"name": known.name, "email": known.email, "phone": known.phone}
