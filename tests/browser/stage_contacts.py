"""A contact with a past, somebody who may be the same person, and files on their way in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

PEOPLE = (
    "First Name,Last Name,Email,Phone,Favourite colour\nMia,Klein,mia@guest.example,030 1234567,green\nPaul,,,,red\n"
)


def fill(account: Any, contact_id: UUID, actor: Any, now: datetime) -> dict[str, Any]:
    from admitone.contacts.models import Contact
    from admitone.contacts.services import add_note, add_task, create_contact

    who: dict[str, Any] = {"account": account, "actor": actor, "now": now}
    contact = Contact.objects.get(id=contact_id)
    add_note(contact_id=contact.id, text="Prefers mornings.\nBrings her own notes.", **who)
    task = add_task(contact_id=contact.id, title="Ring back about the letter", due_at=now - timedelta(days=1), **who)
    add_task(contact_id=contact.id, title="Send the form", owner_id=actor.id, **who)
    twin = create_contact(
        raw={"name": contact.name, "email": "nora.sample@guest.example", "phone": "+49301112223"}, **who
    )
    return {
        "task_id": task.id,
        "import_id": staged(who).id,
        "done_import_id": imported(who).id,
        "twin_id": twin.id,
    }


def staged(who: dict[str, Any]) -> Any:
    from admitone.contacts.importing import stage

    return stage(filename="people.csv", content=PEOPLE.encode(), **who)


def imported(who: dict[str, Any]) -> Any:
    from admitone.contacts.importing import start, take_chunk

    batch = staged(who)
    mapping = {0: "first_name", 1: "last_name", 2: "email", 3: "phone"}
    start(import_id=batch.id, mapping=mapping, options={"region": "DE", "tags": "Spring fair"}, **who)
    take_chunk(import_id=batch.id, now=who["now"])
    return batch
