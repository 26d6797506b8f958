"""A new appointment for somebody on the phone: calendar, who it is for, a time, and the details."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4, uuid5
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from admitone.accounts.idempotency import Idempotency, made_by
from admitone.accounts.models import Account
from admitone.booking.services import book
from admitone.calendars.models import Calendar
from admitone.contacts.filters import Filters
from admitone.contacts.models import Contact
from admitone.links.terms import place_kind
from admitone.logic.bookings import clean_caller
from admitone.logic.calendars import MAX_SERIES
from admitone.logic.clock import from_min, to_min_floor
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_name
from admitone.logic.plan import CalendarPlan
from admitone.logic.series import Repeat
from admitone.logic.wishes import for_length, lengths
from admitone.manage.agenda import dialogs
from admitone.manage.bookings import picking, reading, repeating
from admitone.manage.bookings.changing import LOST
from admitone.manage.bookings.forms import CallerForm
from admitone.manage.contacts import reading as contacts
from admitone.manage.context import AccountRequest, in_account

SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page is about: the calendars to choose from, the chosen one, the contact it is for."""

    request: AccountRequest
    now: datetime
    calendars: list[Calendar]
    calendar: Calendar
    contact: Contact | None

    @property
    def search(self) -> picking.Search:
        return picking.Search(for_length(self.calendar.compiled, self.length), self.now)

    @property
    def length(self) -> int | None:
        """?duration=: one of the calendar's lengths; None for its first."""
        text = self.request.POST.get("duration") or self.request.GET.get("duration", "")
        found = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
        return found if found in self.calendar.compiled.durations else None

    @property
    def in_dialog(self) -> bool:
        """Over the calendar: no picker, the time is the one that was pressed or typed."""
        return "dialog" in self.request.GET and dialogs.in_dialog(self.request)

    @property
    def zone(self) -> str:
        """The clock on which a time is typed."""
        return dialogs.zone(self.request) if self.in_dialog else self.search.zone

    @property
    def host(self) -> str:
        """Whose column was pressed, if the calendar chooses among hosts and has that one."""
        wished = self.request.POST.get("host") or self.request.GET.get("host", "")
        plan = self.calendar.compiled
        return wished if plan.type.choice and any(one.id == wished for one in plan.hosts) else ""

    @property
    def scope(self) -> str:
        """Of the form's idempotency key: this person in this sub-account, in no more than 64 characters."""
        return f"by_hand:{uuid5(self.request.account.id, str(self.request.user.pk))}"

    @property
    def drawn_anew(self) -> bool:
        """Another calendar was chosen in the dialog: nothing is to be booked yet."""
        return self.request.method == "POST" and "again" in self.request.POST

    @property
    def location(self) -> str:
        """A place for this appointment alone; not where the guest says it."""
        asks = self.calendar.location_kind == "ask"
        return "" if asks else clean_name(self.request.POST.get("location", ""), 500)

    @property
    def plan(self) -> CalendarPlan:
        """The calendar's, or with the place of this appointment."""
        plan, where = self.calendar.compiled, self.location
        return replace(plan, location_kind=place_kind(where), location=where) if where else plan

    def initial(self) -> dict[str, str]:
        if self.drawn_anew:
            return self.request.POST.dict()
        one = self.contact
        found = {"name": one.name, "email": one.email, "phone": one.phone} if one else {}
        zone = (one.timezone if one else "") or self.calendar.schedule.timezone
        return {**found, **self.asked, "timezone": zone, "key": str(uuid4())}

    @property
    def at(self) -> int | None:
        """?at=: the minute of a press on the calendar; None for what is none, or is over."""
        text = self.request.GET.get("at", "")
        good = text.isascii() and text.isdigit() and len(text) <= 8
        return int(text) if good and int(text) >= to_min_floor(self.now) else None

    @property
    def asked(self) -> dict[str, str]:
        """Day and time of `at` on the calendar's clock."""
        if self.at is None:
            return {}
        local = from_min(self.at).astimezone(ZoneInfo(self.zone))
        return {"day": local.date().isoformat(), "other_time": f"{local:%H:%M}"}

    def chosen(self, picker: picking.Picker) -> str:
        """The time to mark: the one sent, or the one pressed: a slot if it is one, else the time typed by hand."""
        if self.at is None or self.request.method == "POST":
            return self.request.POST.get("start", "")
        return (
            str(self.at)
            if any(slot.start == self.at for _, slots in picker.groups for slot in slots)
            else picking.OTHER
        )

    def form(self, data: Any = None, **changes: str) -> CallerForm:
        if data is not None and changes:
            data = data.copy()
            data.update(changes)
            data.setlist("key", [changes.get("key", data.get("key", ""))])
        asks, party = self.calendar.location_kind == "ask", self.calendar.compiled.max_party > 1
        return CallerForm(
            data, initial=self.initial(), consent_text=self.calendar.consent_text, asks_place=asks, takes_party=party
        )


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def new_booking(request: AccountRequest, account: Account) -> HttpResponse:
    """GET chooses (calendar, contact, day in the URL), POST books; a refusal brings the form back as it was."""
    calendars = list(reading.bookable(request))
    if not calendars:
        return render(request, "manage/bookings/no_calendar.html")
    desk = Desk(request, timezone.now(), calendars, _calendar(request, calendars), _contact(request))
    return submitted(desk) if request.method == "POST" and not desk.drawn_anew else show(desk, desk.form())


