"""/o/<token>: the one-time link, alive or dead, and what its page can ask for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import HttpResponse

from admitone.accounts.addresses import manage_url
from admitone.accounts.client import client_address
from admitone.accounts.limits import hit
from admitone.links.queries import Opened, opened
from admitone.links.services import ask_for_booking, ask_for_code, mark_opened, request_new, tell_offered_gone
from admitone.logic.clock import to_min_floor
from admitone.logic.errors import Problem
from admitone.public import booking_page, choice, dates, door, owner, seals, wishes
from admitone.public.attempts import Attempt, guest_of, read
from admitone.public.choosing import Search, choose
from admitone.public.door import Door
from admitone.public.forms import MineForm, RequestForm
from admitone.public.pages import Visit, finish, page, public, see_other, with_query

STATUS_OF = {"used": 410, "expired": 410, "deleted": 410, "not_open": 200, "paused": 200}
#: Each request sends the owner or the guest a mail: so many an hour from one address and for one link.
ASK_LIMIT, ASK_WINDOW = 10, 3600


@public("GET", "POST")
def link(visit: Visit, token: str) -> HttpResponse:
    found = choice.made(visit, opened(token, visit.now))
    visit = visit.speaking_for(found.plan.locale)
    if found.state == "active" and not found.has_chosen:
        return choice.of_link(visit, found, token)
    if found.state == "active":
        return through(visit, found, token)
    if visit.is_post:
        return late_post(visit, found, token)
    return closed(visit, found, token)


def through(visit: Visit, found: Opened, token: str) -> HttpResponse:
    """An active link; it may die between this look and the booking."""
    try:
        return booking_page.answer(visit, door_of(visit, found, token))
    except Problem as problem:
        again = choice.made(visit, opened(token, visit.now))
        if again.state == "active" and "calendar" in problem.fields:
            return choice.of_link(visit, again, token)
        if problem.status == 429 or again.state == "active":
            raise
        return closed(visit, again, token)


def door_of(visit: Visit, found: Opened, token: str) -> Door:
    return wishes.wished(visit, door.one_time(found, token, choice.back_of(visit, found, token)))


def late_post(visit: Visit, found: Opened, token: str) -> HttpResponse:
    """A form sent to a dead link: the first answer again if its key booked, else the dead link's page."""
    way = wishes.wished(visit, door.one_time(found, token))
    sealed = seals.unseal(visit.request, "book", way.scope)
    attempt = read(visit, sealed.key)
    if sealed.state not in ("ok", "old") or attempt.start is None:
        return closed(visit, found, token)
    booking_page.limit_posts(visit)
    guest = guest_of(visit, attempt)
    try:
        wish = booking_page.host_of(visit, way)
        made = way.book(attempt.start, guest, key=sealed.key, code="", now=visit.now, host=wish)
    except Problem as problem:
        if problem.code == "idempotency_key_reused":
            return booking_page.sent_before(visit, way, attempt)
        return closed(visit, found, token)
    return booking_page.after_booking(visit, way, made)


def closed(
    visit: Visit, found: Opened, token: str, *, forms: dict[str, Any] | None = None, status: int = 0
) -> HttpResponse:
    """A link that does not book: why, and the next step. No slots, no slug, no way to the calendar."""
    booking_id = seals.booked_here(visit.request, str(found.link.id)) if found.state == "used" else ""
    zone = visit.zone() or found.plan.schedule.timezone
    opens = found.link.not_before
    context = {
        "state": found.state,
        "link": found.link,
        "contact": owner.of_link(found),
        "mine_url": urlsplit(manage_url(UUID(booking_id))).path if booking_id else "",
        "opens": dates.moment(to_min_floor(opens), zone, visit.speech.locale(zone)) if opens else "",
        "zone": dates.zone_label(zone),
        "path": f"/o/{token}",
        "seal": seals.seal("request", str(found.link.id)),
        "sent": visit.query.get("sent", ""),
        "ask": RequestForm(values={}),
        "mine": MineForm(values={}, prefix=None, auto_id="mine_%s"),
        **(forms or {}),
    }
    status = status or (200 if booking_id else STATUS_OF[found.state])
    return page(visit, "public/closed.html", context, plan=found.plan, status=status)


@public("GET", "POST")
def request(visit: Visit, token: str) -> HttpResponse:
    """Ask for a new link, or for a time where none is offered."""
    found = opened(token, visit.now)
    visit = visit.speaking_for(found.plan.locale)
    if not visit.is_post:
        return see_other(with_query(f"/o/{token}", visit.keep()), found.plan)
    kind = "ask_time" if visit.request.POST.get("kind") == "ask_time" else "new_link"
    values = {name: visit.request.POST.get(name, "") for name in ("name", "email", "note")}
    if honest(visit, found):
        try:
            request_new(token=token, kind=kind, now=visit.now, **values)
        except Problem as problem:
            if problem.code != "invalid":
                raise
            return again(visit, found, token, {"ask": RequestForm(values=values, errors=problem.fields)}, problem)
    return thanks(visit, found, token, "request")


