"""The page that books: the same for every door. GET shows, POST books and sends the browser to the booking's page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from admitone.accounts.addresses import manage_url
from admitone.accounts.client import client_address
from admitone.accounts.idempotency import made_by
from admitone.accounts.limits import hit
from admitone.booking.services import Booked
from admitone.links.services import tell_offered_gone
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.series import Repeat
from admitone.logic.wishes import for_host, picks_host
from admitone.messaging.queries import delivering
from admitone.public import dates, disqualified, form_first, intake, picker, seals, series, waiting, wishes, zones
from admitone.public.attempts import Attempt, guest_of, read
from admitone.public.choosing import Search, choose
from admitone.public.door import Door
from admitone.public.forms import DetailsForm, RequestForm
from admitone.public.pages import Visit, page, see_other, with_query
from admitone.public.picker import Picker, Reader

#: Of no use once it is booked.
CHOSEN = ("calendar", "group", "host", "duration", "party")
GONE = ("slot_taken", "slot_unavailable")


def answer(visit: Visit, door: Door) -> HttpResponse:
    """GET the page or POST a booking, through an open door."""
    visit = intake.asking(visit, door.plan.form.fields if door.plan.form else ())
    is_step = visit.is_post and form_first.is_step(visit, door.plan)
    door = wishes.wished(form_first.moved(visit) if is_step else visit, door)
    if is_step:
        return show(visit, door, read(visit, seals.unseal(visit.request, "book", door.scope).key))
    return submit(visit, door) if visit.is_post else show(visit, door, Attempt())


def submit(visit: Visit, door: Door) -> HttpResponse:
    """Book, or bring the page back with everything that was typed."""
    limit_posts(visit)
    sealed = seals.unseal(visit.request, "book", door.scope)
    attempt = read(visit, sealed.key)
    if sealed.state != "ok":
        return show(visit, door, replace(attempt, code=f"form_{sealed.state}", status=403))
    if attempt.start is None:
        return show(visit, door, replace(attempt, code="no_start", status=422))
    if first := asked_first(visit, door, attempt):
        return first
    code = str(visit.request.POST.get("code", ""))[:20]
    try:
        wish, repeat = host_of(visit, door), series.wanted(visit, door)
        if repeat and (answered := dates_first(visit, door, attempt, repeat)):
            return answered
        guest = guest_of(visit, attempt)
        made = door.book(attempt.start, guest, key=sealed.key, code=code, now=visit.now, host=wish, repeat=repeat)
    except Problem as problem:
        return refuse(visit, door, attempt, problem)
    return after_booking(visit, door, made)


def dates_first(visit: Visit, door: Door, attempt: Attempt, repeat: Repeat, *, again: int = 0) -> HttpResponse | None:
    """The page that lists the dates of a series, until they were confirmed; the form again for another first date."""
    assert attempt.start is not None
    if visit.request.POST.get("back"):
        return show(visit, door, attempt)
    if series.is_sure(visit, attempt.start, repeat) and not again:
        return None
    wish, reader = host_of(visit, door), reader_of(visit, door)
    return series.preview(visit, door, reader, attempt.start, repeat, host=wish, key=attempt.key, status=again or 200)


def refuse(visit: Visit, door: Door, attempt: Attempt, problem: Problem) -> HttpResponse:
    """A lost slot, wrong fields or a wrong code bring the form back; everything else is for the caller."""
    if problem.code == "idempotency_key_reused":
        return sent_before(visit, door, attempt)
    if problem.code in ("rate_limited", "link_unknown", "not_found") or "calendar" in problem.fields:
        raise problem
    if problem.code == "series_conflict" and (repeat := series.wanted(visit, door)):
        return dates_first(visit, door, attempt, repeat, again=409) or show(visit, door, attempt)
    if problem.code == "disqualified":
        disqualified.keep(visit, door, problem)
        return disqualified.show(visit, problem, plan=door.plan, is_one_time=door.is_one_time, back=door.path)
    if problem.code in GONE or problem.code in (
        "invalid",
        "contact_mismatch",
        "code_required",
        "code_invalid",
        "contact_limit",
    ):
        back = replace(attempt, code=problem.code, fields=problem.fields, status=problem.status)
        return show(visit, door, back)
    raise problem


def sent_before(visit: Visit, door: Door, attempt: Attempt) -> HttpResponse:
    """The same form again with other values, after it had booked: its key leads to what it made."""
    booking_id = made_by(door.scope, attempt.key)
    return see_other(_here(manage_url(booking_id), visit.keep()) if booking_id else door.path, door.plan)


def after_booking(visit: Visit, door: Door, made: Booked) -> HttpResponse:
    """303 to the manage page, or to the owner's own https page when the guest also gets a mail with the manage link."""
    plan = door.plan
    elsewhere = plan.redirect_url if plan.redirect_url.startswith("https://") and not visit.embedded else ""
    if elsewhere and delivering(UUID(plan.account_id)):
        response = see_other(elsewhere, plan)
    else:
        response = see_other(_here(made.manage_url, visit.keep(*visit.utm, *visit.asked, *CHOSEN, new="1")), plan)
    if door.is_one_time:
        remember(response, door, made.id)
    return response