def _calendar(request: AccountRequest, calendars: list[Calendar]) -> Calendar:
    """The one asked for, else the first; Problem("not_found") for one in which they may not book."""
    wanted = request.POST.get("calendar") or request.GET.get("calendar")
    if not wanted:
        host = request.GET.get("host")
        theirs = [one for one in calendars if not host or any(each.id == host for each in one.compiled.hosts)]
        return next((one for one in theirs if one.active), (theirs or calendars)[0])
    for one in calendars:
        if str(one.id) == wanted:
            return one
    raise Problem("not_found")


def _contact(request: AccountRequest) -> Contact | None:
    wanted = request.GET.get("contact")
    return contacts.one(request, wanted) if wanted else None


def submitted(desk: Desk) -> HttpResponse:
    data, wanted = desk.request.POST, None
    form = desk.form(data)
    try:
        wanted, freely = picking.wish(data, desk.zone, desk.now)
        repeat = repeating.wanted(data)
        if repeat is not None and data.get("sure") != repeating.token(wanted, repeat):
            return show(desk, form, dates=_dates(desk, wanted, repeat))
        return _booked(desk, wanted, freely, repeat)
    except Problem as problem:
        if problem.code == "series_conflict" and wanted is not None and (repeat := repeating.wanted(data)):
            return show(desk, form, dates=_dates(desk, wanted, repeat), status=problem.status)
        if problem.code == "idempotency_key_reused":
            return _sent_before(desk)
        if problem.code == "not_found":
            raise
        form.refuse(_with_guest(desk, problem) if wanted is None else problem)
        lost = wanted if problem.code in LOST else None
        return show(desk, form, lost=lost, status=problem.status)


def _dates(desk: Desk, start: int, repeat: Repeat) -> repeating.Dates:
    """Wrong details are said first. Problem("invalid")."""
    guest = clean_caller(desk.plan, _raw(desk))
    return repeating.dates(
        desk.plan, start, repeat, now=desk.now, host=desk.host, length=desk.length, party=guest.party
    )


def _with_guest(desk: Desk, problem: Problem) -> Problem:
    """A wrong time must not hide wrong details: all of them are shown at once."""
    try:
        clean_caller(desk.calendar.compiled, _raw(desk))
    except Problem as other:
        return Problem("invalid", fields={**problem.fields, **other.fields})
    return problem


def _raw(desk: Desk) -> dict[str, str]:
    data = desk.request.POST
    raw = {name: data.get(name, "") for name in ("name", "email", "phone", "place", "note", "consent", "timezone")}
    raw |= {name: data[name] for name in ("party", "guests") if data.get(name)}
    return raw | ({"locale": desk.contact.locale} if desk.contact and desk.contact.locale else {})


def _booked(desk: Desk, start: int, freely: bool, repeat: Repeat | None) -> HttpResponse:
    request, raw = desk.request, _raw(desk)
    asked = {"calendar": str(desk.calendar.id), "start": start, **raw} | ({"host": desk.host} if desk.host else {})
    asked |= {"duration": desk.length} if desk.length else {}
    asked |= {"location": desk.location} if desk.location else {}
    asked |= {"repeat": repeating.token(start, repeat)} if repeat else {}
    done = book(
        plan=desk.plan,
        start=start,
        guest=clean_caller(desk.plan, raw),
        source="by_hand",
        actor=request.actor,
        now=desk.now,
        idempotency=Idempotency.of(desk.scope, request.POST.get("key"), asked),
        by_hand=freely or repeat is not None,
        host=desk.host,
        duration=desk.length,
        repeat=repeat,
        location=desk.location,
    )
    said = _("%d appointments are booked.") % repeat.count if repeat else _("The appointment is booked.")
    if desk.in_dialog:
        return dialogs.done(request, said)
    if not done.replayed:
        messages.success(request, said)
    return redirect("manage:booking", request.account.slug, done.id)


