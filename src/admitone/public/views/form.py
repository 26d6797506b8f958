"""/f/<id>: a form that anybody may fill in; GET shows it, POST stores the answers and thanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from admitone.accounts.idempotency import Idempotency
from admitone.events import GUEST
from admitone.forms.models import Form
from admitone.forms.queries import public_form
from admitone.forms.services import submit
from admitone.logic.errors import Problem
from admitone.logic.forms import CONSENT
from admitone.public import seals
from admitone.public.booking_page import limit_posts
from admitone.public.forms_page import PREFIX, AnswersForm, frame_of
from admitone.public.pages import Visit, page, public, see_other, with_query

#: Nobody fills in a form in less.
MIN_SECONDS = 1


@public("GET", "POST")
def form(visit: Visit, form_id: str) -> HttpResponse:
    found = public_form(form_id)
    visit = visit.speaking_for(found.account.locale)
    if visit.is_post:
        limit_posts(visit)
        return answered(visit, found)
    return show(visit, found, {})


@public("GET")
def thanks(visit: Visit, form_id: str) -> HttpResponse:
    found = public_form(form_id)
    visit = visit.speaking_for(found.account.locale)
    return page(visit, "public/form_thanks.html", {"shown": found}, plan=frame_of(found))


def answered(visit: Visit, found: Form) -> HttpResponse:
    """Store, or bring the page back with everything that was typed."""
    post, frame = visit.request.POST, frame_of(found)
    sealed = seals.unseal(visit.request, "form", str(found.id))
    values = {name: post[name] for name in post if name.startswith(PREFIX) or name == CONSENT}
    if sealed.state != "ok":
        return show(visit, found, values, code="old", status=403, key=sealed.key)
    if post.get("website"):
        return see_other(thanks_url(visit, found), frame)  # a robot filled the field that people do not see
    if is_too_quick(visit, found):
        return show(visit, found, values, code="quick", status=422, key=sealed.key)
    try:
        _store(visit, found, values, sealed.key)
    except Problem as problem:
        return refused(visit, found, values, problem, sealed.key)
    elsewhere = found.redirect_url if found.redirect_url.startswith("https://") and not visit.embedded else ""
    return see_other(elsewhere or thanks_url(visit, found), frame)


def is_too_quick(visit: Visit, found: Form) -> bool:
    """Sent at once, and no browser says that a person pressed the button (Fetch Metadata, Sec-Fetch-User)."""
    if visit.request.headers.get("sec-fetch-user") == "?1":
        return False
    return seals.age(visit.request, "form", str(found.id), visit.now) < MIN_SECONDS


def _store(visit: Visit, found: Form, values: Mapping[str, str], key: str) -> None:
    answers = {name.removeprefix(PREFIX): value for name, value in values.items()}
    submit(
        form=found,
        answers=answers,
        meta={
            "source": "form_page",
            "timezone": visit.zone(),
            "locale": visit.speech.language,
            "utm": visit.utm,
        },
        actor=GUEST,
        now=visit.now,
        idempotency=Idempotency.of(found.id, key, answers),
    )


def refused(visit: Visit, found: Form, values: Mapping[str, str], problem: Problem, key: str) -> HttpResponse:
    if problem.code == "invalid":
        return show(visit, found, values, errors=problem.fields, status=problem.status, key=key)
    if problem.code == "idempotency_key_reused":
        # Sent, then corrected by way of Back: a new key lets the other answers in as well.
        return show(visit, found, values, code="sent", status=409)
    if problem.code == "form_closed":
        return show(visit, found, {}, status=problem.status)
    raise problem


def show(
    visit: Visit,
    found: Form,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    code: str = "",
    status: int = 200,
    key: str = "",
) -> HttpResponse:
    """The form as typed, or that it takes no answers."""
    context: dict[str, Any] = {"shown": found, "code": code}
    if found.active:
        context |= {
            "answers": AnswersForm(found, values=values, errors=errors),
            "seal": seals.seal("form", str(found.id), key),
            "action": with_query(f"/f/{found.id}", visit.keep()),
        }
    template = "public/form.html" if found.active else "public/form_closed.html"
    return page(visit, template, context, plan=frame_of(found), status=status)


def thanks_url(visit: Visit, found: Form) -> str:
    return with_query(f"/f/{found.id}/thanks", visit.keep(*visit.utm))
