"""What anybody can do with a form: see its questions, answer them."""

from __future__ import annotations

from typing import Any

from ninja import Header, Router

from admitone.accounts.idempotency import Idempotency
from admitone.api.auth import Respondent
from admitone.api.call import FormRequest
from admitone.api.fields import Answers, Body, Id, Language, Out, Utm, Zone, example
from admitone.api.openapi import refuses
from admitone.api.v1.forms import FormFieldOut, RuleOut
from admitone.events import GUEST
from admitone.forms.services import submit
from admitone.logic.errors import Problem
from admitone.logic.forms import document_of

router = Router(tags=["Public: forms"], auth=Respondent())


class PublicForm(Out):
    """A form as its visitor sees it; `consent`, if there is a text, is answered as `consent`: true."""

    id: Id
    account: str
    name: str
    description: str
    fields: list[FormFieldOut]
    consent: str | None


class NewSubmission(Body):
    """Answers by the keys of the fields. `timezone` and `locale` are the visitor's."""

    model_config = example(
        answers={"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "phone": "+44 20 7946 0123"}
    )

    answers: Answers
    timezone: Zone | None = None
    locale: Language | None = None
    utm: Utm | None = None


class Submitted(Out):
    """The submission and the contact that was found or made; `disqualified`, if it is there, is the rule that an answer
    met."""

    id: Id
    contact: Id
    disqualified: RuleOut | None = None


@router.get("/{form_id}", response=PublicForm, openapi_extra=refuses("form_closed"), summary="Look at a form")
def get_public_form(request: FormRequest, form_id: str) -> dict[str, Any]:
    """What it asks."""
    form = request.auth
    if not form.active:
        raise Problem("form_closed")
    return {
        "id": str(form.id),
        "account": form.account.name,
        "name": form.name,
        "description": form.description,
        "fields": document_of([one for one in form.questions if not one.hidden]),
        "consent": form.consent_text or None,
    }


@router.post(
    "/{form_id}/submissions",
    response={201: Submitted},
    openapi_extra=refuses("form_closed", "idempotency_key_reused"),
    summary="Answer a form",
    exclude_unset=True,
)
def create_submission(
    request: FormRequest,
    form_id: str,
    payload: NewSubmission,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=255),
) -> dict[str, Any]:
    """One submission. The contact is found by email, else by phone, or made. Send the same `Idempotency-Key` when you
    try again: the first answer comes again and nothing is stored twice."""
    form, sent = request.auth, payload.model_dump(exclude_none=True)
    asked = Idempotency.of(f"form:{form.id}", idempotency_key, sent)
    try:
        made = submit(
            form=form,
            answers=payload.answers,
            meta={"source": "api", **{name: sent[name] for name in ("timezone", "locale", "utm") if name in sent}},
            actor=GUEST,
            now=request.call.now,
            idempotency=asked,
        )
    except Problem as problem:
        raise _within_answers(problem) from problem
    rule = made.meta.get("disqualified")
    return {"id": str(made.id), "contact": str(made.contact_id), **({"disqualified": rule} if rule else {})}


def _within_answers(problem: Problem) -> Problem:
    """The same refusal with its fields named from the body's root."""
    fields = {f"answers.{name}": text for name, text in problem.fields.items()}
    return Problem(problem.code, problem.detail, fields=fields, **problem.extra)