def _sent_before(desk: Desk) -> HttpResponse:
    """The form came back after it had booked: show what it made, and let a second send make another."""
    data = desk.request.POST
    form = desk.form(data, key=str(uuid4()))
    made = made_by(desk.scope, data.get("key", ""))
    return show(desk, form, made=made, status=409)


def show(
    desk: Desk,
    form: CallerForm,
    *,
    lost: int | None = None,
    made: Any = None,
    dates: repeating.Dates | None = None,
    status: int = 200,
) -> HttpResponse:
    again = _repeating(desk, form, dates)
    if desk.in_dialog:
        return _in_dialog(desk, form, again, lost=lost, made=made, status=status)
    request = desk.request
    query = reading.typed(request.GET.get("find", ""))
    picker = picking.choose(desk.search, {**desk.asked, **request.GET.dict()})
    context = {
        "form": form,
        "calendars": desk.calendars,
        "calendar": desk.calendar,
        "contact": desk.contact,
        "find": query,
        "suggested": _suggested(request, query)[:SUGGESTED] if query else (),
        "picker": picker,
        "plan": desk.search.plan,
        "lengths": lengths(desk.calendar.compiled),
        "near": desk.search.nearest(lost) if lost is not None else (),
        "lost": from_min(lost) if lost is not None else None,
        "chosen": desk.chosen(picker),
        "made": made,
        "repeating": again,
        "zone": desk.zone,
        "keep": _keep(request),
    }
    return render(request, "manage/bookings/new.html", context, status=status)


def _repeating(desk: Desk, form: CallerForm, dates: repeating.Dates | None) -> dict[str, Any]:
    """For repeat.html; what is wrong with the number stands at its field."""
    data = desk.request.POST
    trouble = " ".join(str(one) for one in form.errors.pop("repeat", ())) if form.is_bound else ""
    return {
        "rhythms": repeating.RHYTHMS,
        "most": MAX_SERIES,
        "every": data.get("repeat", ""),
        "times": data.get("times", "") or 2,
        "dates": dates,
        "trouble": trouble,
    }


def _in_dialog(
    desk: Desk, form: CallerForm, again: dict[str, Any], *, lost: int | None, made: Any, status: int
) -> HttpResponse:
    request, plan = desk.request, desk.calendar.compiled
    context = {
        "form": form,
        "calendars": desk.calendars,
        "calendar": desk.calendar,
        "day": request.POST.get("other_date", "")[:10]
        or desk.asked.get("day")
        or request.GET.get("day", "")[:10]
        or f"{desk.now.astimezone(ZoneInfo(desk.zone)):%Y-%m-%d}",
        "host": desk.host,
        "hosts": plan.hosts if plan.type.choice and len(plan.hosts) > 1 else (),
        "lengths": lengths(plan),
        "length": desk.length or plan.rules.duration,
        "location": request.POST.get("location", ""),
        "asks_place": desk.calendar.location_kind == "ask",
        "repeating": again,
        "drawn_anew": desk.drawn_anew,
        "near": desk.search.nearest(lost) if lost is not None else (),
        "made": made,
        "at": desk.at,
        "why": _why(desk),
    }
    return dialogs.show(request, "new", context, title=_("New appointment"), status=status)


def _why(desk: Desk) -> dict[str, str]:
    """Date and time of the press on the calendar's clock, to ask why guests do not see it."""
    if desk.at is None:
        return {}
    local = from_min(desk.at).astimezone(ZoneInfo(desk.search.zone))
    return {"date": local.date().isoformat(), "time": f"{local:%H:%M}"}


def _suggested(request: AccountRequest, query: str) -> QuerySet[Contact]:
    return contacts.visible(request, Filters(search=query), sort="name")


def _keep(request: AccountRequest) -> str:
    """The query string's calendar, contact and length, for links to another day."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in ("calendar", "contact", "duration"):
            del kept[name]
    return f"&{kept.urlencode()}" if kept else ""
