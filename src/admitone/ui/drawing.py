"""Plain inputs and text areas of forms, written without Django's templates for them, which take longer than all else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString, mark_safe


class QuickForms(DjangoTemplates):
    """The same HTML as Django's; other widgets keep their templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)


def line(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{escape(str(widget["value"]))}"'
    opening = f'<input type="{widget["type"]}" name="{escape(widget["name"])}"{value}'
    return mark_safe(f"{opening}{attributes(widget)}>")  # noqa: S308 - every text is escaped


def area(widget: Mapping[str, Any]) -> SafeString:
    opening = f'<textarea name="{escape(widget["name"])}"{attributes(widget)}>'
    return mark_safe(f"{opening}\n{escape(str(widget['value'] or ''))}</textarea>")  # noqa: S308 - every text is escaped


def attributes(widget: Mapping[str, Any]) -> str:
    """False leaves an attribute out, True gives it no value."""
    found = ((escape(name), value) for name, value in widget["attrs"].items() if value is not False)
    return "".join(f" {name}" if value is True else f' {name}="{escape(str(value))}"' for name, value in found)


WIDGETS = "django/forms/widgets"
INPUTS = ("text", "email", "hidden", "number", "url")
DRAWN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    **{f"{WIDGETS}/{name}.html": line for name in INPUTS},
    f"{WIDGETS}/textarea.html": area,
}
