"""The editor of a schedule's week and dates, on its own page and on the Hours of a calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from admitone.calendars import services
from admitone.calendars.models import Override, Schedule
from admitone.logic.availability import week_number
from admitone.logic.errors import Problem
from admitone.logic.hours import clean_date, parse_windows, show_windows
from admitone.manage.calendars.forms import OverrideForm
from admitone.manage.calendars.week import Week
from admitone.manage.context import AccountRequest
from admitone.manage.forms import show_problem, zones

#: Renders the page the editor stands on, with the editor's context.
Page = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Editor:
    """A schedule on a page: `back` is the page's address, `removal` that of a date's removal."""

    request: AccountRequest
    schedule: Schedule
    page: Page
    back: str
    removal: Callable[[Date], str]

    @property
    def who(self) -> dict[str, Any]:
        request = self.request
        return {
            "account": request.account,
            "schedule_id": self.schedule.id,
            "actor": request.actor,
            "now": timezone.now(),
        }

    def week(self) -> HttpResponse:
        """`do=save` stores the week; the other buttons change the rows and show them again, unsaved."""
        request = self.request
        if request.method != "POST":
            return self.show(Week.of(self.schedule))
        week, action = Week.posted(request.POST), request.POST.get("do", "save")
        if action != "save":
            week.apply(action, request.POST)
            return self.show(week, unsaved=True)
        return self._save(week)

    def _save(self, week: Week) -> HttpResponse:
        cleaned, zone_error = week.clean(), ""
        zone = self.request.POST.get("timezone", self.schedule.timezone)
        if cleaned is not None:
            try:
                services.set_timezone(**self.who, timezone=zone)
                services.set_weekly_hours(**self.who, week=cleaned.week, alternating=cleaned.alternating)
            except Problem as problem:
                zone_error = problem.fields.get("timezone", problem.detail)
            else:
                return self.done(_("Saved."))
        return self.show(week, zone_error=zone_error, unsaved=True, status=422)

    def override(self) -> HttpResponse:
        """Other hours for a date, or for a run of dates."""
        form = OverrideForm(self.request.POST)
        if form.is_valid():
            try:
                services.set_override(**self.who, **_typed(form.cleaned_data))
            except Problem as problem:
                show_problem(form, problem)
            else:
                return self.done(_("Saved."))
        return self.show(Week.of(self.schedule), form=form, status=422)

    def clear(self, date: str) -> HttpResponse:
        """The weekly hours again on a date, or up to the posted `until`."""
        try:
            first, until = Date.fromisoformat(date), Date.fromisoformat(self.request.POST.get("until") or date)
        except ValueError as error:
            raise Http404 from error
        services.clear_override(**self.who, date=first, until=until, mode=self.request.POST.get("mode"))
        return self.done(_("The weekly hours count again."))

    def done(self, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return redirect(self.back)

    def show(
        self,
        week: Week,
        *,
        form: OverrideForm | None = None,
        zone_error: str = "",
        unsaved: bool = False,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        today, stored = timezone.now().date(), self.schedule.timezone
        zone = self.request.POST.get("timezone", stored) if unsaved else stored
        return self.page(
            status=status,
            schedule=self.schedule,
            week=[{"day": day, "name": WEEKDAYS[day.weekday], "others": _others(day.weekday)} for day in week.days],
            errors=[{**error, "day": WEEKDAYS[error["day"]]} for error in week.errors()],
            phases=phases(today),
            overrides=[{**run, "url": self.removal(run["date"])} for run in runs(self.schedule, today)],
            form=form or OverrideForm(initial=_asked(self.request)),
            zone=zone,
            zones=zones() if any(zone == name for name, _label in zones()) else [(zone, zone), *zones()],
            zone_error=zone_error,
            unsaved=unsaved,
            **more,
        )


def _asked(request: AccountRequest) -> dict[str, str]:
    """A date to open, if the address names one: ?date=, ?windows=."""
    found = {name: request.GET.get(name, "")[:200] for name in ("date", "windows")}
    return {**found, "mode": "add"} if found["date"] else {}


def phases(today: Date) -> list[tuple[str, Date]]:
    """Phase and Monday of this week and the next, for the choice of every other week."""
    monday = today - timedelta(days=today.weekday())
    return [(str(week_number(day.toordinal()) % 2), day) for day in (monday, monday + timedelta(days=7))]


def runs(schedule: Schedule, today: Date) -> list[dict[str, Any]]:
    """Single dates from yesterday on; neighbours with the same hours are one row, a vacation for one."""
    found: list[dict[str, Any]] = []
    for row in schedule.overrides.filter(date__gte=today - timedelta(days=1)).order_by("mode", "date")[:2000]:
        last = found[-1] if found else None
        same = last and (last["mode"], last["stored"]) == (row.mode, row.windows)
        if last and same and last["until"] + timedelta(days=1) == row.date:
            last["until"] = row.date
        else:
            found.append(_run(row))
    return sorted(found, key=lambda run: run["date"])


def _run(row: Override) -> dict[str, Any]:
    hours = {"date": row.date, "until": row.date, "mode": row.mode, "stored": row.windows}
    return {**hours, "windows": show_windows(row.windows)}


def _typed(typed: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, str] = {}
    read: dict[str, Any] = {"mode": typed["mode"] or "replace"}
    for name, parse in (("date", clean_date), ("windows", parse_windows), ("until", clean_date)):
        if name == "until" and not typed[name]:
            continue
        try:
            read[name] = parse(typed[name])
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise Problem("invalid", fields=errors)
    return read


def _others(weekday: int) -> list[tuple[int, str]]:
    return [(day, str(name)) for day, name in WEEKDAYS.items() if day != weekday]