@public("GET", "POST")
def mine(visit: Visit, token: str) -> HttpResponse:
    """Is this your booking? The same answer whether the address matches or not."""
    found = opened(token, visit.now)
    visit = visit.speaking_for(found.plan.locale)
    if not visit.is_post:
        return see_other(with_query(f"/o/{token}", visit.keep()), found.plan)
    email = visit.request.POST.get("email", "")
    if honest(visit, found):
        try:
            ask_for_booking(token=token, email=email, now=visit.now)
        except Problem as problem:
            if problem.code != "invalid":
                raise
            form = MineForm(values={"email": email}, errors=problem.fields, auto_id="mine_%s")
            return again(visit, found, token, {"mine": form}, problem)
    return thanks(visit, found, token, "mine")


@public("GET", "POST")
def code(visit: Visit, token: str) -> HttpResponse:
    """Mail the code of a `verify` link to its bound address and bring the form back as it was."""
    found = choice.made(visit, opened(token, visit.now))
    visit = visit.speaking_for(found.plan.locale)
    if not visit.is_post or found.state != "active" or not found.has_chosen:
        return see_other(with_query(f"/o/{token}", visit.keep()), found.plan)
    way = door_of(visit, found, token)
    sealed = seals.unseal(visit.request, "book", way.scope)
    attempt = read(visit, sealed.key)
    if sealed.state != "ok":
        back = Attempt(attempt.values, attempt.start, sealed.key, f"form_{sealed.state}", status=403)
        return booking_page.show(visit, way, back)
    limit(visit, "code", found)
    ask_for_code(token=token, now=visit.now)
    back = Attempt(attempt.values, attempt.start, sealed.key, "code_sent")
    return booking_page.show(visit, way, back)


@public("POST")
def opened_by_hand(visit: Visit, token: str) -> HttpResponse:
    """The page saw a hand move: "probably opened". Here the owner also learns that all offered times are gone."""
    found = opened(token, visit.now)
    if seals.from_here(visit.request):
        booking_page.limit_posts(visit)
        mark_opened(token=token, now=visit.now)
        if found.state == "active" and found.offered is not None and not has_times(visit, found, token):
            tell_offered_gone(token=token, now=visit.now)
    return finish(HttpResponse(status=204))


def has_times(visit: Visit, found: Opened, token: str) -> bool:
    """Of a group's link: does any of its calendars have some?"""
    if not found.has_chosen:
        return any(has_times(visit, found.choose(one.plan.calendar_id), token) for one in found.choices)
    way = door.one_time(found, token)
    shown = choose(Search(way.plan, visit.now, way.offered, link=way.link_id), booking_page.reader_of(visit, way))
    return bool(shown.count or shown.only)


def honest(visit: Visit, found: Opened) -> bool:
    """Within the limits, and neither the trap field filled nor the seal forged; a robot is thanked all the same."""
    limit(visit, "ask", found)
    sealed = seals.unseal(visit.request, "request", str(found.link.id))
    return sealed.state in ("ok", "old") and not visit.request.POST.get("website")


def limit(visit: Visit, name: str, found: Opened) -> None:
    for subject in (client_address(visit.request), str(found.link.id)):
        hit(name=f"public-{name}", subject=subject, limit=ASK_LIMIT, window_seconds=ASK_WINDOW, now=visit.now)


def thanks(visit: Visit, found: Opened, token: str, sent: str) -> HttpResponse:
    return see_other(with_query(f"/o/{token}/thanks", visit.keep(sent=sent)), found.plan)


@public("GET")
def thank_you(visit: Visit, token: str) -> HttpResponse:
    found = opened(token, visit.now)
    visit = visit.speaking_for(found.plan.locale)
    sent = "mine" if visit.query.get("sent") == "mine" else "request"
    context = {"sent": sent, "contact": owner.of_link(found), "path": f"/o/{token}"}
    return page(visit, "public/thanks.html", context, plan=found.plan)


def again(visit: Visit, found: Opened, token: str, forms: dict[str, Any], problem: Problem) -> HttpResponse:
    """The page with the form as it was typed."""
    if found.state != "active":
        return closed(visit, found, token, forms=forms, status=problem.status)
    context = {
        "contact": owner.of_link(found),
        "path": f"/o/{token}",
        "seal": seals.seal("request", str(found.link.id)),
        "kind": "ask_time",
        **forms,
    }
    return page(visit, "public/ask.html", context, plan=found.plan, status=problem.status)
