"""Controls written by hand are the same HTML as Django's own templates make."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from admitone.ui.drawing import QuickForms

TRICKY = """<b>"a" & 'b'</b>"""
CONTROLS: list[tuple[forms.Widget, Any]] = [
    (forms.TextInput(), None),
    (forms.TextInput(attrs={"type": "tel", "data-x": TRICKY, "hidden": True, "required": False}), TRICKY),
    (forms.EmailInput(attrs={"maxlength": 254}), "a@example.com"),
    (forms.NumberInput(attrs={"min": 0, "step": 0.5}), 3),
    (forms.URLInput(), ""),
    (forms.HiddenInput(), 0),
    (forms.Textarea(attrs={"rows": 2}), None),
    (forms.Textarea(), f"{TRICKY}\nsecond line"),
]


@pytest.mark.parametrize(("widget", "value"), CONTROLS)
def test_control_is_what_django_would_write(widget: forms.Widget, value: Any) -> None:
    drawn, own = (widget.render("x", value, {"id": "id_x"}, renderer()) for renderer in (QuickForms, DjangoTemplates))
    assert drawn.strip() == own.strip()
