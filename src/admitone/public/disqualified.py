"""What somebody reads whose answer rules them out, and where they may go on."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse

from admitone.accounts.queries import as_uuid
from admitone.calendars.queries import plan_by_id
from admitone.logic.errors import Problem
from admitone.public import series
from admitone.public.pages import Owned, Visit, page, with_query


def show(visit: Visit, problem: Problem, *, plan: Owned, is_one_time: bool = False, back: str = "") -> HttpResponse:
    """The rule's message, and a button to its page or calendar as long as that is open to everybody.

    `back` is where what was typed goes for another look; forms outside of a calendar have stored it and have none.
    """
    url, name = str(problem.extra.get("redirect_url", "")), ""
    if key := as_uuid(problem.extra.get("calendar")):
        other = plan_by_id(key)
        is_open = other is not None and other.access == "public" and other.active
        url = with_query(f"/c/{key}", visit.keep("host", "duration", "party", *visit.asked)) if is_open else ""
        name = other.name if other and is_open else ""
    context = {
        "message": problem.detail,
        "url": url,
        "name": name,
        "site": "" if name else urlsplit(url).netloc,
        "is_one_time": is_one_time,
        "back": with_query(back, visit.keep("host", "duration", "party", *visit.asked)) if back else "",
        "carried": [row for row in series.carried(visit, ("go",)) if back and row[1]],
    }
    return page(visit, "public/disqualified.html", context, plan=plan, status=problem.status)
