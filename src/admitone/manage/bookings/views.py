"""Appointments: the list by day, its CSV, one appointment, its calendar file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from admitone.accounts import addresses
from admitone.accounts.models import Account
from admitone.booking.answers import answers_of
from admitone.booking.models import Booking
from admitone.booking.places import web_address
from admitone.booking.queries import hosts_of
from admitone.calendars import access
from admitone.logic import ics
from admitone.logic.bookings import UTM_KEYS, shown_status
from admitone.logic.clock import from_min, iso, to_min_floor
from admitone.manage import spreadsheet
from admitone.manage.bookings import reading, requests, series, wording
from admitone.manage.bookings.forms import CancelForm
from admitone.manage.bookings.history import story
from admitone.manage.bookings.origin import origin_of
from admitone.manage.bookings.to_come import to_come
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.messages.reading import kind_name
from admitone.messaging import queries as messaging
from admitone.messaging.models import Message
from admitone.notifications import appointments

PAGE = 50
BATCH = 500
HEAD = (
    "id", "start", "end", "status", "guest", "email", "phone", "guest_time_zone", "calendar", "host", "source",
    "one_time_link", "note", "created_at", "cancelled_at", "cancelled_by", "cancel_reason", "series", "series_n", "seats",
    "companions", "location_kind", "location", *UTM_KEYS, "answers",
)  # fmt: skip


@require_safe
@in_account()
def bookings(request: AccountRequest, account: Account) -> HttpResponse:
    """Filters in the URL: view, calendar, host, source, status, from, to, q; sort; page."""
    now, zone = timezone.now(), reading.zone_of(request)
    asked = reading.filters_of(request.GET)
    rows = reading.narrowed(reading.visible(account, request.user, request.role), asked, zone)
    page = Paginator(reading.listing(rows, asked, now), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "days": reading.by_day(page, zone, now) if asked.by_time else reading.together(page, now),
        "hosts": reading.hosts(account, request),
        "sources": [(key, name) for key, (name, _icon) in reading.SOURCES.items()],
        "asked": asked,
        "zone": zone,
        "now": now,
        "tabs": _tabs(request, reading.counts(rows, now)),
        "statuses": _statuses(asked.view),
        "calendars": list(access.visible_calendars(request.user, account, request.role)),
        "query": request.GET.urlencode(),
        "answerable": requests.answerable(request, page),
    }
    return render(request, "manage/bookings/list.html", context)


def _tabs(request: AccountRequest, counts: dict[str, int]) -> list[tuple[str, Any, int, str]]:
    """(view, name, how many, address that keeps the other filters)"""
    found = []
    for view, name in reading.VIEWS.items():
        if view == "requests" and not counts[view] and request.GET.get("view") != view:
            continue
        query = request.GET.copy()
        query["view"] = view
        for gone in ("page", "status"):
            query.pop(gone, None)
        found.append((view, name, counts[view], f"?{query.urlencode()}"))
    return found


def _statuses(view: str) -> list[tuple[str, Any]]:
    """The statuses worth choosing from in a tab."""
    known = {
        "past": ("completed", "no_show"),
        "cancelled": ("cancelled", "declined"),
        "all": tuple(reading.STATUSES),
    }.get(view, ())
    return [(status, reading.STATUSES[status]) for status in known]


@require_safe
@in_account()
def export(request: AccountRequest, account: Account) -> StreamingHttpResponse:
    """What the list shows, all pages of it; starts and ends on the reader's clock with their offset."""
    now, zone = timezone.now(), reading.zone_of(request)
    asked = reading.filters_of(request.GET)
    rows = reading.narrowed(reading.visible(account, request.user, request.role), asked, zone)
    found = reading.listing(rows, asked, now).iterator(chunk_size=BATCH)
    return spreadsheet.download(f"appointments-{now:%Y-%m-%d}", HEAD, _cells(found, zone, now))


