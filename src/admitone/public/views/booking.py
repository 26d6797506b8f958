"""/b/<token>: the guest's own page of a booking; read it, move it, cancel it, take it into a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse

from admitone.accounts.addresses import absolute
from admitone.booking.answers import answers_for_guest
from admitone.booking.places import place_for_guest, web_address
from admitone.booking.queries import Managed, by_manage_token, hosts_of
from admitone.booking.requests import link_of
from admitone.booking.services import cancel as cancel_booking
from admitone.booking.services import cancel_following
from admitone.booking.services import reschedule as move_booking
from admitone.events import GUEST
from admitone.links.replacing import replacement
from admitone.logic import ics
from admitone.logic.clock import from_min, to_min_ceil, to_min_floor
from admitone.logic.errors import Problem
from admitone.messaging.queries import delivering
from admitone.public import booking_page, dates, owner, picker, seals, zones
from admitone.public import series as series_page
from admitone.public.attempts import Attempt, read
from admitone.public.choosing import Search
from admitone.public.forms import CancelForm
from admitone.public.pages import Visit, finish, page, public, see_other, with_query
from admitone.public.picker import Reader

ACTIVE = ("pending", "confirmed")


@dataclass(frozen=True, slots=True)
class Mine:
    """A booking as its guest sees it."""

    managed: Managed
    token: str
    visit: Visit
    reader: Reader

    @property
    def path(self) -> str:
        return f"/b/{self.token}"

    @property
    def state(self) -> str:
        """active (a request too), cancelled, declined or over."""
        booking = self.managed.booking
        if booking.status in ("cancelled", "declined"):
            return booking.status
        is_over = booking.end_min <= to_min_ceil(self.visit.now) or booking.status not in ACTIVE
        return "over" if is_over else "active"

    @property
    def is_locked(self) -> bool:
        """Has the last moment for changes passed?"""
        cutoff = timedelta(minutes=self.managed.plan.change_cutoff_minutes)
        return self.visit.now >= from_min(self.managed.booking.start_min) - cutoff

    @property
    def is_pending(self) -> bool:
        """Does it wait for the host's answer?"""
        return self.managed.booking.status == "pending"

    @property
    def answer_by(self) -> str:
        due = self.managed.booking.answer_by
        return dates.moment(to_min_floor(due), self.reader.zone, self.reader.locale) if due else ""

    def may(self, verb: str) -> bool:
        if verb == "cancel" and self.is_pending:  # a request can always be withdrawn
            return self.state == "active"
        allowed = getattr(self.managed.plan, f"guest_can_{verb}")
        return bool(allowed) and self.state == "active" and not self.is_locked

    def when(self, zone: str) -> dict[str, str]:
        booking, locale = self.managed.booking, self.reader.locale
        at = dates.local(booking.start_min, zone)
        return {
            "date": dates.long_date(at.date(), locale),
            "time": dates.time_range(booking.start_min, booking.end_min, zone, locale),
            "zone": dates.zone_label(zone),
            "offset": dates.offset(at),
            "iso": at.isoformat(timespec="minutes"),
        }

    @property
    def met(self) -> str:
        """Who the guest meets."""
        return ", ".join(host.name for host in hosts_of(self.managed.booking))

    def context(self) -> dict[str, Any]:
        booking, plan = self.managed.booking, self.managed.plan
        own = plan.schedule.timezone
        shown, hosts = self.when(self.reader.zone), self.when(own)
        same = (shown["date"], shown["time"]) == (hosts["date"], hosts["time"])
        return {
            "mine": self,
            "booking": booking,
            "place": place_for_guest(booking, hidden=plan.location_hidden),
            "place_url": web_address(booking),
            "when": shown,
            "host_when": None if same else hosts,
            "met": self.met,
            "contact": owner.of_plan(plan, booking.account),
            "was": self._was(),
            "state": self.state,
            "path": self.path,
        }

    def _was(self) -> str:
        before = self.managed.booking.rescheduled_from_min
        return dates.moment(before, self.reader.zone, self.reader.locale) if before is not None else ""


