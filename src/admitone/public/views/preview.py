"""/preview/<pass>: what guests see of a calendar, for its owner. Nothing is booked, whatever is pressed."""

from __future__ import annotations

from django.http import HttpResponse

from admitone.calendars.previews import calendar_of
from admitone.calendars.queries import plan_by_id
from admitone.logic.errors import Problem
from admitone.public import booking_page, door
from admitone.public.pages import Visit, page, public, see_other, with_query


@public("GET", "POST")
def preview(visit: Visit, key: str) -> HttpResponse:
    calendar_id = calendar_of(key)
    plan = plan_by_id(calendar_id) if calendar_id else None
    if plan is None:
        raise Problem("not_found")
    visit, path = visit.speaking_for(plan.locale), f"/preview/{key}"
    if visit.is_post:
        return see_other(with_query(path, visit.keep()), plan)
    way = door.open_to_all(plan, "preview", path)
    if not plan.active:
        context = {"state": "paused", "contact": way.contact, "door": way}
        return page(visit, "public/closed.html", context, plan=plan)
    return booking_page.answer(visit, way)
