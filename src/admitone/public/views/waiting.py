"""/c/<id>/wait/<start> and /o/<token>/wait/<start>: join a waiting list; /w/<token>: one's own place in it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse

from admitone.accounts.addresses import waiting_url
from admitone.accounts.client import client_address
from admitone.accounts.limits import hit
from admitone.accounts.queries import as_uuid
from admitone.booking.holds import entry_by_token
from admitone.booking.models import WaitlistEntry
from admitone.booking.services.waiting import leave as leave_list
from admitone.calendars.queries import plan_by_id
from admitone.events import GUEST
from admitone.links.models import OneTimeLink
from admitone.links.queries import opened
from admitone.links.queries import state_of as link_state
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.links import problem as dead
from admitone.public import booking_page, choice, dates, door, seals, waiting, wishes
from admitone.public.door import Door
from admitone.public.pages import Visit, page, public, see_other, with_query

#: Each place in a line is mailed: so many an hour from one address.
LIMIT, WINDOW = 20, 3600
FIELDS = ("name", "email")


@public("GET", "POST")
def of_calendar(visit: Visit, calendar_id: str, start: int) -> HttpResponse:
    key = as_uuid(calendar_id)
    plan = plan_by_id(key) if key else None
    if plan is None or plan.access != "public" or not plan.waitlist or not plan.active:
        raise Problem("not_found")
    visit = visit.speaking_for(plan.locale)
    return through(visit, door.open_to_all(plan, "permanent_link", f"/c/{calendar_id}"), start)


@public("GET", "POST")
def of_link(visit: Visit, token: str, start: int) -> HttpResponse:
    """The link stays unused."""
    found = choice.made(visit, opened(token, visit.now))
    visit = visit.speaking_for(found.plan.locale)
    if found.state != "active":
        raise dead(found.state)
    if not found.has_chosen or not found.plan.waitlist:
        raise Problem("not_found")
    return through(visit, door.one_time(found, token), start)


def through(visit: Visit, way: Door, start: int) -> HttpResponse:
    if not 15_778_080 <= start < 68_900_000:
        raise Problem("not_found")
    way = wishes.wished(visit, way)
    reader = booking_page.reader_of(visit, way)
    if not visit.is_post:
        return waiting.ask(visit, way, reader, start)
    booking_page.limit_posts(visit)
    hit(name="public-wait", subject=client_address(visit.request), limit=LIMIT, window_seconds=WINDOW, now=visit.now)
    values = {name: str(visit.request.POST.get(name, ""))[:300] for name in FIELDS}
    sealed = seals.unseal(visit.request, "wait", way.scope)
    if sealed.state != "ok":
        return waiting.ask(visit, way, reader, start, values=values, code=f"form_{sealed.state}")
    try:
        entry = waiting.take_place(visit, way, start, values)
    except Problem as problem:
        if problem.code not in ("invalid", "waitlist_closed"):
            raise
        return waiting.ask(visit, way, reader, start, values=values, problem=problem)
    if entry.created_at != visit.now:
        return waits_already(visit, way, entry)
    here = urlsplit(waiting_url(entry.id)).path
    return see_other(with_query(here, visit.keep("host", "party", "duration", "calendar", "group", new="1")), way.plan)


def waits_already(visit: Visit, way: Door, entry: WaitlistEntry) -> HttpResponse:
    """An address is no proof of whose it is: the way to the place is in that person's mail, not here."""
    reader = booking_page.reader_of(visit, way)
    context = {
        "entry": entry,
        "state": "waiting",
        "when": dates.moment(entry.start_min, reader.zone, reader.locale),
        "zone": dates.zone_label(reader.zone),
        "attempt": {"code": "", "fields": {}},
    }
    return page(visit, "public/place.html", context, plan=way.plan)


@public("GET", "POST")
def place(visit: Visit, token: str) -> HttpResponse:
    """GET shows the place, POST gives it up. Whoever typed an address into the form got here, so the link of an offer,
    which knows its person, is only in that person's mail."""
    entry = entry_by_token(token)
    if entry is None:
        raise Problem("not_found")
    visit = visit.speaking_for(entry.guest_locale)
    code = ""
    if visit.is_post:
        booking_page.limit_posts(visit)
        sealed = seals.unseal(visit.request, "place", token)
        if sealed.state == "ok":
            leave_list(account_id=entry.account_id, entry_id=entry.id, actor=GUEST, now=visit.now)
            return see_other(with_query(f"/w/{token}", visit.keep()), entry.calendar.compiled)
        code = f"form_{sealed.state}"
    return show_place(visit, entry, token, code)


def show_place(visit: Visit, entry: WaitlistEntry, token: str, code: str) -> HttpResponse:
    plan = entry.calendar.compiled
    zone = visit.zone() or entry.guest_timezone or plan.schedule.timezone
    locale = visit.speech.locale(zone)
    links = OneTimeLink.objects.select_related("calendar", "group")
    link = links.filter(id=entry.link_id).first() if entry.link_id else None
    is_open = entry.status == "offered" and link is not None and link_state(link, visit.now) == "active"
    until = link.expires_at if link else None
    context = {
        "entry": entry,
        "state": "offered" if is_open else "waiting" if entry.status == "waiting" else entry.status,
        "until": dates.moment(to_min_floor(until), zone, locale) if until else "",
        "when": dates.moment(entry.start_min, zone, locale),
        "zone": dates.zone_label(zone),
        "is_new": visit.query.get("new") == "1",
        "attempt": {"code": code, "fields": {}},
        "seal": seals.seal("place", token),
        "action": with_query(f"/w/{token}", visit.keep()),
    }
    return page(visit, "public/place.html", context, plan=plan, status=403 if code else 200)
