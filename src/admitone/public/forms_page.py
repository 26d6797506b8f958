"""What the page of a form shows: its questions, and the frame that pages.py needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from admitone.forms.models import Form
from admitone.logic import brand
from admitone.logic.forms import CONSENT
from admitone.logic.plan import PlanBrand
from admitone.public.questions import PREFIX, QuestionsForm, consent_label, shown_values


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


class AnswersForm(QuestionsForm):
    """The controls of a form's own page."""

    def __init__(
        self,
        form: Form,
        *,
        values: Mapping[str, Any],
        errors: Mapping[str, str] | None = None,
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        named = {key if key == CONSENT else PREFIX + key: text for key, text in (errors or {}).items()}
        super().__init__(values=shown_values(form.questions, values, kept or {}), errors=named)
        self.ask(form.questions, kept or {})
        if form.consent_text:
            self.fields[CONSENT] = forms.BooleanField(label=consent_label(form.consent_text))

    @property
    def consent(self) -> forms.BoundField | None:
        return self[CONSENT] if CONSENT in self.fields else None
