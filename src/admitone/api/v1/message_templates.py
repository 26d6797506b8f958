"""Message templates of the account: words that workflows send."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Id, Label, Limit, Out, example
from admitone.api.windows import WANTED
from admitone.logic.clock import iso
from admitone.messaging import queries
from admitone.messaging.models import MessageTemplate
from admitone.workflows.services import message_templates as services

router = Router(tags=["Message templates"])
Channel = Literal["email", "sms"]
Subject = Annotated[str, Field(max_length=300, description="Merge text; SMS have none.")]
Words = Annotated[str, Field(max_length=20_000, description="Merge text like `Dear {{ contact.first_name }}`.")]


class MessageTemplateOut(Out):
    """Words to start from; a step of a workflow names it as `template`."""

    id: Id
    channel: Channel
    name: str
    subject: str
    body: str
    created_at: At
    updated_at: At


class MessageTemplates(Out):
    """A page of message templates, the newest first."""

    items: list[MessageTemplateOut]
    next_cursor: str | None


class TemplatePage(BaseModel):
    """Which page, and for what."""

    channel: Channel | None = None
    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


class NewMessageTemplate(Body):
    """A template for mails, or for SMS."""

    model_config = example(
        name="Welcome", subject="Your link", body="Dear {{ contact.first_name }}, book here: {{ one_time_link.url }}"
    )

    name: Label
    channel: Channel = "email"
    subject: Subject = ""
    body: Words = ""


class MessageTemplateChanges(Body):
    """Only what is to change; workflows send the new words from then on."""

    model_config = example(subject="Your personal link")

    name: Label | None = None
    subject: Subject | None = None
    body: Words | None = None


@router.get("", response=MessageTemplates, summary="List message templates")
def list_message_templates(request: ApiRequest, wanted: TemplatePage = WANTED) -> dict[str, Any]:
    rows = queries.templates(account_of(request), wanted.channel or "").order_by("-id")
    found, cursor = paging.by_id(rows, wanted.cursor, wanted.limit)
    return {"items": [shown(one) for one in found], "next_cursor": cursor}


@router.get("/{template_id}", response=MessageTemplateOut, summary="Read a message template")
def get_message_template(request: ApiRequest, template_id: str) -> dict[str, Any]:
    return shown(queries.template(account_of(request), template_id))


@router.post("", response={201: MessageTemplateOut}, summary="Make a message template")
def create_message_template(request: ApiRequest, payload: NewMessageTemplate) -> dict[str, Any]:
    fields = payload.model_dump()
    made = services.create_template(
        account=account_of(request), actor=actor_of(request), now=request.call.now, **fields
    )
    return shown(made)


@router.patch("/{template_id}", response=MessageTemplateOut, summary="Change a message template")
def change_message_template(request: ApiRequest, template_id: str, payload: MessageTemplateChanges) -> dict[str, Any]:
    changed = services.update_template(
        account=account_of(request),
        template_id=template_id,
        actor=actor_of(request),
        now=request.call.now,
        **payload.model_dump(exclude_none=True),
    )
    return shown(changed)


@router.delete("/{template_id}", response={204: None}, summary="Delete a message template")
def delete_message_template(request: ApiRequest, template_id: str) -> None:
    """Workflows that run go on with its words; it can be restored in the product for 30 days."""
    services.delete_template(
        account=account_of(request), template_id=template_id, actor=actor_of(request), now=request.call.now
    )


def shown(one: MessageTemplate) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "channel": one.channel,
        "name": one.name,
        "subject": one.subject,
        "body": one.body,
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }
