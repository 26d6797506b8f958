"""Rows for tests, with sensible defaults; keyword arguments override any field. Instants default to NOW."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from admitone.accounts.models import Account, Agency, ApiKey, Membership, User
from admitone.booking.models import Booking
from admitone.booking.services import book
from admitone.calendars.models import Calendar, CalendarGroup, Host
from admitone.calendars.queries import plan_by_id
from admitone.calendars.services import create_calendar, create_group
from admitone.contacts.models import Contact, CustomField, Tag, Task
from admitone.contacts.services import add_tag, add_task, create_field
from admitone.events.actor import GUEST, SYSTEM
from admitone.forms.models import Form, Submission
from admitone.forms.services import create_form, submit
from admitone.links.models import OneTimeLink
from admitone.logic.bookings import clean_guest
from admitone.messaging.models import Message, MessageTemplate
from admitone.pipelines.models import Opportunity, Pipeline, Stage
from admitone.pipelines.services import create_opportunity, create_pipeline
from admitone.workflows.models import Workflow
from admitone.workflows.services import create_workflow

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)  # a Monday
PASSWORD = "correct horse battery"

_numbers = count(1)


def agency(**fields: Any) -> Agency:
    return Agency.objects.create(**{"name": "Agency", "created_at": NOW, **fields})


def account(**fields: Any) -> Account:
    """A sub-account, in an agency of its own unless given one."""
    n = next(_numbers)
    fields.setdefault("agency", fields.get("agency") or agency(name=f"Agency {n}"))
    return Account.objects.create(
        **{"name": f"Clinic {n}", "slug": f"clinic-{n}", "timezone": "Europe/Berlin", "created_at": NOW, **fields}
    )


def user(**fields: Any) -> User:
    """Somebody who signs in with PASSWORD."""
    n = next(_numbers)
    values = {"email": f"user-{n}@example.com", "password": PASSWORD, "name": f"User {n}", **fields}
    return User.objects.create_user(**values)


def member(of: Account, role: str = "member", **fields: Any) -> User:
    who = user(**fields)
    Membership.objects.create(account=of, user=who, role=role, created_at=NOW)
    return who


def owner(of: Account, **fields: Any) -> User:
    return member(of, "owner", **fields)


def api_key(of: Account, scopes: Sequence[str] = ("read", "write"), **fields: Any) -> tuple[ApiKey, str]:
    """The row and the secret that a program sends."""
    secret = f"ao_{next(_numbers):043d}"
    values = {
        "name": "Test key",
        "prefix": secret[:10],
        "key_hash": hashlib.sha256(secret.encode()).hexdigest(),
        "scopes": list(scopes),
        "created_at": NOW,
        **fields,
    }
    return ApiKey.objects.create(account=of, **values), secret


def host(of: Account, **fields: Any) -> Host:
    n = next(_numbers)
    values = {"name": f"Dr Host {n}", "email": f"host-{n}@example.com", "created_at": NOW, **fields}
    return Host.objects.create(agency=of.agency, **values)


def calendar(of: Account, **fields: Any) -> Calendar:
    """A personal calendar, open Monday to Friday 09:00-17:00 local, 30 minutes, no notice, no buffers, a host of its own.

    `fields` are those of calendars.services.create_calendar: `host`, `hours` {weekday: [(start, end)]}, `timezone`, ...
    """
    fields.setdefault("host", fields.get("host") or host(of))
    values = {"name": f"Consultation {next(_numbers)}", "notice": 0, **fields}
    return create_calendar(account=of, actor=SYSTEM, now=NOW, **values)


def group(of: Account, *calendars: Calendar, **fields: Any) -> CalendarGroup:
    """A group of these calendars, of two new ones without any."""
    found = calendars or (calendar(of, name="First visit"), calendar(of, name="Check-up", duration=60))
    fields = {"name": "Consultations", **fields}
    return create_group(account=of, actor=SYSTEM, now=NOW, calendars=[one.id for one in found], **fields)


def contact(of: Account, **fields: Any) -> Contact:
    n = next(_numbers)
    values = {"name": f"Guest {n}", "email": f"guest-{n}@example.com", "created_at": NOW, "updated_at": NOW, **fields}
    values.setdefault("email_key", values["email"].lower() or None)
    return Contact.objects.create(account=of, **values)


def link(of: Calendar, **fields: Any) -> OneTimeLink:
    """An active one-time link of a calendar."""
    return OneTimeLink.objects.create(account=of.account, calendar=of, **{"created_at": NOW, **fields})


def booking(of: Calendar, start: datetime = NOW + timedelta(days=1), **guest: Any) -> Booking:
    """A confirmed booking made by hand at `start`, an instant on the minute; `guest` holds name, email, phone, note, ..."""
    n = next(_numbers)
    plan = plan_by_id(of.id)
    assert plan
    who = clean_guest(plan, {"name": f"Guest {n}", "email": f"guest-{n}@example.com", **guest})
    at = int(start.timestamp()) // 60
    done = book(plan=plan, start=at, guest=who, source="by_hand", actor=SYSTEM, now=NOW, by_hand=True)
    return Booking.objects.get(id=done.id)


def form(of: Account, **fields: Any) -> Form:
    """A form that asks for name and email; `fields` are those of forms.services.create_form."""
    return create_form(account=of, actor=SYSTEM, now=NOW, **{"name": f"Form {next(_numbers)}", **fields})


def submission(of: Form, **answers: Any) -> Submission:
    """A filled-in form, by a guest of its own unless `email` says otherwise."""
    n = next(_numbers)
    given = {"first_name": f"Guest {n}", "email": f"guest-{n}@example.com", **answers}
    return submit(form=of, answers=given, meta={"source": "api"}, actor=GUEST, now=NOW)


def pipeline(of: Account, **fields: Any) -> Pipeline:
    """New, Qualified, Booked unless `stages` says otherwise."""
    return create_pipeline(account=of, actor=SYSTEM, now=NOW, **{"name": f"Pipeline {next(_numbers)}", **fields})


def opportunity(stage: Stage, **fields: Any) -> Opportunity:
    """A deal in a stage, with a contact of its own unless given one."""
    fields.setdefault("contact", fields.get("contact") or contact(stage.account))
    return create_opportunity(account=stage.account, stage_id=stage.id, actor=SYSTEM, now=NOW, **fields)


def workflow(of: Account, *steps: dict[str, Any], **document: Any) -> Workflow:
    """A draft that a form starts, with these steps, or with a mail to the contact."""
    mail = {"name": "mail", "type": "email.send", "params": {"subject": "Hello", "body": "Welcome."}}
    rows = list(steps) or [mail]
    values = {"name": f"Workflow {next(_numbers)}", "triggers": [{"type": "form.submitted"}], "steps": rows, **document}
    return create_workflow(account=of, document=values, actor=SYSTEM, now=NOW, unfinished=True)


def tag(of: Contact, name: str = "") -> Tag:
    """A tag that the contact has."""
    name = name or f"Tag {next(_numbers)}"
    return add_tag(account=of.account, contact_id=of.id, tag=name, actor=SYSTEM, now=NOW)


def task(of: Contact, **fields: Any) -> Task:
    """Something to do about a contact."""
    return add_task(account=of.account, contact_id=of.id, actor=SYSTEM, now=NOW, **{"title": "Ring back", **fields})


def custom_field(of: Account, **fields: Any) -> CustomField:
    return create_field(account=of, actor=SYSTEM, now=NOW, **{"label": f"Field {next(_numbers)}", **fields})


def message(of: Account, **fields: Any) -> Message:
    values = {
        "kind": "test",
        "key": str(uuid4()),
        "to": "ana@example.com",
        "subject": "Hello",
        "text": "Hello",
        "created_at": NOW,
        **fields,
    }
    return Message.objects.create(account=of, **values)


def message_template(of: Account, **fields: Any) -> MessageTemplate:
    values = {"name": "Welcome", "subject": "Hello", "body": "Dear {{ contact.first_name }}", "created_at": NOW}
    return MessageTemplate.objects.create(account=of, **{**values, "updated_at": NOW, **fields})
