"""Compiling: a calendar, its hours, hosts and brand become one CalendarPlan, stored in the calendar's own row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal, cast
from uuid import UUID

from django.db.models import QuerySet

from admitone.accounts.addresses import permanent_url
from admitone.accounts.queries import as_uuid
from admitone.calendars.models import Calendar, CalendarHost, Schedule
from admitone.logic import availability, brand
from admitone.logic.assignment import Strategy
from admitone.logic.form_rules import Rule
from admitone.logic.kinds import SEATED, TEAMS
from admitone.logic.plan import CalendarPlan, PlanBrand, PlanForm, PlanHost, encode
from admitone.logic.slots import Rules

Mode = Literal["replace", "add", "subtract"]
SAME = (
    "slug",
    "kind",
    "count_days",
    "capacity",
    "guest_picks_host",
    "per_contact_limit",
    "approval",
    "approval_hours",
    "series_max",
    "form_first",
    "location_hidden",
    "room_provider",
    "name",
    "description",
    "active",
    "access",
    "location_kind",
    "location",
    "phone",
    "email_required",
    "note",
    "consent_text",
    "consent_version",
    "confirmation_message",
    "redirect_url",
    "contact_policy",
    "contact_name",
    "contact_email",
    "contact_phone",
    "reminder_hours",
    "zone_locked",
    "guest_can_reschedule",
    "guest_can_cancel",
    "busy_policy",
)


def compile_plan(calendar: Calendar) -> CalendarPlan:
    """The plan of a calendar as its rows stand now; `version` is the calendar's plan_version. Writes nothing."""
    account = calendar.account
    return CalendarPlan(
        version=calendar.plan_version,
        calendar_id=str(calendar.id),
        account_id=str(account.id),
        agency_id=str(account.agency_id),
        account_slug=account.slug,
        account_name=account.name,
        locale=account.locale,
        schedule=schedule_of(calendar.schedule),
        rules=rules_of(calendar),
        hosts=hosts_of(calendar),
        strategy=cast("Strategy", calendar.strategy),
        brand=brand_of(calendar),
        change_cutoff_minutes=calendar.change_cutoff,
        embed_origins=tuple(calendar.embed_origins),
        **by_kind(calendar),
        **{name: getattr(calendar, name) for name in SAME} | form_of(calendar),
    )


def form_of(calendar: Calendar) -> dict[str, Any]:
    """The booking form as it asks now; a deleted one asks nothing. Its consent text stands before the calendar's."""
    form = calendar.form
    if form is None or form.deleted_at is not None:
        return {}
    rules = tuple(replace(rule, redirect_url=page_of(rule)) for rule in form.disqualifiers)
    consent = {"consent_text": form.consent_text, "consent_version": form.consent_version}
    return {
        "form_id": str(form.id),
        "form": PlanForm(form.version, tuple(form.questions), rules),
        **(consent if form.consent_text else {}),
    }


def page_of(rule: Rule) -> str:
    """Where a disqualified guest may go on: the rule's page, or the permanent address of its calendar."""
    key = as_uuid(rule.calendar)
    return permanent_url(key) if key else rule.redirect_url


def by_kind(calendar: Calendar) -> dict[str, Any]:
    """Rules that not every type has: what was set before the type changed rests."""
    seated, team = calendar.kind in SEATED, calendar.kind in TEAMS
    return {
        "durations": () if seated else tuple(one for one in calendar.durations if one != calendar.duration),
        "max_party": calendar.max_party if seated else 1,
        "waitlist": calendar.waitlist and seated and calendar.capacity > 0,
        "per_host_day_limit": calendar.per_host_day_limit if team else None,
    }


def recompile(calendars: QuerySet[Calendar]) -> int:
    """Rewrite the plans of some calendars, one version up, in the caller's transaction; how many there were.

    Their rows are locked in order of id, so that two writers cannot each compile without the other's change.
    """
    count = 0
    for row in locked(calendars):
        store(row)
        count += 1
    return count


def recompile_account(account_id: UUID) -> int:
    """To be called in the transaction that changed an account's name, slug or language."""
    return recompile(Calendar.objects.filter(account_id=account_id))


def recompile_host(host_id: UUID) -> int:
    """To be called in the transaction that changed a host's name or address; crosses sub-accounts of the agency."""
    return recompile(Calendar.objects.filter(calendar_hosts__host_id=host_id))


