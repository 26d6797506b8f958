"""Every component in every state on a few pages; `?lang=ar` and `?theme=dark` change the reader."""

from __future__ import annotations

from calendar import Calendar
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from admitone.ui import formats, statuses

COLOURS = ("canvas", "surface", "sunken", "line", "line-strong", "ink", "ink-2", "ink-3", "accent", "danger", "warn", "ok", "info")  # fmt: skip
NOW = datetime(2026, 12, 8, 9, 42, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(help_text="As it should stand on the invitation.")
    email = forms.EmailField()
    slug = forms.SlugField(required=False)
    minutes = forms.IntegerField(initial=30)
    kind = forms.ChoiceField(choices=[("video", "Video call"), ("phone", "Phone call")])
    note = forms.CharField(widget=forms.Textarea, required=False)
    policy = forms.ChoiceField(
        choices=[("prefill", "Fill in for them"), ("verify", "Check by mail"), ("refuse", "Only this person")],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        choices=[("1", "Monday"), ("2", "Tuesday")], widget=forms.CheckboxSelectMultiple, required=False
    )
    consent = forms.BooleanField(label="I agree to the privacy notice", help_text="Version 3 of 1 November.")
    active = forms.BooleanField(label="Take bookings", required=False, help_text="Open links stop working while off.")


def app(request: HttpRequest) -> HttpResponse:
    """The signed-in parts."""
    return _render(request, "ui/styleguide/app.html")


def public(request: HttpRequest) -> HttpResponse:
    """The parts of the booking page."""
    return _render(request, "ui/styleguide/public.html")


def auth(request: HttpRequest) -> HttpResponse:
    """The sign-in card."""
    return _render(request, "ui/styleguide/auth.html")


def email(request: HttpRequest) -> HttpResponse:
    """The mail frame."""
    return _render(request, "ui/styleguide/email.html")


def _render(request: HttpRequest, template: str) -> HttpResponse:
    request.COOKIES["admitone_theme"] = request.GET.get("theme", "")
    with translation.override(request.GET.get("lang", "en")):
        return render(request, template, _context())


def _context() -> dict[str, Any]:
    rows = [
        {"code": "K7P2QX", "status": status, "by": by, "created": NOW - timedelta(hours=3 * n + 1)}
        for n, (status, by) in enumerate(
            [("active", "by hand"), ("used", "workflow"), ("expired", "API"), ("deleted", "bulk"), ("active", "API")]
        )
    ]
    first = formats.first_weekday()
    return {
        "form": SampleForm(initial={"name": "Dr. Amara Osei", "policy": "prefill"}),
        "broken": SampleForm(
            {"name": "", "email": "not-an-address", "minutes": "x", "kind": "video"}, auto_id="broken_%s"
        ),
        "statuses": list(statuses.LOOKS),
        "colours": COLOURS,
        "page": Paginator(range(1234), 25).page(2),
        "rows": rows,
        "now": NOW,
        "zone": "Europe/Berlin",
        "heads": formats.weekday_heads(first),
        "weeks": Calendar(first).monthdatescalendar(2026, 12),
        "chosen": date(2026, 12, 8),
        "open_days": [date(2026, 12, d) for d in (8, 9, 10, 11, 14, 15, 17, 18, 21, 22)],
        "times": {
            "Morning": [NOW.replace(hour=7) + timedelta(minutes=30 * n) for n in range(6)],
            "Afternoon": [NOW.replace(hour=13) + timedelta(minutes=30 * n) for n in range(5)],
        },
    }
