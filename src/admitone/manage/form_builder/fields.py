"""The builder: questions added, edited, moved and removed, each by a form of its own; the page itself beside them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admitone.accounts import permissions
from admitone.accounts.models import Account
from admitone.calendars.queries import listing as calendars
from admitone.contacts.queries import custom_fields
from admitone.forms import queries, services
from admitone.forms.models import Form
from admitone.forms.services.fields import position
from admitone.logic.errors import Problem
from admitone.logic.forms import CUSTOM, Field
from admitone.manage.context import AccountRequest, in_account
from admitone.manage.form_builder.page import show, who
from admitone.manage.forms import posted, show_problem

KINDS: dict[str, tuple[str | Promise, str]] = {
    "text": (gettext_lazy("Short text"), "type"),
    "textarea": (gettext_lazy("Long text"), "text-align-start"),
    "email": (gettext_lazy("Email"), "mail"),
    "phone": (gettext_lazy("Phone"), "phone"),
    "number": (gettext_lazy("Number"), "hash"),
    "date": (gettext_lazy("Date"), "calendar"),
    "choice": (gettext_lazy("Choice"), "list"),
    "checkbox": (gettext_lazy("Tick box"), "square-check"),
}
TARGETS: dict[str, str | Promise] = {
    "name": gettext_lazy("Full name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "email": gettext_lazy("Email"),
    "phone": gettext_lazy("Phone"),
}


PLAIN = ("label", "kind", "required", "help", "maps_to", "width", "hidden", "locked", "default")


class FieldForm(forms.Form):
    """One question as it is typed; logic/forms.py says what is wrong with it."""

    label = forms.CharField(required=False, label=gettext_lazy("Question"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of answer"))
    required = forms.BooleanField(required=False, label=gettext_lazy("Must be answered"))
    help = forms.CharField(required=False, label=gettext_lazy("Help below the question"))
    options = forms.CharField(
        required=False,
        label=gettext_lazy("Options"),
        help_text=gettext_lazy("One a line. For a choice only."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    maps_to = forms.ChoiceField(label=gettext_lazy("Becomes the contact's"), required=False)
    show_key = forms.ChoiceField(label=gettext_lazy("Ask only if"), required=False)
    show_equals = forms.CharField(
        required=False, label=gettext_lazy("is answered with"), help_text=gettext_lazy("For a tick box: yes or no.")
    )
    width = forms.ChoiceField(
        label=gettext_lazy("Width"), choices=[("full", gettext_lazy("Full")), ("half", gettext_lazy("Half"))]
    )

    default = forms.CharField(
        required=False,
        label=gettext_lazy("Filled in beforehand with"),
        help_text=gettext_lazy("For a tick box: yes. A value of the link or of the address comes first."),
    )
    locked = forms.BooleanField(
        required=False,
        label=gettext_lazy("Locked"),
        help_text=gettext_lazy("Visitors see what the link or the address says, and cannot change it."),
    )
    hidden = forms.BooleanField(
        required=False,
        label=gettext_lazy("Hidden"),
        help_text=gettext_lazy("Never shown, never typed: for what the link or the address brings along."),
    )

    def offer(self, account: Account, above: list[Field]) -> None:
        """Fill the choices: kinds, parts of the contact, and the fields above this one."""
        own = [(f"{CUSTOM}{one.key}", one.label) for one in custom_fields(account)]
        self.fields["kind"].choices = [(kind, label) for kind, (label, _icon) in KINDS.items()]  # type: ignore[attr-defined]
        self.fields["maps_to"].choices = [("none", _("Nothing")), *TARGETS.items(), *own]  # type: ignore[attr-defined]
        self.fields["show_key"].choices = [("", _("Always")), *((one.key, one.label) for one in above)]  # type: ignore[attr-defined]

    def field(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = self.cleaned_data
        key = cleaned["show_key"]
        return {
            **{name: cleaned[name] for name in PLAIN},
            "options": cleaned["options"].splitlines() if cleaned["kind"] == "choice" else [],
            "show_if": {"key": key, "equals": cleaned["show_equals"].strip()} if key else None,
        }


def initial_of(one: Field) -> dict[str, Any]:
    shown = one.show_if
    return {
        **{name: getattr(one, name) for name in PLAIN},
        "options": "\n".join(one.options),
        "show_key": shown.key if shown else "",
        "show_equals": typed(shown.equals) if shown else "",
    }


def typed(equals: str | bool) -> str:
    return ("yes" if equals else "no") if isinstance(equals, bool) else equals


@require_safe
@in_account()
def builder(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    """The questions in order, what can be added, and the page as visitors see it."""
    found = queries.get(account, form_id)
    named = TARGETS | {f"{CUSTOM}{one.key}": one.label for one in custom_fields(account)}
    questions = found.questions
    rows = [
        {
            "field": one,
            "kind": KINDS[one.kind][0],
            "icon": KINDS[one.kind][1],
            "target": named.get(one.maps_to, ""),
            "after": next((other.label for other in questions if one.show_if and other.key == one.show_if.key), ""),
        }
        for one in questions
    ]
    origin = f"{request.scheme}://{request.get_host()}"
    preview = f"/f/{found.id}?{urlencode({'embed': '1', 'origin': origin})}"
    used = calendars(account).filter(form=found).order_by("name", "id")
    return show(request, found, "form", "builder", rows=rows, kinds=KINDS, preview=preview, used=used)


@require_POST
@in_account()
def add(request: AccountRequest, account: Account, form_id: UUID) -> HttpResponse:
    """A question of the pressed kind, opened for editing."""
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Problem("invalid", _("Choose a kind of question."))
    key = services.add_field(**who(request, found), field=first(found, kind))
    return redirect("manage:form_field", account.slug, found.id, key)


def first(form: Form, kind: str) -> dict[str, Any]:
    """A new question of a kind; an email or phone nobody has asked for yet becomes the contact's."""
    taken = {entry["maps_to"] for entry in form.fields}
    mapped = kind if kind in ("email", "phone") and kind not in taken else "none"
    options = [_("First option"), _("Second option")] if kind == "choice" else []
    return {"label": str(KINDS[kind][0]), "kind": kind, "maps_to": mapped, "options": options}


