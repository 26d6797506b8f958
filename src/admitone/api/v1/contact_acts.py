"""What is done with a contact: notes, tasks, owner, merging, erasing, and a copy of all that is kept."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Flag, Id, Instant, Limit, Line, Name, Out, Text, example
from admitone.api.openapi import refuses
from admitone.api.v1.contacts import ContactOut, shown
from admitone.api.windows import WANTED
from admitone.contacts import personal, queries, services
from admitone.contacts.models import Note, Task
from admitone.logic.clock import iso

router = Router(tags=["Contacts"])


class NoteOut(Out):
    """Something written down about a contact; `by` is an actor's kind and id."""

    id: Id
    text: str
    by: str
    created_at: At


class Notes(Out):
    """A page of notes, the newest first."""

    items: list[NoteOut]
    next_cursor: str | None


class NewNote(Body):
    """Up to 4,000 characters."""

    model_config = example(text="Prefers mornings.")

    text: Text


class TaskOut(Out):
    """Something to do about a contact."""

    id: Id
    title: str
    owner: Id | None
    due_at: At | None
    done_at: At | None
    created_at: At


class Tasks(Out):
    """A page of tasks, the newest first."""

    items: list[TaskOut]
    next_cursor: str | None


class NewTask(Body):
    """`owner` is the id of somebody of the team."""

    model_config = example(title="Ring back", due_at="2026-11-06T14:00:00Z")

    title: Name
    due_at: Instant | None = None
    owner: Line | None = None


class TaskDone(Body):
    """A task is ticked off once and for all."""

    done: Literal[True]


class Page(BaseModel):
    """Which part of a list."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class NewOwner(Body):
    """A user's id, or null for nobody."""

    owner: Line | None


class NewMerge(Body):
    """`drop` is the contact that goes; `choices` names whose value stays where both have one (default: keep)."""

    model_config = example(drop="01973c2e-6c5a-7d3e-9d6f-0a1b2c3d4e5f", choices={"email": "drop"})

    drop: Line
    choices: dict[Line, Literal["keep", "drop"]] = Field(default_factory=dict, max_length=120)


class Erasure(Body):
    """Upcoming appointments have to be cancelled first, or together with it."""

    cancel_appointments: Flag = False


class Export(Out):
    """Everything that is kept about the contact, table by table."""

    contact: dict[str, Any]
    data: dict[str, list[dict[str, Any]]]


@router.get("/{contact_id}/notes", response=Notes, summary="List a contact's notes")
def list_contact_notes(request: ApiRequest, contact_id: str, wanted: Page = WANTED) -> dict[str, Any]:
    contact = queries.get(account_of(request), contact_id)
    found, cursor = paging.by_id(Note.objects.filter(contact=contact), wanted.cursor, wanted.limit)
    return {"items": [note_view(note) for note in found], "next_cursor": cursor}


@router.post("/{contact_id}/notes", response={201: NoteOut}, summary="Add a note")
def create_contact_note(request: ApiRequest, contact_id: str, payload: NewNote) -> dict[str, Any]:
    return note_view(services.add_note(contact_id=contact_id, text=payload.text, **who(request)))


@router.get("/{contact_id}/tasks", response=Tasks, summary="List a contact's tasks")
def list_contact_tasks(request: ApiRequest, contact_id: str, wanted: Page = WANTED) -> dict[str, Any]:
    contact = queries.get(account_of(request), contact_id)
    found, cursor = paging.by_id(Task.objects.filter(contact=contact), wanted.cursor, wanted.limit)
    return {"items": [task_view(task) for task in found], "next_cursor": cursor}


@router.post("/{contact_id}/tasks", response={201: TaskOut}, summary="Add a task")
def create_contact_task(request: ApiRequest, contact_id: str, payload: NewTask) -> dict[str, Any]:
    task = services.add_task(
        contact_id=contact_id, title=payload.title, due_at=payload.due_at, owner_id=payload.owner, **who(request)
    )
    return task_view(task)


@router.patch("/{contact_id}/tasks/{task_id}", response=TaskOut, summary="Tick a task off")
def finish_contact_task(request: ApiRequest, contact_id: str, task_id: str, payload: TaskDone) -> dict[str, Any]:
    task = queries.task_of(account_of(request), contact_id, task_id)
    return task_view(services.finish_task(task_id=task.id, **who(request)))


@router.put("/{contact_id}/owner", response=ContactOut, summary="Assign a contact")
def assign_contact_owner(request: ApiRequest, contact_id: str, payload: NewOwner) -> dict[str, Any]:
    return shown(services.assign_owner(contact_id=contact_id, user_id=payload.owner, **who(request)))


@router.post("/{contact_id}/merges", response=ContactOut, summary="Merge another contact into this one")
def merge_contacts(request: ApiRequest, contact_id: str, payload: NewMerge) -> dict[str, Any]:
    """Everything of the other moves here, values of its own that lose go into a note. It cannot be undone."""
    kept = services.merge(keep_id=contact_id, drop_id=payload.drop, choices=payload.choices, **who(request))
    return shown(kept)


@router.post(
    "/{contact_id}/erasure",
    response={204: None},
    summary="Erase a contact",
    openapi_extra=refuses("appointments_ahead"),
)
def erase_contact(request: ApiRequest, contact_id: str, payload: Erasure) -> None:
    """Name, address, number, answers, notes and message texts are blanked for good; ids and events stay."""
    services.erase(contact_id=contact_id, cancel_appointments=payload.cancel_appointments, **who(request))


@router.get("/{contact_id}/export", response=Export, summary="Export all that is kept about a contact")
def export_contact(request: ApiRequest, contact_id: str) -> dict[str, Any]:
    found = personal.export(queries.get(account_of(request), contact_id))
    return {"contact": found.pop("contact"), "data": found}


def who(request: ApiRequest) -> dict[str, Any]:
    return {"account": account_of(request), "actor": actor_of(request), "now": request.call.now}


def note_view(note: Note) -> dict[str, Any]:
    return {"id": str(note.id), "text": note.text, "by": note.by, "created_at": iso(note.created_at)}


def task_view(task: Task) -> dict[str, Any]:
    return {
        "id": str(task.id),
        "title": task.title,
        "owner": str(task.owner_id) if task.owner_id else None,
        "due_at": iso(task.due_at) if task.due_at else None,
        "done_at": iso(task.done_at) if task.done_at else None,
        "created_at": iso(task.created_at),
    }
