"""Block time from the calendar, and free it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.accounts.queries import get
from admitone.calendars import access, queries, services
from admitone.calendars.models import BlockedTime, Calendar, Host
from admitone.logic.clock import from_min, to_min_ceil
from admitone.logic.errors import Problem
from admitone.manage.agenda import dialogs
from admitone.manage.agenda.forms import BlockForm
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.forms import posted, show_problem

#: Fields of the service -> of the form.
FIELDS = {"start": "time", "end": "end_time"}
HOUR = 60
MORNING = "09:00"


def blockable(request: AccountRequest) -> tuple[list[Host], list[Calendar]]:
    """Hosts and calendars whose time the person may block: all for admins, of the calendars they manage for members."""
    calendars = access.visible_calendars(request.user, request.account, request.role)
    if permissions.at_least(request.role, "admin"):
        return list(queries.hosts_for(request.account)), list(calendars)
    mine = list(calendars.filter(access_rows__user=request.user, access_rows__level="manage"))
    hosts = Host.objects.filter(calendar_hosts__calendar__in=mine).distinct().order_by("name", "id")
    return list(hosts), mine


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def block(request: AccountRequest, account: Account) -> HttpResponse:
    """GET asks, with ?start=, ?end= and ?host= of a drag; POST blocks."""
    hosts, calendars = blockable(request)
    if not calendars:
        raise Problem("forbidden")
    form = BlockForm(hosts, calendars, posted(request), initial=_initial(request))
    if form.is_bound and form.is_valid():
        try:
            _blocked(request, form, dialogs.zone(request))
            said = _("The time is blocked. Appointments that are there already stay.")
            return dialogs.done(request, said, "manage:agenda", account.slug)
        except Problem as problem:
            named = {FIELDS.get(name, name): sentence for name, sentence in problem.fields.items()}
            show_problem(form, Problem(problem.code, problem.detail, fields=named))
    return dialogs.show(request, "block", {"form": form}, title=_("Block time"), status=422 if form.errors else 200)


def _initial(request: AccountRequest) -> dict[str, str]:
    zone = dialogs.zone(request)
    start = dialogs.minute(request.GET.get("start"))
    if start is None:
        start = _suggested(request.GET.get("day", ""), zone)
    end = dialogs.minute(request.GET.get("end")) or start + HOUR
    until = dialogs.local(max(end, start), zone)
    found = {**dialogs.local(start, zone), "end_date": until["date"], "end_time": until["time"]}
    host = request.GET.get("host", "")
    return found | ({"whose": f"host:{host}"} if host else {})


def _suggested(day: str, zone: str) -> int:
    """The next full hour; the morning of `day` (a date that is looked at) if that is later."""
    soon = -(-to_min_ceil(timezone.now()) // HOUR) * HOUR
    try:
        return max(soon, dialogs.typed(day, MORNING, zone))
    except Problem:
        return soon


def _blocked(request: AccountRequest, form: BlockForm, zone: str) -> None:
    data = form.cleaned_data
    kind, _colon, key = data["whose"].partition(":")
    whose: dict[str, Any] = {f"{kind}_id": UUID(key)}
    services.block_time(
        account=request.account,
        actor=request.actor,
        now=timezone.now(),
        start=dialogs.typed(data["date"], data["time"], zone),
        end=_end(data, zone),
        note=data["note"],
        **whose,
    )


def _end(data: dict[str, Any], zone: str) -> int:
    try:
        return dialogs.typed(data["end_date"], data["end_time"], zone)
    except Problem as problem:
        named = {"date": "end_date", "time": "end_time"}
        raise Problem("invalid", fields={named[name]: text for name, text in problem.fields.items()}) from problem


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def blocked(request: AccountRequest, account: Account, block_id: UUID) -> HttpResponse:
    """One blocked time; POST frees it."""
    row = get(account, BlockedTime, block_id, "host", "calendar")
    if not _sees(request, row):
        raise Problem("not_found")
    hosts, calendars = blockable(request)
    may_free = row.host in hosts or row.calendar in calendars
    if request.method == "POST":
        if not may_free:
            raise Problem("forbidden")
        services.unblock_time(account=account, block_id=row.id, actor=request.actor, now=timezone.now())
        return dialogs.done(request, _("The time is free again."), "manage:agenda", account.slug)
    context = {
        "row": row,
        "whose": row.host or row.calendar,
        "starts": from_min(row.start_min),
        "ends": from_min(row.end_min),
        "may_free": may_free,
    }
    return dialogs.show(request, "blocked", context, title=_("Blocked time"))


def _sees(request: AccountRequest, row: BlockedTime) -> bool:
    """Blocked time of a calendar they may see, or of one of its hosts."""
    calendars = access.visible_calendars(request.user, request.account, request.role)
    if permissions.at_least(request.role, "admin"):
        return True
    if row.calendar_id:
        return calendars.filter(id=row.calendar_id).exists()
    return calendars.filter(calendar_hosts__host=row.host_id).exists()