def mine_of(visit: Visit, token: str) -> Mine:
    """Raises Problem("not_found") for every token that is not a booking's."""
    managed = by_manage_token(token)
    if managed is None:
        raise Problem("not_found")
    visit = visit.speaking_for(managed.booking.guest_locale)
    own = managed.plan.schedule.timezone
    zone = own if managed.plan.zone_locked else visit.zone() or managed.booking.guest_timezone or own
    return Mine(
        managed, token, visit, Reader(zone, visit.speech.locale(own), own, visit.now, managed.plan.rules.duration)
    )


@public("GET")
def manage(visit: Visit, token: str) -> HttpResponse:
    mine = mine_of(visit, token)
    plan, booking = mine.managed.plan, mine.managed.booking
    facts = invite_of(mine)
    context = {
        **mine.context(),
        "is_new": visit.query.get("new") == "1",
        "is_moved": visit.query.get("moved") == "1",
        "delivers": bool(booking.email) and delivering(booking.account_id),
        "answers": answers_for_guest(booking),
        "google": ics.add_to_google(facts),
        "outlook": ics.add_to_outlook(facts),
        "next_step": after_decline(mine) if mine.state == "declined" else "",
        "can_reschedule": mine.may("reschedule") and plan.active,
        "can_cancel": mine.may("cancel"),
        **series_page.of_booking(mine.managed.booking, mine.reader),
        "continue_url": plan.redirect_url if plan.redirect_url.startswith(("https://", "http://")) else "",
    }
    return page(mine.visit, "public/manage.html", context, plan=plan)


def after_decline(mine: Mine) -> str:
    """The way to another time: link (mailed), calendar (open to everybody) or person."""
    booking, plan = mine.managed.booking, mine.managed.plan
    if used := link_of(booking):
        return "link" if replacement(used) else "person"
    return "calendar" if plan.active and plan.access == "public" else "person"


