"""Forms of the account: list, read, make, change, delete; and what came in through them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BaseModel, Field

from admitone.accounts.addresses import form_url
from admitone.api import paging
from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Flag, Id, Label, Limit, Line, Name, Out, Site, Text, Url, example
from admitone.api.windows import WANTED
from admitone.forms import queries, services
from admitone.forms.models import Form, FormVersion, Submission
from admitone.logic.clock import iso
from admitone.logic.forms import document_of

router = Router(tags=["Forms"])

Kind = Literal["text", "email", "phone", "textarea", "number", "date", "choice", "checkbox"]
Width = Literal["full", "half"]
Target = Annotated[
    str,
    Field(
        max_length=50,
        pattern=r"^(none|name|first_name|last_name|email|phone|custom:[a-z][a-z0-9_]{0,39})$",
        description="What of the contact the answer becomes; custom:KEY is a custom field.",
    ),
]
Key = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]*$", description="Answers are named by it.")]


class ShowIf(Body):
    """Ask only if a field above was answered like this; true or false for a checkbox."""

    key: Key
    equals: Name | Flag


class FormField(Body):
    """One question. Without a `key` one is made from the label."""

    key: Key | None = None
    label: Name
    kind: Kind = "text"
    required: Flag = False
    help: Annotated[Text, Field(max_length=300)] = ""
    options: Annotated[list[Label], Field(max_length=100, description="Of a choice.")] = Field(default_factory=list)
    maps_to: Target = "none"
    show_if: ShowIf | None = None
    width: Width = "full"
    hidden: Annotated[Flag, Field(description="Never shown: filled from the link or the address, else `default`.")] = (
        False
    )
    locked: Annotated[
        Flag, Field(description="Shown, but not to be changed where the link or the address fills it.")
    ] = False
    default: Annotated[Name, Field(description='As text; "true" ticks a checkbox.')] = ""


class Rule(Body):
    """An answer that rules its guest out. They read `message` and may go on to a page or another calendar of the
    account."""

    key: Key
    equals: Name | Flag
    message: Annotated[Text, Field(max_length=1000)]
    redirect_url: Site = ""
    calendar: Annotated[str, Field(max_length=40, description="Id.")] = ""


class RuleOut(Out):
    """An answer that rules its guest out."""

    key: str
    equals: str | bool
    message: str
    redirect_url: str
    calendar: str


class ShowIfOut(Out):
    """The answer that a question waits for."""

    key: str
    equals: str | bool


class FormFieldOut(Out):
    """One question of a form."""

    key: str
    label: str
    kind: Kind
    required: bool
    help: str
    options: list[str]
    maps_to: str
    show_if: ShowIfOut | None
    width: Width
    hidden: bool
    locked: bool
    default: str


class FormOut(Out):
    """A form; `url` is its public page. `version` counts up with every change of its fields, rules or consent text."""

    id: Id
    name: str
    description: str
    url: Url
    active: bool
    version: int
    fields: list[FormFieldOut]
    rules: list[RuleOut]
    consent_text: str
    consent_version: int
    button: str
    thanks_message: str
    redirect_url: str
    brand_color: str
    embed_origins: list[str]
    created_at: At
    updated_at: At


class Forms(Out):
    """A page of forms, the newest first."""

    items: list[FormOut]
    next_cursor: str | None


class SubmissionOut(Out):
    """What somebody answered, by the keys of the fields."""

    id: Id
    form: Id
    form_version: int
    contact: Id
    answers: dict[str, str | int | float | bool]
    disqualified: RuleOut | None
    source: str
    created_at: At


class FormVersionOut(Out):
    """What a form asked from `created_at` on."""

    version: int
    fields: list[FormFieldOut]
    rules: list[RuleOut]
    consent_text: str
    created_at: At


class FormVersions(Out):
    """A page of versions, the newest first."""

    items: list[FormVersionOut]
    next_cursor: str | None


class Submissions(Out):
    """A page of submissions, the newest first."""

    items: list[SubmissionOut]
    next_cursor: str | None


class FormPage(BaseModel):
    """Which page."""

    cursor: Annotated[str, Field(max_length=100)] | None = Field(None, description="`next_cursor` of the page before.")
    limit: Limit = 50


Fields = Annotated[list[FormField], Field(max_length=60, description="One of them is the contact's email or phone.")]
Origins = Annotated[list[Site], Field(max_length=50, description="Sites that may show the form in a frame.")]


class FormSettings(Body):
    """What a form may say besides its name."""

    fields: Fields | None = None
    rules: Annotated[list[Rule], Field(max_length=20, description="The first that fits counts.")] | None = None
    description: Text | None = None
    consent_text: Text | None = None
    button: Label | None = None
    thanks_message: Text | None = None
    redirect_url: Site | None = None
    brand_color: Annotated[Line, Field(examples=["#1f7a5c"])] | None = None
    embed_origins: Origins | None = None
    active: Flag | None = None


class NewForm(FormSettings):
    """A form; without `fields` it asks for name and email."""

    model_config = example(
        name="Intake",
        fields=[
            {"label": "First name", "required": True, "maps_to": "first_name"},
            {"label": "Email", "kind": "email", "required": True, "maps_to": "email"},
            {"label": "Treatment", "kind": "choice", "options": ["Check-up", "Cleaning"]},
        ],
    )

    name: Label


class FormChanges(FormSettings):
    """Only what is to change."""

    model_config = example(active=False)

    name: Label | None = None


@router.get("", response=Forms, summary="List forms")
def list_forms(request: ApiRequest, wanted: FormPage = WANTED) -> dict[str, Any]:
    forms, cursor = paging.by_id(queries.listing(account_of(request)), wanted.cursor, wanted.limit)
    return {"items": [shown(form) for form in forms], "next_cursor": cursor}


@router.get("/{form_id}", response=FormOut, summary="Read a form")
def get_form(request: ApiRequest, form_id: str) -> dict[str, Any]:
    return shown(queries.get(account_of(request), form_id))


@router.post("", response={201: FormOut}, summary="Make a form")
def create_form(request: ApiRequest, payload: NewForm) -> dict[str, Any]:
    """Its page is public at once."""
    fields = payload.model_dump(exclude_none=True)
    made = services.create_form(account=account_of(request), actor=actor_of(request), now=request.call.now, **fields)
    return shown(made)


@router.patch("/{form_id}", response=FormOut, summary="Change a form")
def change_form(request: ApiRequest, form_id: str, payload: FormChanges) -> dict[str, Any]:
    """`fields` replaces all of them; submissions keep the answers they have, by key."""
    changed = services.update_form(
        account=account_of(request),
        form_id=form_id,
        actor=actor_of(request),
        now=request.call.now,
        **payload.model_dump(exclude_none=True),
    )
    return shown(changed)


@router.delete("/{form_id}", response={204: None}, summary="Delete a form")
def delete_form(request: ApiRequest, form_id: str) -> None:
    """Its page is gone, its submissions stay; it can be restored in the product."""
    services.delete_form(account=account_of(request), form_id=form_id, actor=actor_of(request), now=request.call.now)


@router.get("/{form_id}/submissions", response=Submissions, summary="List submissions")
def list_submissions(request: ApiRequest, form_id: str, wanted: FormPage = WANTED) -> dict[str, Any]:
    form = queries.get(account_of(request), form_id)
    rows, cursor = paging.by_id(queries.submissions(form), wanted.cursor, wanted.limit)
    return {"items": [shown_submission(row) for row in rows], "next_cursor": cursor}


@router.get("/{form_id}/versions", response=FormVersions, summary="List versions of a form")
def list_form_versions(request: ApiRequest, form_id: str, wanted: FormPage = WANTED) -> dict[str, Any]:
    """Every change of fields, rules or consent text makes one; none is ever changed."""
    form = queries.get(account_of(request), form_id)
    rows, cursor = paging.by_id(queries.versions(form), wanted.cursor, wanted.limit)
    return {"items": [shown_version(row) for row in rows], "next_cursor": cursor}


def shown_version(row: FormVersion) -> dict[str, Any]:
    return {
        "version": row.version,
        "fields": document_of(row.questions),
        "rules": row.rules,
        "consent_text": row.consent_text,
        "created_at": iso(row.created_at),
    }


def shown(form: Form) -> dict[str, Any]:
    return {
        "id": str(form.id),
        "name": form.name,
        "description": form.description,
        "url": form_url(form.id),
        "active": form.active,
        "version": form.version,
        "fields": document_of(form.questions),
        "rules": form.rules,
        "consent_text": form.consent_text,
        "consent_version": form.consent_version,
        "button": form.button,
        "thanks_message": form.thanks_message,
        "redirect_url": form.redirect_url,
        "brand_color": form.brand_color,
        "embed_origins": form.embed_origins,
        "created_at": iso(form.created_at),
        "updated_at": iso(form.updated_at),
    }


def shown_submission(row: Submission) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "form": str(row.form_id),
        "form_version": row.form_version,
        "disqualified": row.meta.get("disqualified"),
        "contact": str(row.contact_id),
        "answers": row.answers,
        "source": row.meta.get("source", ""),
        "created_at": iso(row.created_at),
    }
