"""/<account>/g/<slug>: the public calendars of a group, to choose one."""

from __future__ import annotations

from django.http import HttpResponse

from admitone.calendars.groups import public_group
from admitone.logic.errors import Problem
from admitone.public import choice, owner
from admitone.public.pages import Visit, page, public, with_query


@public("GET")
def group(visit: Visit, account: str, group_slug: str) -> HttpResponse:
    """A paused group says so; one without calendars that everybody may book names whom to ask."""
    found = public_group(account, group_slug)
    if found is None:
        raise Problem("not_found")
    plan = found.plan
    visit = visit.speaking_for(plan.locale)
    if not plan.active:
        return page(visit, "public/closed.html", {"state": "paused", "contact": owner.of_plan(plan)}, plan=plan)
    keep = visit.keep("calendar", "host", group=group_slug)
    here = {one.calendar_id: with_query(f"/{account}/{one.slug}", keep) for one in found.calendars}
    context = choice.shown(visit, plan, choice.cards(found.calendars, here))
    return page(visit, "public/choice.html", context, plan=plan)