@require_http_methods(["GET", "HEAD", "POST"])
@in_account()
def edit(request: AccountRequest, account: Account, form_id: UUID, field: str) -> HttpResponse:
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    at = position(found, field)
    questions = found.questions
    form = FieldForm(posted(request), initial=initial_of(questions[at]))
    form.offer(account, questions[:at])
    if request.method == "POST" and form.is_valid():
        try:
            services.change_field(**who(request, found), key=field, field=form.field())
        except Problem as problem:
            show_field_problem(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("manage:form", account.slug, found.id)
    status = 422 if form.errors else 200
    return show(request, found, "form", "field", form=form, field=questions[at], status=status)


def show_field_problem(form: FieldForm, problem: Problem) -> None:
    fields = {("show_key" if name == "show_if" else name): text for name, text in problem.fields.items()}
    show_problem(form, Problem(problem.code, problem.detail, fields=fields))


@require_POST
@in_account()
def move(request: AccountRequest, account: Account, form_id: UUID, field: str) -> HttpResponse:
    """`by` is -1 (up) or 1 (down)."""
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    by = -1 if request.POST.get("by") == "-1" else 1
    return changed(request, found, lambda: services.move_field(**who(request, found), key=field, by=by))


@require_POST
@in_account()
def remove(request: AccountRequest, account: Account, form_id: UUID, field: str) -> HttpResponse:
    found = queries.get(account, form_id)
    permissions.require(request.role, "manage_forms")
    return changed(request, found, lambda: services.remove_field(**who(request, found), key=field))


def changed(request: AccountRequest, form: Form, call: Any) -> HttpResponse:
    """Do it and go back to the builder; a refusal is told there."""
    try:
        call()
    except Problem as problem:
        if problem.code != "invalid":
            raise
        messages.error(request, problem.detail)
    return redirect("manage:form", request.account.slug, form.id)
