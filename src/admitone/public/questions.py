"""Questions of the form builder as controls: on a form's own page, and on the page of a calendar that asks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from admitone.logic.consent import to_html
from admitone.logic.forms import Condition, Field, meets
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


class QuestionsForm(ShownForm):
    """The controls of some questions; every rule and sentence comes from logic/forms.py."""

    def ask(
        self, questions: Sequence[Field], kept: Mapping[str, Any], *, without: Mapping[str, Any] | None = None
    ) -> None:
        """Add the questions that are to be seen. `kept` are hidden and locked values, `without` those that are known and
        not shown; a question that hangs on one of them is asked or not once for all."""
        known = {**kept, **(without or {})}
        self.questions: list[tuple[Field, Condition | None]] = []
        self.labels = {one.key: one.label for one in questions}
        gone = {one.key for one in questions if one.hidden} | set(without or {})
        for one in questions:
            condition = one.show_if
            if condition and (condition.key in known or condition.key in gone):
                if not meets(condition, known):
                    gone.add(one.key)
                condition = None
            if one.key not in gone:
                self.questions.append((one, condition))
                self.fields[PREFIX + one.key] = locked(one) if one.key in kept else control(one, condition)

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        """Fields in lines: two halves that follow each other share one."""
        found: list[list[dict[str, Any]]] = []
        halves = 0
        for one, condition in self.questions:
            entry = {"bound": self[PREFIX + one.key], "condition": self._condition(condition)}
            halves = halves + 1 if one.width == "half" else 0
            if halves == 2:
                found[-1].append(entry)
                halves = 0
            else:
                found.append([entry])
        return found

    def _condition(self, condition: Condition | None) -> dict[str, str] | None:
        """The control that decides whether this one is shown, and the words for it."""
        if condition is None:
            return None
        words = note(self.labels[condition.key], condition)
        return {"name": PREFIX + condition.key, "equals": wire(condition), "note": words}


def shown_values(questions: Sequence[Field], values: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the controls hold: defaults, over them what was typed, over both what is kept."""
    defaults = {PREFIX + one.key: one.default for one in questions if one.default} if not values else {}
    return {**defaults, **values, **{PREFIX + key: written(value) for key, value in kept.items()}}


def written(value: Any) -> str:
    return (_("Yes") if value else _("No")) if isinstance(value, bool) else str(value)


def consent_label(text: str) -> SafeString:
    return mark_safe(to_html(text))  # noqa: S308 - escaped but for links and emphasis


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


def locked(one: Field) -> forms.Field:
    """Seen, not changed: the server has the value and takes no other."""
    widget = forms.TextInput(attrs={"readonly": True})
    return forms.CharField(label=one.label, help_text=one.help, widget=widget)


def control(one: Field, condition: Condition | None) -> forms.Field:
    """A Django field without rules of its own."""
    common: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": one.required}
    if one.kind == "checkbox":
        made: forms.Field = forms.BooleanField(**common)
    elif one.kind == "choice":
        made = _choice(one, common)
    else:
        made = forms.CharField(widget=_widget(one), **common)
    if condition is not None:
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
