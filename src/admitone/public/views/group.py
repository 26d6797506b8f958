"""/<account>/g/<slug>: the public calendars of a group, to choose one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpResponse

from admitone.booking.soonest import soonest
from admitone.calendars.groups import public_group
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan
from admitone.public import choice, dates, owner
from admitone.public.pages import Visit, page, public, see_other, with_query


@public("GET")
def group(visit: Visit, account: str, group_slug: str) -> HttpResponse:
    """A paused group says so; one without calendars that everybody may book names whom to ask."""
    found = public_group(account, group_slug)
    if found is None:
        raise Problem("not_found")
    if isinstance(found, str):
        return see_other(with_query(f"/{account}/g/{found}", visit.request.GET.urlencode()))
    plan = found.plan
    visit = visit.speaking_for(plan.locale)
    if not plan.active:
        return page(visit, "public/closed.html", {"state": "paused", "contact": owner.of_plan(plan)}, plan=plan)
    keep = visit.keep("calendar", "host", group=group_slug)
    here = {one.calendar_id: with_query(f"/{account}/{one.slug}", keep) for one in found.calendars}
    near, zone = in_words(visit, found.calendars, soonest(found.calendars, now=visit.now))
    context = {**choice.shown(visit, plan, choice.cards(found.calendars, here, near)), "zone": zone}
    return page(visit, "public/choice.html", context, plan=plan)


def in_words(visit: Visit, plans: Sequence[CalendarPlan], starts: Mapping[str, int]) -> tuple[dict[str, str], str]:
    """Each calendar's start on the clock that its own page shows; the zone, if it is the same for all, else beside each."""
    zones = {plan.calendar_id: zone_of(visit, plan) for plan in plans if plan.calendar_id in starts}
    shared = next(iter(zones.values())) if len(set(zones.values())) == 1 else ""
    found = {}
    for key, zone in zones.items():
        when = dates.moment(starts[key], zone, visit.speech.locale(zone))
        found[key] = when if shared else f"{when} ({dates.zone_label(zone)})"
    return found, dates.zone_label(shared) if shared else ""


def zone_of(visit: Visit, plan: CalendarPlan) -> str:
    own = plan.schedule.timezone
    return own if plan.zone_locked else visit.zone() or own
