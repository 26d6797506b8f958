"""/f/<id>: a form that anybody may fill in; GET shows it, POST stores the answers and thanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from admitone.accounts.idempotency import Idempotency
from admitone.events import GUEST
from admitone.forms.models import Form, Submission
from admitone.forms.queries import public_form
from admitone.forms.services import submit
from admitone.logic.errors import Problem
from admitone.logic.form_rules import Rule, refusal
from admitone.logic.forms import CONSENT, known_before
from admitone.logic.identity import region_of
from admitone.public import disqualified, seals
from admitone.public.booking_page import limit_posts
from admitone.public.forms_page import AnswersForm, frame_of
from admitone.public.intake import asking
from admitone.public.pages import MAX_KEPT, Visit, page, public, see_other, with_query
from admitone.public.questions import PREFIX

#: Nobody fills in a form in less.
MIN_SECONDS = 1


@public("GET", "POST")
def form(visit: Visit, form_id: str) -> HttpResponse:
    found = public_form(form_id)
    visit = asking(visit.speaking_for(found.account.locale), found.questions)
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
        made = _store(visit, found, values, sealed.key)
    except Problem as problem:
        return refused(visit, found, values, problem, sealed.key)
    if ruled_out := made.meta.get("disqualified"):
        rule = Rule(**ruled_out)
        return disqualified.show(visit, refusal(rule, rule.redirect_url), plan=frame)
    elsewhere = found.redirect_url if found.redirect_url.startswith("https://") and not visit.embedded else ""
    return see_other(elsewhere or thanks_url(visit, found), frame)


def is_too_quick(visit: Visit, found: Form) -> bool:
    """Sent at once, and no browser says that a person pressed the button (Fetch Metadata, Sec-Fetch-User)."""
    if visit.request.headers.get("sec-fetch-user") == "?1":
        return False
    return seals.age(visit.request, "form", str(found.id), visit.now) < MIN_SECONDS


def _store(visit: Visit, found: Form, values: Mapping[str, str], key: str) -> Submission:
    answers = {name.removeprefix(PREFIX): value for name, value in values.items()}
    return submit(
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
        given=said(visit),
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
            "answers": answers_form(visit, found, values, errors),
            "seal": seals.seal("form", str(found.id), key),
            "action": with_query(f"/f/{found.id}", visit.keep()),
        }
    template = "public/form.html" if found.active else "public/form_closed.html"
    return page(visit, template, context, plan=frame_of(found), status=status)


def answers_form(visit: Visit, found: Form, values: Mapping[str, str], errors: Mapping[str, str] | None) -> AnswersForm:
    """The controls, filled from the address until something was typed."""
    kept = known_before(found.questions, said(visit), region_of(found.account.timezone))
    typed = values or {PREFIX + key: value for key, value in said(visit).items()}
    return AnswersForm(found, values=typed, errors=errors, kept=kept)


def said(visit: Visit) -> dict[str, str]:
    """What the address answers."""
    return {key: visit.query[key][:MAX_KEPT] for key in visit.asked}


def thanks_url(visit: Visit, found: Form) -> str:
    return with_query(f"/f/{found.id}/thanks", visit.keep(*visit.utm, *visit.asked))
