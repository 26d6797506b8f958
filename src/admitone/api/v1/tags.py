"""Tags of the account, and those that a contact has."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import Body, Id, Name, Out, example
from admitone.contacts import queries
from admitone.contacts.models import Tag
from admitone.contacts.services import add_tag, remove_tag

router = Router(tags=["Tags"])
of_contact = Router(tags=["Tags"])


class TagOut(Out):
    """A word that contacts are marked with."""

    id: Id
    name: str


class TagCount(TagOut):
    """A tag and how many contacts have it."""

    contacts: int


class Tags(Out):
    """All tags of the account, by name."""

    items: list[TagCount]


class ContactTags(Out):
    """All tags of a contact, by name."""

    items: list[TagOut]


class NewTag(Body):
    """A tag by name (made if it is new) or id."""

    model_config = example(tag="VIP")

    tag: Annotated[Name, Field(min_length=1, max_length=60)]


@router.get("", response=Tags, summary="List tags")
def list_tags(request: ApiRequest) -> dict[str, Any]:
    found = queries.tags(account_of(request)).values("id", "name", "worn")
    return {"items": [{"id": str(tag["id"]), "name": tag["name"], "contacts": tag["worn"]} for tag in found]}


@of_contact.get("/{contact_id}/tags", response=ContactTags, summary="List a contact's tags")
def list_contact_tags(request: ApiRequest, contact_id: str) -> dict[str, Any]:
    contact = queries.get(account_of(request), contact_id)
    return {"items": [shown(tag) for tag in queries.tags_of(contact)]}


@of_contact.post("/{contact_id}/tags", response={201: TagOut}, summary="Tag a contact")
def create_contact_tag(request: ApiRequest, contact_id: str, payload: NewTag) -> dict[str, Any]:
    """A tag that the contact has already is no change."""
    account, actor, now = account_of(request), actor_of(request), request.call.now
    return shown(add_tag(account=account, contact_id=contact_id, tag=payload.tag, actor=actor, now=now))


@of_contact.delete("/{contact_id}/tags/{tag_id}", response={204: None}, summary="Untag a contact")
def delete_contact_tag(request: ApiRequest, contact_id: str, tag_id: str) -> None:
    """By the tag's id or name. A tag that the contact does not have is no change."""
    account, actor, now = account_of(request), actor_of(request), request.call.now
    remove_tag(account=account, contact_id=contact_id, tag=tag_id, actor=actor, now=now)


def shown(tag: Tag) -> dict[str, Any]:
    return {"id": str(tag.id), "name": tag.name}
