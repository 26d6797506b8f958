"""What the page of a form shows: its fields as controls, and the frame that pages.py needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from admitone.forms.models import Form
from admitone.logic import brand
from admitone.logic.forms import CONSENT, Condition, Field
from admitone.logic.plan import PlanBrand
from admitone.public.forms import ShownForm

#: Inputs are named a-<key>, so that no key can pass for the page's own fields.
PREFIX = "a-"
MAX_RADIOS = 6
AUTOCOMPLETE = {
    "name": "name",
    "first_name": "given-name",
    "last_name": "family-name",
    "email": "email",
    "phone": "tel",
}


@dataclass(frozen=True, slots=True)
class FormFrame:
    """A form as pages.py sees the owner of a page."""

    account_name: str
    brand: PlanBrand
    embed_origins: tuple[str, ...]
    redirect_url: str


def frame_of(form: Form) -> FormFrame:
    color = form.brand_color
    look = PlanBrand(
        color=color,
        ink=brand.ink_on(color) if color else "",
        radius=brand.DEFAULT_RADIUS,
        css_hash=brand.css_hash(color, brand.DEFAULT_RADIUS),
        logo_id="",
    )
    return FormFrame(form.account.name, look, tuple(form.embed_origins), form.redirect_url)


class AnswersForm(ShownForm):
    """The controls of a form; every rule and sentence comes from logic/forms.py."""

    def __init__(self, form: Form, *, values: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> None:
        named = {key if key == CONSENT else PREFIX + key: text for key, text in (errors or {}).items()}
        super().__init__(values=values, errors=named)
        self.questions = form.questions
        for one in self.questions:
            self.fields[PREFIX + one.key] = control(one)
        if form.consent_text:
            self.fields[CONSENT] = forms.BooleanField(label=form.consent_text)

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        """Fields in lines: two halves that follow each other share one."""
        found: list[list[dict[str, Any]]] = []
        halves = 0
        for one in self.questions:
            entry = {"bound": self[PREFIX + one.key], "condition": self._condition(one)}
            halves = halves + 1 if one.width == "half" else 0
            if halves == 2:
                found[-1].append(entry)
                halves = 0
            else:
                found.append([entry])
        return found

    @property
    def consent(self) -> forms.BoundField | None:
        return self[CONSENT] if CONSENT in self.fields else None

    def _condition(self, one: Field) -> dict[str, str] | None:
        """The control that decides whether this one is shown, and the words for it."""
        if one.show_if is None:
            return None
        label = next(other.label for other in self.questions if other.key == one.show_if.key)
        return {"name": PREFIX + one.show_if.key, "equals": wire(one.show_if), "note": note(label, one.show_if)}


def wire(condition: Condition) -> str:
    """The awaited answer as a browser compares it."""
    return str(condition.equals).lower() if isinstance(condition.equals, bool) else condition.equals


def note(label: str, condition: Condition) -> str:
    """For readers without JavaScript."""
    if condition.equals is True:
        return _("Only if “%(label)s” is ticked.") % {"label": label}
    if condition.equals is False:
        return _("Only if “%(label)s” is not ticked.") % {"label": label}
    return _("Only if “%(label)s” is “%(answer)s”.") % {"label": label, "answer": condition.equals}


def control(one: Field) -> forms.Field:
    """A Django field without rules of its own."""
    common: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": one.required}
    if one.kind == "checkbox":
        made: forms.Field = forms.BooleanField(**common)
    elif one.kind == "choice":
        made = _choice(one, common)
    else:
        made = forms.CharField(widget=_widget(one), **common)
    if one.show_if is not None:
        # A browser must not insist on an answer to a question that is not asked.
        made.widget.use_required_attribute = lambda initial: False
    return made


def _choice(one: Field, common: dict[str, Any]) -> forms.Field:
    options = [(option, option) for option in one.options]
    if len(options) <= MAX_RADIOS:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", _("Choose…")), *options], **common)


def _widget(one: Field) -> forms.Widget:
    attrs: dict[str, Any] = {"autocomplete": AUTOCOMPLETE[one.maps_to]} if one.maps_to in AUTOCOMPLETE else {}
    if one.kind == "textarea":
        return forms.Textarea(attrs={"rows": 3, "maxlength": 5000, **attrs})
    if one.kind == "email" or one.maps_to == "email":
        return forms.EmailInput(attrs={"dir": "ltr", "maxlength": 254, **attrs})
    if one.kind == "phone" or one.maps_to == "phone":
        return forms.TextInput(attrs={"type": "tel", "dir": "ltr", "maxlength": 40, **attrs})
    if one.kind == "number":
        return forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 40, **attrs})
    if one.kind == "date":
        return forms.TextInput(attrs={"type": "date", **attrs})
    return forms.TextInput(attrs={"maxlength": 500, **attrs})
