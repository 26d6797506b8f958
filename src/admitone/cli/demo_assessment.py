"""The demo's calendar with a booking form: its questions come first, some answers lead elsewhere, and consent is asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from admitone.accounts.models import Account
    from admitone.calendars.models import Calendar
    from admitone.forms.models import Form

NAME = "Implant assessment"
CONSENT = "I agree that the clinic stores my answers to prepare this assessment. I can take this back at any time."
FIELDS = [
    {"label": "First name", "key": "first", "required": True, "maps_to": "first_name", "width": "half"},
    {"label": "Last name", "key": "last", "required": True, "maps_to": "last_name", "width": "half"},
    {"label": "Email", "key": "email", "kind": "email", "required": True, "maps_to": "email"},
    {"label": "Phone", "key": "phone", "kind": "phone", "maps_to": "phone"},
    {"label": "How old are you?", "key": "age", "kind": "choice", "required": True, "options": ["Under 18", "18 to 64", "65 or older"]},
    {"label": "How many teeth are missing?", "key": "teeth", "kind": "choice", "required": True, "options": ["One", "Two or three", "More", "I do not know"]},
    {"label": "Since when?", "key": "since", "kind": "choice", "options": ["Some weeks", "Some months", "Years"], "width": "half"},
    {"label": "Do you smoke?", "key": "smokes", "kind": "choice", "options": ["No", "Sometimes", "Daily"], "width": "half"},
    {"label": "Which medicine do you take?", "key": "medicine", "kind": "textarea"},
]  # fmt: skip
#: Who has booked, and when, in weekdays' open times from three days ahead on.
GUESTS = (
    (9, "Helene", "Brandt", {"age": "65 or older", "teeth": "Two or three", "since": "Years", "smokes": "No", "medicine": "Apixaban, twice a day."}),
    (20, "Oskar", "Lange", {"age": "18 to 64", "teeth": "One", "since": "Some weeks", "smokes": "Sometimes"}),
)  # fmt: skip


def ensure_assessment(account: Account, now: datetime) -> str:
    """The address of its page; made on first need, in one transaction."""
    from django.db import transaction

    from admitone.accounts.addresses import scheduling_url
    from admitone.calendars.models import Calendar

    calendar = Calendar.objects.filter(account=account, name=NAME, deleted_at=None).first()
    if calendar is None:
        with transaction.atomic():
            calendar = make(account, now)
    return scheduling_url(account.slug, calendar.slug)


def make(account: Account, now: datetime) -> Calendar:
    from admitone.calendars.models import Calendar
    from admitone.calendars.services import choose_form, create_calendar
    from admitone.events import SYSTEM

    who: dict[str, Any] = {"account": account, "actor": SYSTEM, "now": now}
    first = Calendar.objects.filter(account=account, deleted_at=None).order_by("id")[0]
    made = create_calendar(
        **who,
        name=NAME,
        duration=45,
        host=first.calendar_hosts.get().host,
        description="Forty-five minutes with X-ray. A few questions first, so that we are prepared.",
        location_kind=first.location_kind,
        location=first.location,
        notice=1440,
        form_first=True,
        brand_color="#1f6f5c",
    )
    form = make_form(who, first)
    calendar = choose_form(**who, calendar_id=made.id, form_id=form.id)
    fill(calendar, form, now)
    return calendar


def make_form(who: dict[str, Any], elsewhere: Calendar) -> Form:
    """Who is too young for an implant is led to the `elsewhere` calendar."""
    from admitone.forms.services import create_form

    young = "Implants are set once the jaw has stopped growing. Come to a consultation: there are other ways."
    return create_form(
        **who,
        name=NAME,
        description="What we have to know before we look at implants with you.",
        fields=FIELDS,
        rules=[{"key": "age", "equals": "Under 18", "message": young, "calendar": str(elsewhere.id)}],
        consent_text=CONSENT,
    )


def fill(calendar: Calendar, form: Form, now: datetime) -> None:
    """Two appointments with their answers, and somebody who was led elsewhere."""
    from admitone.booking.queries import open_slots
    from admitone.booking.services import book
    from admitone.events import GUEST
    from admitone.forms.services import submit
    from admitone.logic.bookings import clean_guest
    from admitone.logic.clock import to_min_ceil

    plan, first = calendar.compiled, to_min_ceil(now) + 3 * 1440
    free = open_slots(plan, now=now, first=first, end=first + 7 * 1440)
    for place, name, family, answers in GUESTS:
        given = {"first": name, "last": family, "email": f"{name.lower()}@guest.example", **answers}
        guest = clean_guest(plan, {"answers": given, "consent": True, "timezone": "Europe/Berlin", "locale": "de"})
        book(plan=plan, start=free[place], guest=guest, source="scheduling_link", actor=GUEST, now=now)
    young = {"first": "Tim", "last": "Falk", "email": "tim@guest.example", "age": "Under 18", "teeth": "One"}
    meta = {"source": "scheduling_link", "timezone": "Europe/Berlin"}
    submit(form=form, answers={**young, "consent": True}, meta=meta, actor=GUEST, now=now)
