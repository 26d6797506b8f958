"""A workflow with a history for the browser: contacts who wait, are done, were skipped or failed; two versions and a draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

PEOPLE = (
    ("Greta Long-Hyphenated-Namington of the Western Practices", "greta@guest.example", "+493012345678"),
    ("Hugo", "hugo@guest.example", ""),
    ("", "ines@guest.example", "+493012345670"),
    ("Jonas", "", "+493012345671"),
)


def document(calendar_id: Any, subject: str) -> dict[str, Any]:
    """A link is sent, waited for, and followed by a nudge; whoever has a phone is thanked for it."""
    nudge = mail("nudge", "Still looking for a time?", "Choose one here: {{ steps.link.url }}")
    thanks = mail("thanks", "See you on {{ appointment.date }}", "Until then.")
    phone = {"value": "contact.phone", "op": "is_filled"}
    return {
        "name": "Link after a form",
        "settings": {"stop_on_reply": True, "sender": {"from_name": "Lindenhof"}},
        "triggers": [{"type": "form.submitted"}],
        "steps": [
            {"name": "link", "type": "one_time_link.generate", "params": {"calendar": str(calendar_id)}},
            mail("first", subject, "Dear {{ contact.name | default: 'guest' }},\n\nyour link: {{ steps.link.url }}"),
            {
                "name": "known",
                "type": "if_else",
                "params": {},
                "branches": [
                    {"name": "Has a phone", "when": phone, "steps": []},
                    {"name": "None", "steps": [mail("ask", "One question", "Is {{ contact.phone }} your number?")]},
                ],
            },
            {
                "name": "used",
                "type": "wait.for_event",
                "params": {"event": "one_time_link.used", "timeout": {"days": 2}},
                "branches": [{"name": "happened", "steps": [thanks]}, {"name": "timed_out", "steps": [nudge]}],
            },
        ],
    }


def mail(name: str, subject: str, body: str) -> dict[str, Any]:
    return {"name": name, "type": "email.send", "params": {"subject": subject, "body": body}}


def fill(account: Any, calendar: Any, actor: Any, now: datetime) -> dict[str, Any]:
    """Ids for the addresses of the workflow area."""
    from admitone.contacts.services import ensure_contact
    from admitone.workflows.engine import advance
    from admitone.workflows.models import BulkEnrollment
    from admitone.workflows.services import create_workflow, enroll, publish, save_draft

    who: dict[str, Any] = {"account": account, "actor": actor, "now": now}
    workflow = create_workflow(**who, document=document(calendar.id, "Your link"))
    publish(**who, workflow_id=workflow.id)
    save_draft(**who, workflow_id=workflow.id, document=document(calendar.id, "Your personal link"))
    publish(**who, workflow_id=workflow.id)
    made = []
    for name, email, phone in PEOPLE:
        person = ensure_contact(**who, person={"name": name, "email": email, "phone": phone}, source="by_hand")
        made.append(enroll(**who, workflow_id=workflow.id, contact_id=person.id))
        advance(enrollment_id=str(made[-1].id), now=now)
    changed = document(calendar.id, "A link for {{ contact.name | default: 'you' }}")
    changed["steps"].append({"name": "the_end", "type": "end", "params": {}})
    changed["settings"]["window"] = {"days": [0, 1, 2, 3, 4], "start": "09:00", "end": "17:00"}
    save_draft(**who, workflow_id=workflow.id, document=changed)
    bulk = BulkEnrollment.objects.create(
        account=account, workflow=workflow, source={"kind": "all"}, total=1200, enrolled=360, skipped=4, created_at=now
    )
    found = {"workflow_id": workflow.id, "enrollment_id": made[0].id, "bulk_id": bulk.id, "number": 1}
    return {**found, "step_name": "known", "place": 0}
