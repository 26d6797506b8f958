"""What the calendar pages show beyond the calendar itself: link counts, addresses, why a time is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.booking import queries as booking
from admitone.booking.models import Booking
from admitone.calendars.models import BlockedTime, BusyBlock, Calendar, Holiday
from admitone.links.models import OneTimeLink
from admitone.links.queries import having_status
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.plan import CalendarPlan
from admitone.logic.slots import Busy, Reason
from admitone.ui import formats


def link_counts(account: Account, now: datetime) -> dict[UUID, dict[str, Any]]:
    """Active and used one-time links by calendar; one statement."""
    rows = OneTimeLink.objects.filter(account=account, calendar__isnull=False).values("calendar_id")
    counted = rows.annotate(
        active=Count("id", filter=having_status("active", now)), used=Count("id", filter=having_status("used", now))
    )
    return {row["calendar_id"]: dict(row) for row in counted}


def public_url(account: Account, calendar: Calendar) -> str:
    """The scheduling link; "" for a calendar that only one-time links open."""
    return addresses.scheduling_url(account.slug, calendar.slug) if calendar.access == "public" else ""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason in words; `url` and `action` lead to where it can be mended."""

    code: str
    text: str
    url: str = ""
    action: str = ""


def local_minute(zone: str, day: date, minute: int) -> int | None:
    """The epoch minute of a wall-clock time (the first of a repeated one); None if the clocks skip it."""
    at = datetime.combine(day, time(), booking.zone(zone)) + timedelta(minutes=minute)
    found = to_min_floor(at)
    return found if from_min(found).astimezone(at.tzinfo).replace(tzinfo=None) == at.replace(tzinfo=None) else None


def why_missing(account: Account, calendar: Calendar, start: int, now: datetime, *, sees_all: bool = True) -> list[Why]:
    """Every reason against a start in words, the weightiest first; empty if it can be booked.

    Who does not see all calendars is told of the host's appointments in the others without a name.
    """
    plan = calendar.compiled
    found = booking.openings(plan, now=now, first=start, end=start + 1).reasons(start)
    paused = [] if calendar.active else [_paused(account, calendar)]
    return paused + [_in_words(account, calendar, plan, reason, sees_all) for reason in found]


def nearest_open(calendar: Calendar, start: int, now: datetime) -> list[datetime]:
    """Up to three open starts within a week of `start`."""
    first, end = max(start - 7 * 1440, to_min_floor(now)), start + 7 * 1440
    if first >= end or not calendar.active:
        return []
    return [from_min(at) for at in booking.openings(calendar.compiled, now=now, first=first, end=end).nearest(start)]


def _paused(account: Account, calendar: Calendar) -> Why:
    return Why("PAUSED", _("The calendar is paused."), _page(account, calendar, "danger"), _("Resume it"))


def _page(account: Account, calendar: Calendar, section: str) -> str:
    return reverse(f"manage:calendar_{section}", args=[account.slug, calendar.id])


def _in_words(account: Account, calendar: Calendar, plan: CalendarPlan, reason: Reason, sees_all: bool) -> Why:
    if reason.blocking is not None:
        return _blocked(account, calendar, plan, reason, sees_all)
    text, section, action = _sentences(plan, reason).get(reason.code, (reason.code, "rules", _("Rules")))
    if reason.code == "OVERRIDE":
        text = _holiday_on(calendar, reason.detail) or text
    return Why(reason.code, text, _page(account, calendar, section) if section else "", action)


def _sentences(plan: CalendarPlan, reason: Reason) -> dict[str, tuple[str, str, str]]:
    """code -> (sentence, section that mends it, its label)."""
    rules = plan.rules
    notice = formats.duration_words(rules.notice)
    return {
        "PAST": (_("It has passed."), "", ""),
        "NOTICE": (_("It is closer than the minimum notice of %s.") % notice, "rules", _("Change the notice")),
        "TOOFAR": (_("It lies outside of the dates that can be booked."), "rules", _("Change how far ahead")),
        "HOURS": (_("It does not fit into the weekly hours."), "hours", _("Change the hours")),
        "OVERRIDE": (
            _("That date has hours of its own, and it does not fit into them."),
            "hours",
            _("Change the date"),
        ),
        "DAYLIMIT": (
            full(_("The day is full: %(count)s of %(limit)s appointments."), reason),
            "rules",
            _("Change the limit a day"),
        ),
        "HOSTLIMIT": (
            full(_("%(host)s has enough that day: %(count)s of %(limit)s appointments."), reason, plan),
            "bookings",
            _("Change the limit of a host"),
        ),
        "WEEKLIMIT": (
            full(_("The week is full: %(count)s of %(limit)s appointments."), reason),
            "rules",
            _("Change the limit a week"),
        ),
        "MONTHLIMIT": (
            full(_("The month is full: %(count)s of %(limit)s appointments."), reason),
            "rules",
            _("Change the limit a month"),
        ),
        "GRID": (
            _("Times start every %s, counted from the start of the working hours; this one lies between two.")
            % formats.duration_words(rules.interval),
            "rules",
            _("Change when times start"),
        ),
    }