@public("GET")
def calendar_file(visit: Visit, token: str) -> HttpResponse:
    """The .ics download (RFC 5545, METHOD:PUBLISH), or the one that removes a cancelled booking."""
    mine = mine_of(visit, token)
    method: ics.Method = "CANCEL" if mine.state in ("cancelled", "declined") else "PUBLISH"
    stamp = mine.managed.booking.updated_at
    response = HttpResponse(
        ics.invite(invite_of(mine), method=method, now=stamp), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return finish(response)


def invite_of(mine: Mine) -> ics.Invite:
    booking, plan = mine.managed.booking, mine.managed.plan
    host = booking.host
    return ics.Invite(
        booking_id=booking.id,
        sequence=booking.sequence,
        start_min=booking.start_min,
        end_min=booking.end_min,
        summary=f"{plan.name} – {mine.met}",
        organizer=ics.Person(host.name, host.email),
        description=plan.description,
        location=place_for_guest(booking, hidden=plan.location_hidden),
        url=absolute(mine.path),
        tentative=mine.is_pending,
    )


@public("GET", "POST")
def reschedule(visit: Visit, token: str) -> HttpResponse:
    """The same picker with the old time struck through; the used link is not needed again."""
    mine = mine_of(visit, token)
    if not (mine.may("reschedule") and mine.managed.plan.active):
        return not_now(mine)
    if not mine.visit.is_post:
        return show_move(mine, Attempt())
    booking_page.limit_posts(mine.visit)
    sealed = seals.unseal(mine.visit.request, "move", token)
    attempt = read(mine.visit, sealed.key)
    if sealed.state != "ok":
        return show_move(mine, Attempt(start=attempt.start, code=f"form_{sealed.state}", status=403))
    if attempt.start is None:
        return show_move(mine, Attempt(code="no_start", status=422))
    return move(mine, attempt.start)


def move(mine: Mine, start: int) -> HttpResponse:
    booking = mine.managed.booking
    try:
        move_booking(
            account_id=booking.account_id,
            booking_id=booking.id,
            start=start,
            actor=GUEST,
            now=mine.visit.now,
            by="guest",
            timezone=mine.visit.zone() or None,
        )
    except Problem as problem:
        if problem.code in booking_page.GONE:
            return show_move(mine, Attempt(start=start, code=problem.code, status=problem.status))
        if problem.code in ("booking_locked", "booking_not_active"):
            return not_now(mine_of(mine.visit, mine.token))
        raise
    return see_other(with_query(mine.path, mine.visit.keep(moved="1")), mine.managed.plan)


def show_move(mine: Mine, attempt: Attempt) -> HttpResponse:
    plan, booking, reader = mine.managed.plan, mine.managed.booking, mine.reader
    search = Search(plan, mine.visit.now, booking.offered, exclude_booking=booking.id, party=booking.seats)
    lost = attempt.code in booking_page.GONE and attempt.start is not None
    near = search.nearest(attempt.start) if lost and attempt.start is not None else []
    shown = booking_page.pick(mine.visit, search, reader, attempt, lost=lost)
    context = {
        **mine.context(),
        "picker": shown,
        "zones": zones.options(reader.zone, complete=mine.visit.query.get("zones") == "all"),
        "zones_complete": mine.visit.query.get("zones") == "all",
        "zone_fields": booking_page.zone_fields(mine.visit),
        "attempt": attempt,
        "lost": picker.labels([attempt.start], reader)[0] if lost and attempt.start is not None else None,
        "near": picker.labels(near, reader),
        "seal": seals.seal("move", mine.token),
        "action": with_query(f"{mine.path}/reschedule", mine.visit.keep()),
        "old": dates.moment(booking.start_min, reader.zone, reader.locale),
    }
    return page(mine.visit, "public/reschedule.html", context, plan=plan, status=attempt.status)


@public("GET", "POST")
def cancel(visit: Visit, token: str) -> HttpResponse:
    """GET asks, POST cancels."""
    mine = mine_of(visit, token)
    if mine.state in ("cancelled", "declined"):
        return see_other(with_query(mine.path, mine.visit.keep()), mine.managed.plan)
    if not mine.may("cancel"):
        return not_now(mine)
    if not mine.visit.is_post:
        return ask_cancel(mine)
    booking_page.limit_posts(mine.visit)
    sealed = seals.unseal(mine.visit.request, "cancel", token)
    reason = mine.visit.request.POST.get("reason", "")
    if sealed.state != "ok":
        return ask_cancel(mine, reason=reason, code=f"form_{sealed.state}", status=403)
    booking = mine.managed.booking
    act = cancel_following if mine.visit.request.POST.get("following") else cancel_booking
    try:
        act(
            account_id=booking.account_id,
            booking_id=booking.id,
            actor=GUEST,
            now=mine.visit.now,
            by="guest",
            reason=reason,
        )
    except Problem as problem:
        if problem.code == "invalid":
            return ask_cancel(mine, reason=reason, fields=problem.fields, status=problem.status)
        if problem.code in ("booking_locked", "booking_not_active"):
            return not_now(mine_of(visit, token))
        raise
    return see_other(with_query(mine.path, mine.visit.keep(gone="1")), mine.managed.plan)


def ask_cancel(
    mine: Mine, *, reason: str = "", code: str = "", fields: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        **mine.context(),
        "attempt": Attempt(code=code, fields=fields or {}),
        "form": CancelForm(values={"reason": reason}, errors=fields),
        **series_page.of_booking(mine.managed.booking, mine.reader),
        "seal": seals.seal("cancel", mine.token),
        "action": with_query(f"{mine.path}/cancel", mine.visit.keep()),
    }
    return page(mine.visit, "public/cancel.html", context, plan=mine.managed.plan, status=status)


def not_now(mine: Mine) -> HttpResponse:
    """Over, cancelled, too late or not allowed: says which, 409."""
    return page(mine.visit, "public/locked.html", mine.context(), plan=mine.managed.plan, status=409)
