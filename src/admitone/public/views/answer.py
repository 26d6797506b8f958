"""/a/<token>: out of the host's mail. GET shows a request and changes nothing; POST approves or declines it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse

from admitone.accounts.addresses import absolute
from admitone.booking import requests
from admitone.booking.models import Booking
from admitone.booking.queries import hosts_of
from admitone.booking.services import confirm, decline
from admitone.events import Actor
from admitone.logic.clock import to_min_ceil, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.plan import CalendarPlan
from admitone.public import dates, seals
from admitone.public.attempts import Attempt
from admitone.public.booking_page import limit_posts
from admitone.public.forms import DeclineForm
from admitone.public.pages import Visit, page, public, see_other, with_query


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its host sees it."""

    booking: Booking
    plan: CalendarPlan
    token: str
    visit: Visit

    @property
    def path(self) -> str:
        return f"/a/{self.token}"

    @property
    def zone(self) -> str:
        """The zone the calendar's hours are written in."""
        return self.plan.schedule.timezone

    @property
    def state(self) -> str:
        """pending, late (its time has begun), unanswered, or the booking's own status."""
        booking = self.booking
        if booking.status == "pending":
            return "late" if booking.start_min <= to_min_ceil(self.visit.now) else "pending"
        unanswered = booking.status == "declined" and booking.cancelled_by == "system"
        return "unanswered" if unanswered else booking.status

    def when(self, booking: Booking, zone: str) -> str:
        locale = self.visit.speech.locale(self.zone)
        day = dates.long_date(dates.local(booking.start_min, zone).date(), locale)
        times = dates.time_range(booking.start_min, booking.end_min, zone, locale)
        return f"{dates.joined(day, times, locale)} ({dates.zone_label(zone)})"

    def context(self) -> dict[str, Any]:
        booking, locale = self.booking, self.visit.speech.locale(self.zone)
        guests = self.when(booking, booking.guest_timezone) if booking.guest_timezone != self.zone else ""
        rest = [one for one in requests.together(booking) if one.id != booking.id] if self.state == "pending" else []
        return {
            "asked": self,
            "booking": booking,
            "state": self.state,
            "when": self.when(booking, self.zone),
            "guest_when": guests,
            "others": [self.when(one, self.zone) for one in rest],
            "met": ", ".join(host.name for host in hosts_of(booking)),
            "in_the_way": self.in_the_way() if self.state == "pending" else [],
            "answer_by": booking.answer_by and dates.moment(to_min_floor(booking.answer_by), self.zone, locale),
            "app_url": absolute(f"/app/{booking.account.slug}/bookings/{booking.id}/"),
        }

    def in_the_way(self) -> list[tuple[str, str]]:
        """(kind, when) of what stands at that time besides."""
        locale = self.visit.speech.locale(self.zone)
        found = requests.in_the_way(self.booking)
        return [(one.kind, dates.time_range(one.start_min, one.end_min, self.zone, locale)) for one in found]


@public("GET", "POST")
def answer(visit: Visit, token: str) -> HttpResponse:
    asked = asked_of(visit, token)
    if not asked.visit.is_post:
        return show(asked)
    limit_posts(visit)
    post = visit.request.POST
    reason = post.get("reason", "")
    sealed = seals.unseal(visit.request, "answer", token)
    if sealed.state != "ok":
        return show(asked, reason=reason, code=f"form_{sealed.state}", status=403)
    try:
        decided(asked, post.get("do", ""), reason)
    except Problem as problem:
        if problem.code == "invalid":
            return show(asked, reason=reason, fields=problem.fields, status=problem.status)
        if problem.code == "booking_not_active":  # somebody else was faster, or its time has begun
            return show(asked_of(visit, token), status=problem.status)
        raise
    return see_other(with_query(asked.path, visit.keep(done="1")))


def asked_of(visit: Visit, token: str) -> Asked:
    """Raises Problem("not_found") for every token that is not a request's."""
    booking = requests.by_answer_token(token)
    if booking is None:
        raise Problem("not_found")
    user = booking.host.user
    # No other site may frame it, as it may frame the booking page: a press on "Approve" could be stolen.
    plan = replace(booking.calendar.compiled, embed_origins=(), redirect_url="")
    return Asked(booking, plan, token, visit.speaking_for((user.locale if user else "") or booking.account.locale))


def decided(asked: Asked, verb: str, reason: str) -> None:
    booking = asked.booking
    who = Actor("host", str(booking.host_id))
    which: dict[str, Any] = {"account_id": booking.account_id, "booking_id": booking.id, "now": asked.visit.now}
    if verb == "approve":
        confirm(**which, actor=who)
    elif verb == "decline":
        decline(**which, actor=who, reason=reason)
    else:
        raise Problem("invalid", fields={"do": "Approve or decline."})


def show(
    asked: Asked, *, reason: str = "", code: str = "", fields: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        **asked.context(),
        "attempt": Attempt(code=code, fields=fields or {}),
        "form": DeclineForm(values={"reason": reason}, errors=fields),
        "seal": seals.seal("answer", asked.token),
        "action": with_query(asked.path, asked.visit.keep()),
        "is_new": asked.visit.query.get("done") == "1" or status == 409,
    }
    return page(asked.visit, "public/answer.html", context, plan=asked.plan, status=status)
