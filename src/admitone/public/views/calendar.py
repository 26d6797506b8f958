"""/<account>/<calendar> and /c/<id>: a public calendar by its address or by its id."""

from __future__ import annotations

from django.http import HttpResponse

from admitone.accounts.queries import as_uuid
from admitone.calendars.queries import by_slug, plan_by_id
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan
from admitone.public import booking_page, choice, door
from admitone.public.pages import Visit, page, public, see_other, with_query


@public("GET", "POST")
def scheduling(visit: Visit, account: str, calendar: str) -> HttpResponse:
    found = by_slug(account, calendar)
    if isinstance(found, str):
        return see_other(with_query(f"/{account}/{found}", visit.request.GET.urlencode()))
    return through(visit, found, "scheduling_link", f"/{account}/{calendar}")


@public("GET", "POST")
def permanent(visit: Visit, calendar_id: str) -> HttpResponse:
    key = as_uuid(calendar_id)
    found = plan_by_id(key) if key else None
    return through(visit, found, "permanent_link", f"/c/{calendar_id}")


def through(visit: Visit, plan: CalendarPlan | None, kind: str, path: str) -> HttpResponse:
    """A calendar for one-time links only answers like one that does not exist."""
    if plan is None or plan.access != "public":
        raise Problem("not_found")
    visit = visit.speaking_for(plan.locale)
    way = door.open_to_all(plan, kind, path, choice.group_back(visit, plan))
    if not plan.active:
        return page(visit, "public/closed.html", {"state": "paused", "contact": way.contact}, plan=plan)
    return booking_page.answer(visit, way)
