"""What the field and error-summary templates need to know about a bound form field."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BoundField, widgets

GROUPS = (widgets.RadioSelect, widgets.CheckboxSelectMultiple)


def field_context(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """Context of ui/field.html; options it does not know become attributes of the control."""
    known = {name: options.pop(name, "") for name in ("label", "help", "size", "prefix", "suffix")}
    flags = {name: options.pop(name, False) for name in ("hide_label", "switch")}
    help_text = known["help"] or bound.help_text
    attributes = {name.replace("_", "-"): value for name, value in options.items()}
    return {
        **known,
        **flags,
        "bound": bound,
        "kind": _kind(bound, switch=bool(flags["switch"])),
        "is_optional": _may_be_empty(bound),
        "label": known["label"] or bound.label,
        "help": help_text,
        "id": options.get("id") or bound.id_for_label or bound.auto_id,
        "control": _control(bound, attributes, has_help=bool(help_text)),
    }


def _may_be_empty(bound: BoundField) -> bool:
    """Is leaving it empty a choice worth a word? A list of options always holds one, but for radios of which none is set."""
    widget = bound.field.widget
    if isinstance(widget, widgets.RadioSelect):
        return not bound.field.required and not bound.initial and all(value for value, _ in widget.choices)
    return not bound.field.required and not isinstance(widget, widgets.ChoiceWidget)


def _kind(bound: BoundField, *, switch: bool) -> str:
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, GROUPS):
        return "group"
    if isinstance(widget, widgets.CheckboxInput):
        return "switch" if switch else "checkbox"
    return "line"


def _control(bound: BoundField, attributes: dict[str, Any], *, has_help: bool) -> Any:
    described = " ".join(
        part
        for part in (f"{bound.auto_id}_help" if has_help else "", f"{bound.auto_id}_error" if bound.errors else "")
        if part
    )
    if isinstance(bound.field.widget, GROUPS):
        return bound.subwidgets
    if described:
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return bound.as_widget(attrs=attributes)


def summary(form: BaseForm) -> list[tuple[str, str]]:
    """(id of the field or empty, sentence) for every error of the form, in field order."""
    found = [("", str(error)) for error in form.non_field_errors()]
    for bound in form:
        found += [(_target(bound), f"{bound.label}: {error}") for error in bound.errors]
    return found


def _target(bound: BoundField) -> str:
    if isinstance(bound.field.widget, GROUPS):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id
