"""What is in the way of a time, in words, and the buttons that mend it: each either leads somewhere or acts at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.booking import queries as booking
from admitone.booking.models import Booking
from admitone.calendars.models import BlockedTime, BusyBlock, BusySource, Calendar, CalendarHost, Holiday
from admitone.links.why import Question
from admitone.logic.clock import from_min
from admitone.logic.hours import show_time
from admitone.logic.reasons import SENTENCES
from admitone.logic.slots import Busy, Reason
from admitone.ui import formats

LIMITS = {"DAYLIMIT": "per_day_limit", "WEEKLIMIT": "per_week_limit", "MONTHLIMIT": "per_month_limit"}
MOST_SOURCES = 5


@dataclass(frozen=True, slots=True)
class Mend:
    """A link to `url`, or with `act` a button that does it: see manage.calendars.why.mend."""

    label: str
    url: str = ""
    act: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: `text` says it with what causes it, `mends` are the ways out."""

    code: str
    text: str
    mends: list[Mend] = field(default_factory=list)


def in_words(account: Account, calendar: Calendar, asked: Question, *, sees_all: bool = True) -> list[Why]:
    """Every reason against the start, the weightiest first; empty if it can be booked.

    Who does not see all calendars is told of the host's appointments in the others without a name.
    """
    teller = Teller(account, calendar, asked, sees_all)
    return [teller.tell(reason) for reason in asked.reasons()]


