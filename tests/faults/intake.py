"""A form whose answer makes a link and mails it: `python -m tests.faults.intake` prints its id and the workflow's as JSON.

It runs in a process of its own with the server's environment. `--crowd N` adds another account with such a form and N
contacts, and enrolls them all.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from admitone.cli.boot import boot

if TYPE_CHECKING:
    from admitone.accounts.models import Account

FIELDS = [
    {"label": "First name", "required": True, "maps_to": "first_name"},
    {"label": "Email", "kind": "email", "required": True, "maps_to": "email"},
]


def intake(slug: str, now: datetime) -> tuple[Account, dict[str, str]]:
    """A published workflow of a new account."""
    from tests import factories

    from admitone.events import SYSTEM
    from admitone.forms.services import create_form
    from admitone.workflows.services import create_workflow, publish

    account = factories.account(name=slug.title(), slug=slug)
    calendar = factories.calendar(account, name="Consultation")
    form = create_form(account=account, actor=SYSTEM, now=now, name="Intake", description="", fields=FIELDS)
    link = {"name": "booking_link", "type": "one_time_link.generate", "params": {"calendar": str(calendar.id)}}
    body = "Hello {{ contact.first_name }}, book here: {{ steps.booking_link.url }}"
    mail = {"name": "email", "type": "email.send", "params": {"subject": "Your link", "body": body}}
    document = {
        "name": "Link for everybody",
        "triggers": [{"type": "form.submitted", "filters": {"forms": [str(form.id)]}}],
        "steps": [link, mail],
    }
    workflow = create_workflow(account=account, document=document, actor=SYSTEM, now=now)
    publish(account=account, workflow_id=workflow.id, actor=SYSTEM, now=now)
    return account, {"form": str(form.id), "workflow": str(workflow.id)}


def crowd(count: int, now: datetime) -> None:
    """So many contacts of another account enter its workflow at once."""
    from admitone.contacts.models import Contact
    from admitone.events import SYSTEM
    from admitone.workflows.services.bulk import start_bulk

    account, made = intake("crowd", now)
    people = (
        Contact(
            account=account,
            name=f"Person {n}",
            email=f"person{n}@crowd.example",
            email_key=f"person{n}@crowd.example",
            created_at=now,
            updated_at=now,
        )
        for n in range(count)
    )
    Contact.objects.bulk_create(people, batch_size=1000)
    start_bulk(account=account, workflow_id=made["workflow"], source={"kind": "all"}, actor=SYSTEM, now=now)


def main(arguments: list[str]) -> dict[str, str]:
    boot()
    from django.utils import timezone

    if "--crowd" in arguments:
        crowd(int(arguments[arguments.index("--crowd") + 1]), timezone.now())
        return {}
    return intake("storm", timezone.now())[1]


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.stdout.write(json.dumps(main(sys.argv)) + "\n")