def remember(response: HttpResponse, door: Door, booking_id: UUID) -> None:
    """The only cookie of these pages: this browser booked with this link. Sent back to this link's page alone."""
    response.set_cookie(
        seals.BOOKED_COOKIE,
        seals.booked_cookie(door.scope, str(booking_id)),
        max_age=seals.BOOKED_AGE,
        path=door.path,
        httponly=True,
        samesite="Lax",
        secure=settings.ENV.secure,
    )


def show(visit: Visit, door: Door, attempt: Attempt) -> HttpResponse:
    """The page with picker and form; no open time at all becomes "ask for a time"."""
    visit = intake.asking(visit, door.plan.form.fields if door.plan.form else ())
    if first := asked_first(visit, door, attempt):
        return first
    reader = reader_of(visit, door)
    search = Search(
        for_host(door.plan, host_of(visit, door)), visit.now, door.offered, party=door.party, link=door.link_id
    )
    lost = attempt.code in GONE and attempt.start is not None
    near = search.nearest(attempt.start) if lost and attempt.start is not None else []
    shown = pick(visit, search, reader, attempt, lost=lost)
    if not shown.count and not shown.only and not shown.next_day and not near:
        return no_times(visit, door, reader, shown, attempt)
    context = {
        **context_of(visit, door, reader, shown),
        "attempt": attempt,
        "lost": picker.labels([attempt.start], reader)[0] if lost and attempt.start is not None else None,
        "near": picker.labels(near, reader),
        "form": details(visit, door, attempt),
        "carried": {"step": "times", **attempt.values} if form_first.applies(door.plan) else None,
        "masked": masked(door.person.email) if door.person else "",
        "seal": seals.seal("book", door.scope, attempt.key),
    }
    return page(visit, "public/book.html", context, plan=door.plan, status=attempt.status)


def asked_first(visit: Visit, door: Door, attempt: Attempt) -> HttpResponse | None:
    """What a calendar shows before its times, to a guest who may not see them yet."""
    if not form_first.applies(door.plan):
        return None
    return form_first.before_times(visit, door, attempt, guest_of(visit, attempt), partial(details, visit, door))


def pick(visit: Visit, search: Search, reader: Reader, attempt: Attempt, *, lost: bool) -> Picker:
    month, day = picker.parse_month(visit.query.get("month", "")), picker.parse_day(visit.query.get("day", ""))
    if attempt.start is not None and _is_date(attempt.start):
        day = dates.local(attempt.start, reader.zone).date()
    chosen = None if lost else attempt.start
    return choose(search, reader, month=month, day=day, chosen=chosen)


