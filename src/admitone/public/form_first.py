"""Calendars that ask before they show times: step one is the form, step two the times, the answers carried in hidden
fields of each POST. Nothing is stored in between, and whoever is ruled out sees no time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from admitone.logic.bookings import clean_guest, with_bound
from admitone.logic.errors import Problem
from admitone.logic.intake import ANSWER, fitting, hoisted
from admitone.logic.plan import CalendarPlan
from admitone.public import disqualified, seals
from admitone.public.attempts import Attempt
from admitone.public.door import Door
from admitone.public.forms import DetailsForm
from admitone.public.pages import Visit, page, with_query
from admitone.public.questions import PREFIX

#: What a button of step two may ask for: <button name="go" value="month=2026-12">, or value="tz" with a control go_tz.
MOVES = ("month", "day", "tz", "duration", "party", "host")
MAX_VALUE = 64


def applies(plan: CalendarPlan) -> bool:
    return plan.form_first and plan.form is not None


def moved(visit: Visit) -> Visit:
    """The visit with what a button asks for in its query, where the page looks."""
    name, equals, value = visit.request.POST.get("go", "").partition("=")
    if name in MOVES:
        query = visit.request.GET.copy()
        query[name] = (value if equals else visit.request.POST.get(f"go_{name}", ""))[:MAX_VALUE]
        if name == "month":
            query.pop("day", None)
        visit.request.GET = query  # type: ignore[assignment]
    return visit


def is_step(visit: Visit, plan: CalendarPlan) -> bool:
    """Did a button send this that books nothing? The way back to the answers is open in every calendar."""
    asked = visit.request.POST.get("go", "")
    return asked == "back" or (bool(asked) and applies(plan))


def before_times(
    visit: Visit, door: Door, attempt: Attempt, guest: Mapping[str, Any], details: Callable[[Attempt], DetailsForm]
) -> HttpResponse | None:
    """Step one, or the page of somebody ruled out; None for a guest who may see times."""
    form = details(replace(attempt, fields={}))
    if not visit.is_post or visit.request.POST.get("go") == "back":
        return ask(visit, door, attempt, form)
    problem = refusal(door, guest)
    if problem and problem.code == "disqualified":
        disqualified.keep(visit, door, problem)
        return disqualified.show(visit, problem, plan=door.plan, is_one_time=door.is_one_time, back=door.path)
    if problem and problem.code == "invalid":
        named = {name.replace(ANSWER, PREFIX, 1) for name in problem.fields}
        if not named & set(form.fields):
            return None  # wrong is what step two asks for
    if problem:
        back = replace(attempt, code=problem.code, fields=problem.fields, status=problem.status)
        return ask(visit, door, back, details(back))
    return None


def refusal(door: Door, guest: Mapping[str, Any]) -> Problem | None:
    """What keeps a guest from seeing times."""
    try:
        sent = hoisted(door.plan, fitting(door.plan, guest), door.known)
        clean_guest(door.plan, with_bound(sent, door.person, door.policy or "allow"), given=door.known)
    except Problem as problem:
        return problem
    return None


def ask(visit: Visit, door: Door, attempt: Attempt, form: DetailsForm) -> HttpResponse:
    """Step one, as it was typed."""
    context = {
        "door": door,
        "attempt": attempt,
        "form": form,
        "lost": None,
        "seal": seals.seal("book", door.scope, attempt.key),
        "action": with_query(door.path, visit.keep()),
        "zone": visit.zone() or door.zone or door.plan.schedule.timezone,
    }
    return page(visit, "public/questions.html", context, plan=door.plan, status=attempt.status)
