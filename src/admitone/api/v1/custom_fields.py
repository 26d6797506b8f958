"""Custom fields of the account, and a contact's values."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import Answers, Body, Id, Label, Out, example
from admitone.contacts import queries, services
from admitone.contacts.models import CustomField

router = Router(tags=["Custom fields"])
of_contact = Router(tags=["Custom fields"])

Kind = Literal["text", "number", "date", "choice", "checkbox"]
Options = Annotated[list[Label], Field(max_length=100, description="Of a choice.")]


class CustomFieldOut(Out):
    """Something an account keeps about its contacts; `key` names its values."""

    id: Id
    key: str
    label: str
    kind: Kind
    options: list[str]


class CustomFields(Out):
    """All custom fields, in their order."""

    items: list[CustomFieldOut]


class NewCustomField(Body):
    """Without a `key` one is made from the label."""

    model_config = example(label="Shoe size", kind="number")

    label: Label
    kind: Kind = "text"
    options: Options = Field(default_factory=list)
    key: Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$")] | None = None


class Values(Out):
    """A contact's values by key."""

    values: dict[str, str | int | float | bool]


class NewValues(Body):
    """Values by key; null takes one away, what is not named stays."""

    model_config = example(values={"shoe_size": 38})

    values: Answers


@router.get("", response=CustomFields, summary="List custom fields")
def list_custom_fields(request: ApiRequest) -> dict[str, Any]:
    return {"items": [shown(one) for one in queries.custom_fields(account_of(request))]}


@router.post("", response={201: CustomFieldOut}, summary="Make a custom field")
def create_custom_field(request: ApiRequest, payload: NewCustomField) -> dict[str, Any]:
    fields = payload.model_dump(exclude_none=True)
    return shown(
        services.create_field(account=account_of(request), actor=actor_of(request), now=request.call.now, **fields)
    )


@of_contact.get("/{contact_id}/custom-values", response=Values, summary="Read a contact's custom values")
def get_custom_values(request: ApiRequest, contact_id: str) -> dict[str, Any]:
    return {"values": queries.get(account_of(request), contact_id).custom}


@of_contact.patch("/{contact_id}/custom-values", response=Values, summary="Set a contact's custom values")
def change_custom_values(request: ApiRequest, contact_id: str, payload: NewValues) -> dict[str, Any]:
    contact = services.set_custom(
        account=account_of(request),
        contact_id=contact_id,
        values=payload.values,
        actor=actor_of(request),
        now=request.call.now,
    )
    return {"values": contact.custom}


def shown(one: CustomField) -> dict[str, Any]:
    return {"id": str(one.id), "key": one.key, "label": one.label, "kind": one.kind, "options": one.options}