@dataclass(frozen=True, slots=True)
class Teller:
    account: Account
    calendar: Calendar
    asked: Question
    sees_all: bool

    def tell(self, reason: Reason) -> Why:
        if reason.blocking is not None:
            return self._blocked(reason, reason.blocking)
        if reason.code in LIMITS or reason.code == "HOSTLIMIT":
            return self._full(reason)
        plain = {
            "PAUSED": self._paused,
            "NOTICE": self._notice,
            "TOOFAR": self._too_far,
            "HOURS": self._hours,
            "OVERRIDE": self._override,
            "GRID": self._grid,
            "LINKCLOSED": self._link,
            "LINKWINDOW": self._link,
        }.get(reason.code)
        return plain(reason) if plain else Why(reason.code, _(SENTENCES.get(reason.code, reason.code)))

    def page(self, section: str, field: str = "", **query: str) -> str:
        found = reverse(f"manage:calendar_{section}", args=[self.account.slug, self.calendar.id], query=query or None)
        return f"{found}#{field}" if field else found

    def _paused(self, reason: Reason) -> Why:
        return Why("PAUSED", _("The calendar is paused."), [Mend(_("Resume it"), act="resume")])

    def _notice(self, reason: Reason) -> Why:
        if "T" not in reason.detail and reason.detail:
            text = _("It was bookable until an earlier day: the first day that can be booked now is %s.") % in_full(
                reason.detail
            )
            return Why("NOTICE", text, [Mend(_("Change the cut-off"), self.page("rules", "id_cutoff_days"))])
        notice = formats.duration_words(self.asked.plan.rules.notice)
        text = _("It is closer than the minimum notice of %s.") % notice
        return Why("NOTICE", text, [Mend(_("Change the notice"), self.page("rules", "id_notice"))])

    def _too_far(self, reason: Reason) -> Why:
        named = "id_range_last" if self.asked.plan.rules.range_kind == "fixed" else "id_range_days"
        text = _("It lies outside of the dates that can be booked; the limit is %s.") % in_full(reason.detail[:10])
        return Why("TOOFAR", text, [Mend(_("Change how far ahead"), self.page("rules", named))])

    def _hours(self, reason: Reason) -> Why:
        return Why("HOURS", _("It does not fit into the weekly hours."), [self._open_date(), self._weekly()])

    def _open_date(self) -> Mend:
        """Other hours for that date, filled in with this time."""
        start, zone = self.asked.start, booking.zone(self.asked.plan.schedule.timezone)
        first, last = (from_min(at).astimezone(zone) for at in (start, start + self.asked.plan.rules.duration))
        end = 1440 if last.date() != first.date() else last.hour * 60 + last.minute
        windows = f"{show_time(first.hour * 60 + first.minute)}-{show_time(end)}"
        url = self.page("hours", "overrides", date=first.date().isoformat(), windows=windows)
        return Mend(_("Open this date"), url)

    def _weekly(self) -> Mend:
        return Mend(_("Change the weekly hours"), self.page("hours"))

    def _override(self, reason: Reason) -> Why:
        rows = Holiday.objects.filter(schedule=self.calendar.schedule_id, date=reason.detail, open=False)
        holiday = rows.first()
        if holiday is not None:
            text = _("It is a public holiday: %s.") % holiday.name
            mends = [Mend(_("Open on this holiday"), act="open_holiday", id=reason.detail), self._open_date()]
            return Why("OVERRIDE", text, mends)
        text = _("That date has hours of its own, and it does not fit into them.")
        usual = Mend(_("Use the weekly hours on this date"), act="clear_date", id=reason.detail)
        return Why("OVERRIDE", text, [usual, Mend(_("Change the date"), self.page("hours", "overrides"))])

    def _grid(self, reason: Reason) -> Why:
        every = formats.duration_words(self.asked.plan.rules.interval)
        text = (
            _("Times start every %s, counted from the start of the working hours; this one lies between two.") % every
        )
        return Why("GRID", text, [Mend(_("Change when times start"), self.page("rules", "id_interval"))])

    def _link(self, reason: Reason) -> Why:
        link = self.asked.link
        url = reverse("manage:link", args=[self.account.slug, link.id]) if link else ""
        words = {
            "used": _("The link has been used."),
            "expired": _("The link has expired."),
            "deleted": _("The link was deleted, or what it opens."),
            "not_open": _("The link does not work yet."),
        }
        text = words.get(reason.detail) or _("The link offers other times only.")
        return Why(reason.code, text, [Mend(_("Open the link"), url)] if url else [])

    def _full(self, reason: Reason) -> Why:
        texts = {
            "DAYLIMIT": _("The day is full: %(count)s of %(limit)s appointments."),
            "WEEKLIMIT": _("The week is full: %(count)s of %(limit)s appointments."),
            "MONTHLIMIT": _("The month is full: %(count)s of %(limit)s appointments."),
            "HOSTLIMIT": _("%(host)s has as many appointments on that day as one host may: %(count)s of %(limit)s."),
        }
        of_host = reason.code == "HOSTLIMIT"
        section, named = ("bookings", "per_host_day_limit") if of_host else ("rules", LIMITS[reason.code])
        text = counted(texts[reason.code], reason, host=self._host_name(reason) or _("The host"))
        day = booking.local_day(self.asked.plan, self.asked.start).isoformat()
        query = {"view": "all", "calendar": str(self.calendar.id), "from": day, "to": day}
        there = reverse("manage:bookings", args=[self.account.slug], query=query)
        change = Mend(_("Change the limit"), self.page(section, f"id_{named}"))
        return Why(reason.code, text, [change, Mend(_("See that day's appointments"), there)])

    def _host_name(self, reason: Reason) -> str:
        return next((host.name for host in self.asked.plan.hosts if host.id == reason.host), "")

    def _hosts(self, reason: Reason) -> list[UUID]:
        return [UUID(host.id) for host in self.asked.plan.hosts if reason.host in ("", host.id)]

    def _blocked(self, reason: Reason, block: Busy) -> Why:
        if block.kind == "unreadable":
            return self._unreadable(reason)
        if reason.code == "SEATS":
            return self._seats(reason, block)
        if block.kind == "off":
            return self._off(reason)
        zone = self.asked.plan.schedule.timezone
        shown = {
            "start": formats.stamp(from_min(block.start), zone),
            "end": formats.clock(from_min(block.end), zone),
            "host": self._host_name(reason) or _("The host"),
        }
        if block.kind == "booking":
            return self._booked(reason, block, shown)
        return self._barred(reason, block) if block.kind == "blocked" else self._external(reason, block, shown)

    def _unreadable(self, reason: Reason) -> Why:
        who = self._host_name(reason)
        text = _("A busy calendar of the host cannot be read, so nothing is offered.")
        if who:
            text = _("A busy calendar of %(host)s cannot be read, so their time is not offered.") % {"host": who}
        rows = BusySource.objects.filter(account=self.account, host__in=self._hosts(reason)).order_by("name", "id")
        failing = rows.filter(Q(fetched_at=None) | ~Q(error=""))[:MOST_SOURCES]
        return Why("BUSY", text, [*(self._reread(row) for row in failing), self._sources()])

    def _reread(self, source: BusySource) -> Mend:
        return Mend(_("Read %s again") % (source.name or _("the busy calendar")), act="reread", id=str(source.id))

    def _sources(self) -> Mend:
        return Mend(_("Look at the busy calendars"), self.page("busy"))

    def _seats(self, reason: Reason, block: Busy) -> Why:
        text = counted(_("All places are taken: %(count)s of %(limit)s."), reason)
        there = reverse("manage:agenda_session", args=[self.account.slug, self.calendar.id, block.start])
        places = Mend(_("Change the number of places"), self.page("team"))
        return Why("SEATS", text, [places, Mend(_("See who comes"), there)])

    def _off(self, reason: Reason) -> Why:
        text = _("%(host)s does not work then.") % {"host": self._host_name(reason) or self.asked.plan.hosts[0].name}
        rows = CalendarHost.objects.filter(calendar=self.calendar, host__in=self._hosts(reason)).exclude(schedule=None)
        own = rows.select_related("schedule").first()
        mends = [Mend(_("Change the team"), self.page("team"))]
        if own is not None and own.schedule is not None:
            url = reverse("manage:schedule", args=[self.account.slug, own.schedule_id])
            mends.insert(0, Mend(_("Change the hours of %s") % own.schedule.name, url))
        return Why("HOSTOFF", text, mends)

    def _booked(self, reason: Reason, block: Busy, shown: dict[str, Any]) -> Why:
        row = self._booking(reason, block)
        mends = [] if row is None else self._to(row)
        if reason.code == "BUFFER":
            text = (
                _("It is too close to the appointment from %(start)s to %(end)s: free time is kept around it.") % shown
            )
            return Why(
                "BUFFER", text, [Mend(_("Change the free time"), self.page("rules", "id_buffer_before")), *mends]
            )
        if row is None:
            return Why("BOOKED", _("%(host)s has an appointment elsewhere from %(start)s to %(end)s.") % shown)
        text = _("%(name)s is booked from %(start)s to %(end)s.")
        if reason.host:
            text = _("%(host)s has an appointment with %(name)s from %(start)s to %(end)s.")
        return Why("BOOKED", text % {**shown, "name": row.name}, mends)

    def _booking(self, reason: Reason, block: Busy) -> Booking | None:
        """The appointment behind a block, as far as the reader may know of it: its host leads it or comes along."""
        rows = Booking.objects.filter(
            account=self.account, start_min=block.start, end_min=block.end, status__in=booking.COUNTED
        )
        hosts = self._hosts(reason)
        theirs = Q(host_id__in=hosts) | Q(seat_rows__session__occupancy__host_id__in=hosts)
        row = rows.filter(theirs).order_by("id").first()
        return row if self.sees_all or (row and row.calendar_id == self.calendar.id) else None

    def _to(self, row: Booking) -> list[Mend]:
        """Open it, move it."""
        return [
            Mend(_("Open the appointment"), f"/app/{self.account.slug}/bookings/{row.id}/"),
            Mend(_("Move it"), reverse("manage:agenda_move", args=[self.account.slug, row.id])),
        ]

    def _barred(self, reason: Reason, block: Busy) -> Why:
        """Blocked in this account with its note and a way to free it; elsewhere no more than that."""
        rows = BlockedTime.objects.filter(account=self.account, start_min=block.start, end_min=block.end)
        row = rows.filter(Q(host_id__in=self._hosts(reason)) | Q(calendar=self.calendar)).first()
        text = _("Blocked: %s") % row.note if row and row.note else _("The time is blocked.")
        if row is None:
            return Why(reason.code, text)
        seen = Mend(_("Look at the blocked times"), self.page("blocks"))
        return Why(reason.code, text, [Mend(_("Free it"), act="unblock", id=str(row.id)), seen])

    def _external(self, reason: Reason, block: Busy, shown: dict[str, Any]) -> Why:
        rows = BusyBlock.objects.filter(
            source__account=self.account, host_id__in=self._hosts(reason), start_min=block.start, end_min=block.end
        )
        found = rows.select_related("source").first()
        text = _("%(host)s is busy from %(start)s to %(end)s") % shown
        text += f" ({found.source.name})." if found and found.source.name else "."
        return Why(reason.code, text, [*([self._reread(found.source)] if found else []), self._sources()])


def in_full(day: str) -> str:
    """A date as people read it; what is none stays."""
    try:
        return formats.date_short(date.fromisoformat(day))
    except ValueError:
        return day


def counted(text: str, reason: Reason, **more: Any) -> str:
    """A sentence with both numbers of a limit's "3/3"."""
    count, _slash, limit = reason.detail.partition("/")
    return text % {"count": count, "limit": limit, **more}


def is_of(calendar: Calendar, host_id: UUID | None) -> bool:
    """Is this one of the calendar's hosts?"""
    return host_id is not None and calendar.calendar_hosts.filter(host_id=host_id).exists()
