"""A form whose answer makes a link and mails it: `python -m tests.faults.intake` prints its id and the workflow's as JSON.

It runs in a process of its own with the server's environment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from admitone.cli.boot import boot

FIELDS = [
    {"label": "First name", "required": True, "maps_to": "first_name"},
    {"label": "Email", "kind": "email", "required": True, "maps_to": "email"},
]


def main() -> dict[str, str]:
    boot()
    from django.utils import timezone
    from tests import factories

    from admitone.events import SYSTEM
    from admitone.forms.services import create_form
    from admitone.workflows.services import create_workflow, publish

    now = timezone.now()
    account = factories.account(name="Storm", slug="storm")
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
    return {"form": str(form.id), "workflow": str(workflow.id)}


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.stdout.write(json.dumps(main()) + "\n")