def _cells(rows: Iterator[Booking], zone: str, now: datetime) -> Iterator[list[Any]]:
    local = ZoneInfo(zone)
    for row in rows:
        start, end = (
            from_min(at).astimezone(local).isoformat(timespec="minutes") for at in (row.start_min, row.end_min)
        )
        status = shown_status(row.status, row.end_min, to_min_floor(now))
        yield [
            row.id, start, end, status, row.name, row.email, row.phone, row.guest_timezone, row.calendar.name,
            row.host.name, row.source, row.one_time_link_id, row.note, iso(row.created_at), row.cancelled_at,
            row.cancelled_by, row.cancel_reason, row.series_id, row.series_n or "", row.seats,
            _people(row.guests), row.location_kind, row.location, *(row.utm.get(key, "") for key in UTM_KEYS),
            _answers(row),
        ]  # fmt: skip


def _people(guests: list[dict[str, str]]) -> str:
    return "; ".join(" ".join(filter(None, (one.get("name"), one.get("email")))) for one in guests)


def _answers(row: Booking) -> str:
    """question: answer, a line each."""
    return "\n".join(f"{question}: {answer}" for question, answer in answers_of(row))


@require_safe
@in_account()
def booking(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    found, level = reading.one(request, booking_id)
    shown = details(request, found, level)
    return render(
        request,
        "manage/bookings/detail.html",
        {**shown, **requests.question(found, may_change=shown["may_change"]), "cancel_form": CancelForm()},
    )


def details(request: AccountRequest, booking: Booking, level: str) -> dict[str, Any]:
    """All that the page of an appointment shows; dialogs and their pages share it."""
    now = timezone.now()
    reading.shown(booking, now)
    now_min = to_min_floor(now)
    may_change = access.reaches(level, "book")
    is_active = booking.status in ("pending", "confirmed")
    return {
        "booking": booking,
        "hosts": hosts_of(booking),
        "why_host": wording.why_host(booking.host_reason),
        "series": series.rows_of(booking, reading.zone_of(request)),
        "zones": _zones(request, booking),
        "zone": reading.zone_of(request),
        "was": from_min(booking.rescheduled_from_min) if booking.rescheduled_from_min is not None else None,
        "answers": answers_of(booking),
        "where": appointments.where(booking),
        "where_url": web_address(booking),
        "origin": origin_of(booking, now),
        "history": story(booking),
        "messages_sent": _messages(booking),
        "receipts": to_come(booking, now),
        "manage_url": addresses.manage_url(booking.id) if may_change else "",
        "may_change": may_change,
        "can_change": may_change and is_active and booking.end_min > now_min,
        "can_mark": may_change and booking.status in ("confirmed", "completed") and booking.start_min <= now_min,
        "can_unmark": may_change and booking.status == "no_show",
        "minutes": booking.end_min - booking.start_min,
        "campaign": sorted(booking.utm.items()),
        "metadata": sorted(booking.metadata.items()),
    }


def _zones(request: AccountRequest, booking: Booking) -> list[tuple[str, str]]:
    """(whose clock, zone): the host's, the guest's, and the reader's if it is yet another one."""
    found = [("host", booking.calendar.schedule.timezone)]
    for whose, zone in (("guest", booking.guest_timezone), ("reader", reading.zone_of(request))):
        if zone not in {known for _, known in found}:
            found.append((whose, zone))
    return found


def _messages(booking: Booking) -> list[Message]:
    rows = Message.objects.filter(account=booking.account_id, booking_id=booking.id).order_by("-id")
    found = list(rows.defer("text", "html", "ics"))
    for row in found:
        row.kind_name = kind_name(row.kind)  # type: ignore[attr-defined]
    return found


@require_safe
@in_account()
def calendar_file(request: AccountRequest, account: Account, booking_id: str) -> HttpResponse:
    """The appointment for the host's calendar (RFC 5545): PUBLISH, or CANCEL once it was cancelled."""
    found, _level = reading.one(request, booking_id)
    one = appointments.load(found.id)
    assert one is not None
    method: ics.Method = "CANCEL" if found.status in ("cancelled", "declined") else "PUBLISH"
    text = ics.invite(appointments.host_invite(one, messaging.sender(account)), method=method, now=found.updated_at)
    kind = f"text/calendar; charset=utf-8; method={method}"
    return HttpResponse(text, kind, headers={"Content-Disposition": 'attachment; filename="appointment.ics"'})
