"""The demo's workflow: whoever sends the intake form gets a link of their own. Three people are in it already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from admitone.accounts.models import Account
    from admitone.calendars.models import Calendar
    from admitone.forms.models import Form
    from admitone.workflows.models import Enrollment, Workflow


@dataclass(frozen=True)
class Person:
    """Somebody who sent the form so many days ago; the email is missing for who left a number only."""

    first_name: str
    last_name: str
    days: int
    books: bool = False
    email: bool = True


PEOPLE = (
    Person("Nora", "Lindt", 3, books=True),
    Person("Theo", "Brandt", 1),
    Person("Ida", "Falk", 2, email=False),
)


def ensure_workflow(account: Account, calendar: Calendar, form_id: str, now: datetime) -> dict[str, str]:
    """workflow_id of the account's first workflow, made and entered on first need."""
    from django.db import transaction

    from admitone.forms.queries import public_form
    from admitone.workflows.queries import listing

    found = listing(account).order_by("created_at").first()
    if found is None:
        with transaction.atomic():
            found = build(account, calendar, form_id, now - timedelta(days=7))
            for person in PEOPLE:
                live_through(public_form(form_id), calendar, found, person, now)
    return {"workflow_id": str(found.id)}


def build(account: Account, calendar: Calendar, form_id: str, at: datetime) -> Workflow:
    from admitone.events import SYSTEM
    from admitone.workflows.services import create_workflow, publish
    from admitone.workflows.templates import template_called

    document = template_called("form_link").document({"calendar": str(calendar.id), "form": form_id})
    made = create_workflow(account=account, document=document, actor=SYSTEM, now=at)
    publish(account=account, workflow_id=made.id, actor=SYSTEM, now=at)
    return made


def live_through(form: Form, calendar: Calendar, workflow: Workflow, person: Person, now: datetime) -> None:
    """Send the form, get the link and, for one of them, book with it."""
    from admitone.events import GUEST
    from admitone.events.models import Event
    from admitone.forms.services import submit
    from admitone.workflows.entering import enter
    from admitone.workflows.models import Enrollment

    at = now - timedelta(days=person.days)
    answers = {"first_name": person.first_name, "last_name": person.last_name}
    answers |= {"email": address(person)} if person.email else {"phone": f"+49 30 90182{person.days:03}"}
    sent = submit(form=form, answers=answers, meta={"source": "demo"}, actor=GUEST, now=at)
    event = Event.objects.get(kind="form.submitted", subject_id=sent.id)
    enter(event, at)
    enrollment = Enrollment.objects.get(workflow=workflow, cause_event_id=event.id)
    run(enrollment.id, at)
    if person.books:
        book(enrollment.id, calendar, person, at + timedelta(hours=2))


def address(person: Person) -> str:
    return f"{person.first_name}.{person.last_name}@guest.example".lower()


def run(enrollment_id: UUID, at: datetime) -> None:
    """As far as it goes by then."""
    from admitone.workflows.engine import turn

    while turn(enrollment_id, at):
        pass


def book(enrollment_id: UUID, calendar: Calendar, person: Person, at: datetime) -> None:
    from admitone.booking.queries import open_slots
    from admitone.links.services import redeem
    from admitone.logic.clock import to_min_ceil
    from admitone.workflows.models import Enrollment

    enrollment: Enrollment = Enrollment.objects.get(pk=enrollment_id)
    token = enrollment.outputs["booking_link"]["url"].rpartition("/")[2]
    first = to_min_ceil(at) + 6 * 1440
    start = open_slots(calendar.compiled, now=at, first=first, end=first + 7 * 1440)[3]
    name = f"{person.first_name} {person.last_name}"
    guest = {"name": name, "email": address(person), "timezone": "Europe/Berlin"}
    redeem(token=token, start=start, guest=guest, now=at)
    run(enrollment_id, at)
