"""Forms of appointments: why one is cancelled, when one is to be, and who a caller is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from admitone.logic.errors import Problem
from admitone.manage.forms import ZoneField, show_problem


class DeclineForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=1000,
        label=_("Reason"),
        help_text=_("The guest reads it in the mail."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelForm(DeclineForm):
    following = forms.BooleanField(required=False, label=_("Cancel all that follow in this series, too"))
    new_link = forms.BooleanField(
        required=False,
        label=_("Make a new one-time link"),
        help_text=_("The link of this appointment stays used."),
    )


class WhenForm(forms.Form):
    """`start` is a slot (radio buttons of the picker) or "other": then the date and the time are typed."""

    use_required_attribute = False  # a hidden required field would keep the browser from sending a slot

    start = forms.CharField(label=_("Time"))
    other_date = forms.CharField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    other_time = forms.CharField(max_length=20, label=_("Starts at"))

    def refuse(self, problem: Problem) -> None:
        """Show a refusal at its fields; bound forms only. The services' sentences stand alone, without Django's own."""
        self.errors.clear()
        show_problem(self, problem)


class CallerForm(WhenForm):
    """Everything about an appointment that is made by hand; the service says what is wrong with it."""

    name = forms.CharField(max_length=1000, label=_("Name"))
    email = forms.CharField(required=False, max_length=1000, label=_("Email"))
    phone = forms.CharField(required=False, max_length=200, label=_("Phone"))
    timezone = ZoneField(label=_("Guest's time zone"))
    place = forms.CharField(
        required=False, max_length=300, label=_("Where"), help_text=_("Where the guest wants to meet.")
    )
    note = forms.CharField(required=False, max_length=10_000, label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}))
    party = forms.CharField(
        required=False, max_length=4, label=_("Places"), widget=forms.NumberInput(attrs={"min": 1, "step": 1})
    )
    guests = forms.CharField(
        required=False,
        max_length=10_000,
        label=_("Who comes along"),
        help_text=_("Name and email, one person a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent = forms.BooleanField(required=False, label=_("The guest has agreed"))
    key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, consent_text: str = "", asks_place: bool = False, takes_party: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if not asks_place:
            del self.fields["place"]
        if not takes_party:
            del self.fields["party"], self.fields["guests"]
        self.fields["consent"].help_text = consent_text
        if not consent_text:
            del self.fields["consent"]