def no_times(visit: Visit, door: Door, reader: Reader, shown: Picker, attempt: Attempt) -> HttpResponse:
    """Nothing left to choose. The owner of offered times that are all gone is told; never by a GET."""
    if visit.is_post and door.offered is not None and not door.of_group:
        tell_offered_gone(token=door.token, now=visit.now)
    context = {
        **context_of(visit, door, reader, shown),
        "attempt": attempt,
        "ask": RequestForm(values=person_values(door)),
        "seal": seals.seal("request", door.scope),
    }
    status = 409 if attempt.code in GONE else 200
    return page(visit, "public/no_times.html", context, plan=door.plan, status=status)


def context_of(visit: Visit, door: Door, reader: Reader, shown: Picker) -> dict[str, Any]:
    complete = visit.query.get("zones") == "all"
    expires = door.expires_at and dates.moment(to_min_floor(door.expires_at), reader.zone, reader.locale)
    return {
        "door": door,
        "picker": shown,
        "expires": expires or "",
        "zones": zones.options(reader.zone, complete=complete),
        "zones_complete": complete,
        **wishes.shown(visit, door),
        **waiting.shown(visit, door, reader, shown),
        "zone_fields": zone_fields(visit),
        "hosts": door.plan.hosts if picks_host(door.plan) else (),
        "host_id": host_of(visit, door),
        "host_fields": visit.kept("host"),
        "action": with_query(door.path, visit.keep()),
    }


def details(visit: Visit, door: Door, attempt: Attempt) -> DetailsForm:
    """The fields, prefilled from the bound contact; a locked contact is shown as text instead."""
    if door.plan.form is not None:
        return intake.details(visit, door, attempt.values, attempt.fields)
    values = {**person_values(door), **attempt.values}
    person = door.person
    known = tuple(name for name in ("name", "email", "phone") if person and getattr(person, name))
    if door.is_locked:
        return DetailsForm(door.plan, without=known, values=values, errors=attempt.fields, party=door.party)
    # A prefilled contact is complete only with a name and a way to be reached: else the plain form is clearer.
    known = known if "name" in known else ()
    return DetailsForm(door.plan, known=known, values=values, errors=attempt.fields, party=door.party)


def person_values(door: Door) -> dict[str, str]:
    person = door.person
    if person is None or door.needs_code:
        return {}
    return {"name": person.name, "email": person.email, "phone": person.phone}


def reader_of(visit: Visit, door: Door) -> Reader:
    """The owner's lock, ?tz=, the contact's zone, the calendar's own."""
    own = door.plan.schedule.timezone
    zone = own if door.plan.zone_locked else visit.zone() or door.zone or own
    return Reader(zone, visit.speech.locale(own), own, visit.now, door.plan.rules.duration)


def zone_fields(visit: Visit) -> dict[str, str]:
    """What the form that changes the zone carries along besides it."""
    shown = {name: visit.query[name][:10] for name in ("month", "day") if visit.query.get(name)}
    return visit.kept("tz") | shown


def host_of(visit: Visit, door: Door) -> str:
    """Whom the guest wishes to meet, where the calendar lets them choose and has that host; else ""."""
    wished = visit.query.get("host", "")
    known = picks_host(door.plan) and any(host.id == wished for host in door.plan.hosts)
    return wished if known else ""


def masked(email: str) -> str:
    """a•••@example.com: enough for the person it belongs to."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def limit_posts(visit: Visit) -> None:
    hit(
        name="public-post",
        subject=client_address(visit.request),
        limit=settings.ENV.post_limit,
        window_seconds=60,
        now=visit.now,
    )


def _here(url: str, query: str) -> str:
    """Only path and query: an embedded or proxied browser stays on the host it came by."""
    return with_query(urlsplit(url).path, query)


def _is_date(minute: int) -> bool:
    return 15_778_080 <= minute < 68_900_000
