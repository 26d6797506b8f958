"""Forms of the public pages. They only show: every rule and every sentence about a wrong value comes from `logic`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from admitone.logic.plan import CalendarPlan


class ShownForm(forms.Form):
    """A form that takes its errors from the service that refused it instead of judging by itself."""

    def __init__(self, *, values: Mapping[str, Any], errors: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(data=dict(values) if errors else None, initial=dict(values), **options)
        self.given = errors or {}

    def full_clean(self) -> None:
        known = {name: self.error_class([gettext(text)]) for name, text in self.given.items() if name in self.fields}
        self._errors = ErrorDict(known)
        self.cleaned_data = {}


class DetailsForm(ShownForm):
    """Who books: the fields that the calendar asks for."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.CharField(label=_("Email"), max_length=254, widget=forms.EmailInput)
    phone = forms.CharField(label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
    place = forms.CharField(label=_("Where shall we meet?"), max_length=300)
    note = forms.CharField(
        label=_("Anything we should know?"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    guests = forms.CharField(
        label=_("Who comes along?"),
        help_text=_("Name and email, one person a line."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent = forms.BooleanField()

    def __init__(
        self,
        plan: CalendarPlan,
        *,
        without: tuple[str, ...] = (),
        known: tuple[str, ...] = (),
        party: int = 1,
        **options: Any,
    ) -> None:
        """`without` names fields left out, `known` those that the bound contact has already answered."""
        super().__init__(**options)
        self.fields["email"].required = plan.email_required or plan.phone != "required"
        self.fields["phone"].required = plan.phone == "required"
        self.fields["consent"].label = plan.consent_text
        self.known = tuple(known)
        hidden = [*without]
        if plan.phone == "off":
            hidden.append("phone")
        if plan.location_kind != "ask":
            hidden.append("place")
        if party < 2:
            hidden.append("guests")
        if not plan.note:
            hidden.append("note")
        if not plan.consent_text:
            hidden.append("consent")
        for name in hidden:
            self.fields.pop(name, None)

    @property
    def known_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in self.known]

    @property
    def required_fields(self) -> list[forms.BoundField]:
        """What a bound contact still has to answer (and whatever was wrong)."""
        return [self[name] for name in self._open if self.fields[name].required or name in self.given]

    @property
    def optional_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self._open if not self.fields[name].required and name not in self.given]

    @property
    def _open(self) -> list[str]:
        return [name for name in self.fields if name not in self.known]

    @property
    def known_wrong(self) -> bool:
        return any(name in self.given for name in self.known)


class RequestForm(ShownForm):
    """Ask the owner for a new link or for a time."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.CharField(label=_("Email"), max_length=254, widget=forms.EmailInput)
    note = forms.CharField(
        label=_("Message"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class WaitForm(ShownForm):
    """Join a waiting list; a link that is for one person asks for nothing."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.CharField(label=_("Email"), max_length=254, widget=forms.EmailInput)

    def __init__(self, *, locked: bool, **options: Any) -> None:
        super().__init__(**options)
        if locked:
            self.fields.clear()


class MineForm(ShownForm):
    """Is this your booking?"""

    email = forms.CharField(label=_("Email you booked with"), max_length=254, widget=forms.EmailInput)


class CancelForm(ShownForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeclineForm(ShownForm):
    """Why a host turns a request down."""

    reason = forms.CharField(
        label=_("Reason, for the guest"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