def full(text: str, reason: Reason, plan: CalendarPlan | None = None) -> str:
    """A sentence with both numbers of a limit's "3/3", and the name of the host it is about."""
    count, _slash, limit = reason.detail.partition("/")
    who = next((host.name for host in plan.hosts if host.id == reason.host), "") if plan else ""
    return text % {"count": count, "limit": limit, "host": who}


def _holiday_on(calendar: Calendar, day: str) -> str:
    found = Holiday.objects.filter(schedule=calendar.schedule_id, date=day, open=False).first()
    return _("It is a public holiday: %s.") % found.name if found else ""


def _blocked(account: Account, calendar: Calendar, plan: CalendarPlan, reason: Reason, sees_all: bool) -> Why:
    block = reason.blocking
    assert block is not None
    who = next((host.name for host in plan.hosts if host.id == reason.host), "")
    if block.kind == "unreadable":
        text = _("A busy calendar of the host cannot be read, so nothing is offered.")
        if who:
            text = _("A busy calendar of %(host)s cannot be read, so their time is not offered.") % {"host": who}
        return Why("BUSY", text, _page(account, calendar, "busy"), _("Look at the busy calendars"))
    if reason.code == "SEATS":
        text = full(_("All places are taken: %(count)s of %(limit)s."), reason)
        return Why("SEATS", text, _page(account, calendar, "team"), _("Change the number of places"))
    if block.kind == "off":
        text = _("%(host)s does not work then.") % {"host": who or plan.hosts[0].name}
        return Why("HOSTOFF", text, _page(account, calendar, "team"), _("Change the team"))
    zone = plan.schedule.timezone
    shown = {
        "start": formats.stamp(from_min(block.start), zone),
        "end": formats.clock(from_min(block.end), zone),
        "host": who or _("The host"),
    }
    hosts = [host.id for host in plan.hosts if reason.host in ("", host.id)]
    if block.kind == "booking":
        row = _owner_of(account, hosts, block.start, block.end)
        visible = row if sees_all or (row and row.calendar_id == calendar.id) else None
        return _by_booking(account, calendar, reason, visible, shown)
    if block.kind == "blocked":
        return Why(
            reason.code, _note_of(account, calendar, hosts, block), _page(account, calendar, "blocks"), _("Free it")
        )
    name = _source_of(account, hosts, block.start, block.end)
    text = _("%(host)s is busy from %(start)s to %(end)s") % shown + (f" ({name})." if name else ".")
    return Why(reason.code, text, _page(account, calendar, "busy"), _("Look at the busy calendars"))


def _by_booking(
    account: Account, calendar: Calendar, reason: Reason, row: Booking | None, shown: dict[str, Any]
) -> Why:
    if reason.code == "BUFFER":
        text = _("It is too close to the appointment from %(start)s to %(end)s: free time is kept around it.") % shown
        return Why("BUFFER", text, _page(account, calendar, "rules"), _("Change the free time"))
    if row is None:
        return Why("BOOKED", _("%(host)s has an appointment elsewhere from %(start)s to %(end)s.") % shown)
    text = _("%(name)s is booked from %(start)s to %(end)s.") % {**shown, "name": row.name}
    if reason.host:
        text = _("%(host)s has an appointment with %(name)s from %(start)s to %(end)s.") % {**shown, "name": row.name}
    return Why("BOOKED", text, f"/app/{account.slug}/bookings/{row.id}/", _("Open the appointment"))


def _owner_of(account: Account, hosts: list[str], start: int, end: int) -> Booking | None:
    """The booking behind a block: its host leads it or, in a collective one, comes along."""
    rows = Booking.objects.filter(account=account, start_min=start, end_min=end, status__in=booking.COUNTED)
    theirs = Q(host_id__in=hosts) | Q(seat_rows__session__occupancy__host_id__in=hosts)
    return rows.filter(theirs).order_by("id").first()


def _note_of(account: Account, calendar: Calendar, hosts: list[str], block: Busy) -> str:
    """The note of a blocked time, as far as it was blocked in this account."""
    rows = BlockedTime.objects.filter(account=account, start_min=block.start, end_min=block.end)
    row = rows.filter(Q(host_id__in=hosts) | Q(calendar=calendar)).first()
    return _("Blocked: %s") % row.note if row and row.note else _("The time is blocked.")


def _source_of(account: Account, hosts: list[str], start: int, end: int) -> str:
    rows = BusyBlock.objects.filter(source__account=account, host_id__in=hosts, start_min=start, end_min=end)
    block = rows.select_related("source").first()
    return block.source.name if block else ""
