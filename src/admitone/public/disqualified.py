"""What somebody reads whose answer rules them out, and where they may go on."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse

from admitone.accounts.client import client_address
from admitone.accounts.limits import hit
from admitone.accounts.queries import as_uuid
from admitone.calendars.queries import plan_by_id
from admitone.events import GUEST
from admitone.forms.services import keep_ruled_out
from admitone.logic.bookings import Disqualified
from admitone.logic.errors import Problem
from admitone.public import seals, series
from admitone.public.door import Door
from admitone.public.pages import Owned, Visit, page, with_query

#: So many an hour from one address are stored; the others read the same.
LIMIT, WINDOW = 20, 3600


def keep(visit: Visit, door: Door, problem: Problem) -> None:
    """Store what they answered, so that the owner and workflows know; never for one who has yet to show that a link is
    theirs, nor for a page that was not sent by a person's browser."""
    if not isinstance(problem, Disqualified) or door.needs_code:
        return
    if not visit.is_post or seals.unseal(visit.request, "book", door.scope).state != "ok":
        return
    try:
        client = client_address(visit.request)
        hit(name="public-ruled-out", subject=client, limit=LIMIT, window_seconds=WINDOW, now=visit.now)
    except Problem:
        return
    keep_ruled_out(plan=door.plan, problem=problem, source=door.kind, actor=GUEST, now=visit.now)


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
