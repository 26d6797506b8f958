"""The team of a calendar: its type, who takes its appointments and how one of them is chosen, its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from admitone.accounts.models import Account
from admitone.calendars import queries, services
from admitone.calendars.models import Calendar, Host, Schedule
from admitone.calendars.services import TeamHost
from admitone.logic.errors import Problem
from admitone.logic.kinds import kind_of
from admitone.manage.calendars.forms import KIND_CHOICES, number, radio
from admitone.manage.calendars.opening import may_create, opened
from admitone.manage.calendars.page import show
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import show_problem


class TeamForm(forms.Form):
    kind = radio(gettext_lazy("Type"), KIND_CHOICES)
    capacity = number(
        gettext_lazy("Places"),
        required=False,
        help_text=gettext_lazy("Of each time. 0 is no limit, for events only."),
    )
    strategy = radio(
        gettext_lazy("Who gets an appointment"),
        [
            ("availability", gettext_lazy("The highest priority; among equals, whoever was booked longest ago")),
            ("equal", gettext_lazy("Whoever is behind their share, by weight")),
        ],
    )
    count_days = number(
        gettext_lazy("Days that the share looks back"),
        low=1,
        help_text=gettext_lazy("Appointments from then on are counted, those ahead too."),
    )
    guest_picks_host = forms.BooleanField(required=False, label=gettext_lazy("Guests may choose whom they meet"))


@dataclass(frozen=True, slots=True)
class Row:
    """A host as the form shows them, with what was typed."""

    host: Host
    chosen: bool
    priority: str = "0"
    weight: str = "1"
    required: bool = True
    schedule: str = ""
    video_url: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def team(request: AccountRequest, account: Account, calendar_id: UUID) -> HttpResponse:
    calendar = opened(request, calendar_id)
    hosts = list(queries.hosts_for(account))
    posted = request.method == "POST"
    form = TeamForm(request.POST if posted else None, initial=_initial(calendar))
    if posted and form.is_valid():
        try:
            _save(request, account, calendar, form.cleaned_data, hosts)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    rows = _typed(request.POST, hosts) if posted else _stored(calendar, hosts)
    schedules = list(Schedule.objects.filter(account=account).exclude(id=calendar.schedule_id).order_by("name", "id"))
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "may_room": may_create(request),
        "schedules": [(str(one.id), one.name) for one in schedules],
    }
    return show(request, calendar, "team", status=422 if form.errors else 200, **context)


def _initial(calendar: Calendar) -> dict[str, Any]:
    return {name: getattr(calendar, name) for name in TeamForm.base_fields}


def _stored(calendar: Calendar, hosts: Sequence[Host]) -> list[Row]:
    places = {one.host: one for one in services.current_team(calendar)}
    order = {host: place for place, host in enumerate(places)}
    return [_row(host, places.get(host.id)) for host in sorted(hosts, key=lambda one: order.get(one.id, len(order)))]


def _row(host: Host, place: TeamHost | None) -> Row:
    if place is None:
        return Row(host, chosen=False, video_url=host.video_url)
    own = str(place.schedule) if place.schedule else ""
    return Row(host, True, str(place.priority), str(place.weight), place.required, own, host.video_url)


def _typed(data: Mapping[str, str], hosts: Sequence[Host]) -> list[Row]:
    return [
        Row(
            host,
            f"host-{host.id}" in data,
            data.get(f"priority-{host.id}", "0"),
            data.get(f"weight-{host.id}", "1"),
            f"required-{host.id}" in data,
            data.get(f"schedule-{host.id}", ""),
            data.get(f"video-{host.id}", host.video_url),
        )
        for host in hosts
    ]


def _save(
    request: AccountRequest, account: Account, calendar: Calendar, data: dict[str, Any], hosts: Sequence[Host]
) -> None:
    kind = kind_of(data["kind"])
    chosen = [row for row in _typed(request.POST, hosts) if row.chosen]
    _save_rooms(request, account, _typed(request.POST, hosts))
    services.set_team(
        account=account,
        calendar_id=calendar.id,
        actor=request.actor,
        now=timezone.now(),
        kind=kind.name,
        hosts=[_place(row) for row in chosen],
        capacity=whole("capacity", data["capacity"]) if kind.seated and data["capacity"] else None,
        strategy=data["strategy"],
        count_days=whole("count_days", data["count_days"]),
        guest_picks_host=data["guest_picks_host"] and kind.choice,
    )


def _save_rooms(request: AccountRequest, account: Account, rows: Sequence[Row]) -> None:
    """Rooms belong to people, not to this calendar: those who manage one calendar alone leave them as they are."""
    if not may_create(request):
        return
    for row in rows:
        if row.video_url.strip() != row.host.video_url:
            _save_room(request, account, row)


def _save_room(request: AccountRequest, account: Account, row: Row) -> None:
    try:
        services.set_video_room(
            account=account, host_id=row.host.id, actor=request.actor, now=timezone.now(), video_url=row.video_url
        )
    except Problem as problem:
        raise Problem(
            "invalid", fields={"hosts": f"{row.host.name}: {problem.fields.get('video_url', '')}"}
        ) from problem


def _place(row: Row) -> TeamHost:
    priority, weight = whole("hosts", row.priority or "0"), whole("hosts", row.weight or "1")
    try:
        own = UUID(row.schedule) if row.schedule else None
    except ValueError as error:
        raise Problem("not_found") from error
    return TeamHost(row.host.id, priority, weight, row.required, own)


def whole(name: str, text: str) -> int:
    """A whole number as it was typed; Problem("invalid") about the field."""
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) < 7):
        raise Problem("invalid", fields={name: _("Enter a whole number.")})
    return int(plain)