def locked(calendars: QuerySet[Calendar]) -> Iterable[Calendar]:
    """The rows, locked in order of id (a no-op on SQLite, whose transactions are exclusive), with what a plan needs."""
    ids = list(calendars.order_by("id").values_list("id", flat=True))
    # A full FOR UPDATE would bar the bookings and links that refer to the calendar, and could deadlock with them.
    rows = Calendar.objects.filter(id__in=ids).select_for_update(of=("self",), no_key=True).order_by("id")
    return rows.select_related("account", "schedule", "form")


def store(calendar: Calendar, fields: Iterable[str] = ()) -> None:
    """Save `fields` of a locked calendar together with its new plan."""
    calendar.plan_version += 1
    calendar.plan = encode(compile_plan(calendar))
    calendar.save(update_fields=[*fields, "plan", "plan_version"])


def schedule_of(schedule: Schedule) -> availability.Schedule:
    """Equal windows of several weekdays become one window, the shortest form for the page."""
    days: dict[tuple[int, ...], list[int]] = defaultdict(list)
    rows = schedule.hours.order_by("weekday", "start")
    for weekday, *window in rows.values_list("weekday", "start", "end", "every", "phase"):
        days[tuple(window)].append(weekday)
    return availability.Schedule(
        timezone=schedule.timezone,
        windows=tuple(availability.Window(tuple(on), *window) for window, on in sorted(days.items())),
        overrides=overrides_of(schedule),
    )


def overrides_of(schedule: Schedule) -> tuple[availability.Override, ...]:
    """What is written for single dates, and public holidays as closed dates where nothing replaces them."""
    found = [
        availability.Override(row.date, tuple((low, high) for low, high in row.windows), cast("Mode", row.mode))
        for row in schedule.overrides.order_by("date", "mode")
    ]
    if not schedule.holiday_country:
        return tuple(found)
    replaced = {one.date for one in found if one.mode == "replace"}
    closed = schedule.holidays.filter(open=False).values_list("date", flat=True)
    found += [availability.Override(day) for day in closed if day not in replaced]
    return tuple(sorted(found, key=lambda one: (one.date, one.mode)))


def rules_of(calendar: Calendar) -> Rules:
    return Rules(
        duration=calendar.duration,
        interval=calendar.interval,
        before=calendar.buffer_before,
        after=calendar.buffer_after,
        notice=calendar.notice,
        alignment=cast("Literal['window', 'packed']", calendar.alignment),
        buffer_rule=cast("Literal['max', 'sum']", calendar.buffer_rule),
        per_day_limit=calendar.per_day_limit,
        per_week_limit=calendar.per_week_limit,
        per_month_limit=calendar.per_month_limit,
        cutoff_days=calendar.cutoff_days,
        cutoff_at=calendar.cutoff_at if calendar.cutoff_days is not None else 0,
        range_kind=cast("Literal['rolling', 'working', 'fixed', 'unlimited']", calendar.range_kind),
        range_days=calendar.range_days,
        range_first=calendar.range_first,
        range_last=calendar.range_last,
    )


def hosts_of(calendar: Calendar) -> tuple[PlanHost, ...]:
    rows = CalendarHost.objects.filter(calendar=calendar).select_related("host", "schedule")
    rows = rows.order_by("-priority", "host_id")
    return tuple(PlanHost(**_host(row)) for row in rows)


def _host(row: CalendarHost) -> dict[str, Any]:
    host = row.host
    return {
        "id": str(host.id),
        "name": host.name,
        "email": host.email,
        "user_id": str(host.user_id) if host.user_id else None,
        "priority": row.priority,
        "weight": row.weight,
        "required": row.required,
        "video_url": host.video_url,
        "schedule": schedule_of(row.schedule) if row.schedule else None,
    }


def brand_of(calendar: Calendar) -> PlanBrand:
    color, radius = calendar.brand_color, calendar.brand_radius
    return PlanBrand(
        color=color,
        ink=brand.ink_on(color) if color else "",
        radius=radius,
        css_hash=brand.css_hash(color, radius),
        logo_id=str(calendar.logo_id or ""),
    )


def brand_css(brand_: PlanBrand) -> str:
    """The style sheet behind /brand/<css_hash>.css; the address names its whole content, so it never changes."""
    return brand.style_sheet(brand_.color, brand_.radius)


def brand_css_by_hash(css_hash: str) -> str | None:
    """The same from the address alone, without a query; None for a name that no calendar can have."""
    found = brand.parse_hash(css_hash)
    return brand.style_sheet(*found) if found else None
