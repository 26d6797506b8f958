"""Which calendars belong to a group and in which order, by buttons that need no script."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.calendars import groups as reading
from admitone.calendars import services
from admitone.calendars.models import Calendar, CalendarGroup
from admitone.manage.calendars.reading import public_url
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.groups.opening import edited

STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """A calendar of the group. `focus` names the button that was just pressed here, or the one that is left."""

    calendar: Calendar
    number: int
    is_first: bool
    is_last: bool
    public_url: str
    focus: str


def rows_of(request: AccountRequest, group: CalendarGroup) -> list[Row]:
    found = list(reading.members(group))
    moved, way = request.GET.get("moved", ""), request.GET.get("way", "")
    return [
        Row(each, n, n == 1, n == len(found), public_url(request.account, each), focus(n, len(found), way))
        if str(each.id) == moved
        else Row(each, n, n == 1, n == len(found), public_url(request.account, each), "")
        for n, each in enumerate(found, 1)
    ]


def focus(place: int, size: int, way: str) -> str:
    if way == "up":
        return "up" if place > 1 else "down"
    return "down" if place < size else "up"


def outside(request: AccountRequest, group: CalendarGroup) -> list[Calendar]:
    """Calendars that could join, by name."""
    rows = Calendar.objects.filter(account=request.account, deleted_at=None).exclude(group=group)
    return list(rows.select_related("group").order_by("name", "id"))


@require_POST
@in_account()
def order(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    """`move` is "up:ID" or "down:ID", `remove` an id. What is not there any more changes nothing."""
    group = edited(request, group_id)
    now_in = list(reading.members(group))
    way, _colon, key = request.POST.get("move", "").partition(":")
    chosen = as_uuid(key or request.POST.get("remove", ""))
    place = next((n for n, each in enumerate(now_in) if each.id == chosen), None)
    if place is None:
        return redirect("manage:group", account.slug, group.id)
    one = now_in.pop(place)
    query = ""
    if way in STEPS:
        place = min(max(place + STEPS[way], 0), len(now_in))
        now_in.insert(place, one)
        query = f"?moved={one.id}&way={way}"
        messages.success(request, _("%(name)s is now number %(n)d.") % {"name": one.name, "n": place + 1})
    else:
        messages.success(request, _("%(name)s left the group. The calendar stays as it is.") % {"name": one.name})
    write(request, group, [each.id for each in now_in])
    return redirect(reverse("manage:group", args=[account.slug, group.id]) + query)


@require_POST
@in_account()
def add(request: AccountRequest, account: Account, group_id: UUID) -> HttpResponse:
    """Put a calendar last."""
    group = edited(request, group_id)
    key = as_uuid(request.POST.get("calendar", ""))
    if key:
        ids = [each for each in reading.members(group).values_list("id", flat=True) if each != key]
        write(request, group, [*ids, key])
        messages.success(request, _("The calendar belongs to the group now."))
    return redirect("manage:group", account.slug, group.id)


def write(request: AccountRequest, group: CalendarGroup, ids: list[UUID]) -> None:
    services.set_members(
        account=request.account, group_id=group.id, calendars=ids, actor=request.actor, now=timezone.now()
    )
